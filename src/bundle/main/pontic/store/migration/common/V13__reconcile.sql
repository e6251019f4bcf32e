-- Runs that compare Open Dental with the records, or the records with a destination; and what each office is. Times are epoch milliseconds.

create table reconcile (
  id text primary key,              -- practice/feed/destination/when it was asked for
  practice text not null,
  feed text not null,               -- stem of the file in sql/capture whose rows are compared
  destination text not null,        -- '': rows of Open Dental against records
  dry_run integer not null,         -- 1: repairs nothing
  many_deletes integer not null,    -- 1: a person said that many rows may be gone
  asked_by text not null,           -- person, schedule
  state text not null,              -- running, stopped, ended, off
  reason text not null,             -- why it is stopped or off
  after_key bigint not null,        -- all keys up to here have been compared
  until_key bigint not null,        -- of a page that is looked at again: its last key
  phase integer not null,           -- of the page: 0 first look, 1 looked at again, 2 after its repair
  suspects text not null,           -- JSON: keys that differed at the look before
  not_before bigint not null,       -- of the next look
  total bigint not null,            -- records when it began
  looked bigint not null,
  matched bigint not null,
  differing bigint not null,
  gone bigint not null,             -- of these, rows that are no longer there
  repaired bigint not null,
  changing bigint not null,         -- changed while they were compared: on their way anyhow
  withheld bigint not null,         -- the destination was spared them, or a step kept them back
  worked bigint not null,           -- milliseconds spent on pages
  started_at bigint not null,
  moved_at bigint not null,
  ended_at bigint not null
);
create index reconcile_running on reconcile (state, practice, destination, started_at);
create index reconcile_what on reconcile (practice, feed, destination, started_at);

create table reconcile_night (      -- the last day, by the office's calendar, whose comparison has been asked for
  practice text primary key,
  day text not null
);

create table office (               -- what a practice's database server is, when last looked at
  practice text primary key,
  facts text not null,              -- JSON; nothing of a patient
  looked_at bigint not null
);

alter table feed add column facts text not null default '{}'; -- JSON: table, stamp, what the database says of both
