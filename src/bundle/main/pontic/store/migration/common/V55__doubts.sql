-- What one patient's list lacks is gone, or was moved to another patient by a merge (decision 0321).
alter table api_patient add column read_at bigint not null default 0; -- when the answer came that was used last; 0: not known
create table api_doubt (
  practice text not null,
  list text not null,
  resource text not null,
  row_key bigint not null,
  patient bigint not null,   -- whose list lacks it
  since bigint not null,     -- when the answer came that lacked it
  proven_at bigint not null, -- from when on it cannot be anybody else's unseen; 0: it still may
  primary key (practice, list, resource, row_key)
);
-- Who has something that was refused and is tried again: looked for at each row of a patient that is due (decision 0322).
create index due_tried on due (practice, destination, patient_key) where attempts > 0;
