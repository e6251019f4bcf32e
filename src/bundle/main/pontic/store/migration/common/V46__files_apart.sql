-- A file that a message carries, apart from its work and its requests, which each step of a lane opens (decision 0290).
create table work_file (
  work_id text not null,
  id text not null,                 -- keyed hash of what it holds
  body text not null,               -- sealed
  primary key (work_id, id)
);
-- What else of its person waits behind this work: all, or chart, while a row of a chart lacks its permission (decision 0291).
alter table work add column holds text not null default 'all';
