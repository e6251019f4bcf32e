-- What a message writes in several requests: others go between, and nothing of it is sent out until it is whole (decisions 0302, 0303).
alter table work add column yielded integer not null default 0;  -- while rank is 2: messages that went before it since its last request
create table half_written (          -- while its work waits or is parked
  practice text not null,
  work_id text not null,
  resource text not null,            -- kind of record that is held back
  patient_key bigint not null,       -- of this patient
  primary key (work_id, resource)
);
create index half_written_patient on half_written (practice, patient_key, resource);
create table reread (                -- then: a record of this row counts only if the row was read later
  practice text not null,
  resource text not null,
  row_key bigint not null,
  until_at bigint not null,
  primary key (practice, resource, row_key)
);
