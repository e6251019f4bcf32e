-- Capture: what each feed is at each practice, and how far rows have been counted although a sweep reads them again.

alter table watermark add column furthest_stamp bigint not null default 0; -- rows up to here have been counted once
alter table watermark add column furthest_key bigint not null default 0;

create table feed (
  practice text not null,
  feed text not null,
  state text not null,              -- on, off
  reason text not null,             -- why it is off
  version text not null,            -- DataBaseVersion when it was looked at
  total bigint not null,            -- rows of the table when the first load began; 0: not counted
  looked_at bigint not null,
  primary key (practice, feed)
);
