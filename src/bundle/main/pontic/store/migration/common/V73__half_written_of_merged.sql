-- What is half written is held back of each patient whose it was meanwhile: its rows may be read as the survivor's before it is known
-- of the patient that the office merged him, or after (decision 0440).
create table half_written_each (     -- while its work waits or is parked
  practice text not null,
  work_id text not null,
  resource text not null,            -- kind of record that is held back
  patient_key bigint not null,       -- of this patient
  primary key (work_id, resource, patient_key)
);
insert into half_written_each (practice, work_id, resource, patient_key) select practice, work_id, resource, patient_key from half_written;
drop table half_written;
alter table half_written_each rename to half_written;
create index half_written_patient on half_written (practice, patient_key, resource);
