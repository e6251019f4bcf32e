-- capture-api of every list: what lists lean on in others, whose lists are read patient by patient, records by patient.

create table api_row (              -- a row of a list that rows of other lists point to
  practice text not null,
  list text not null,
  row_key bigint not null,
  hash text not null,               -- keyed, over what is kept
  content text not null,            -- sealed JSON: column -> value
  primary key (practice, list, row_key)
);

create table api_link (             -- a row points to a row of another list, whether that is there or not
  practice text not null,
  feed text not null,
  row_key bigint not null,
  field text not null,              -- that names the other's key
  list text not null,
  ref_key bigint not null,
  stale integer not null,           -- 1: the other has changed since the row was told
  primary key (practice, feed, row_key, field)
);
create index api_link_ref on api_link (practice, list, ref_key);
create index api_link_stale on api_link (practice, feed, row_key) where stale = 1;

create table api_patient (          -- patients whose rows of a list are read one patient at a time
  practice text not null,
  list text not null,
  patient bigint not null,
  due_at bigint not null,
  primary key (practice, list, patient)
);
create index api_patient_due on api_patient (practice, list, due_at);

create index record_patient on record (practice, patient_key, resource);
