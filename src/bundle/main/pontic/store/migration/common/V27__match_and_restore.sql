-- Whom a person has said not to be this patient: PatNums, and ids of persons whose PatNum was not known then. JSON array of texts.
alter table person add column ruled_out text not null default '[]';
-- Says of itself that it is a copy: 0 in the store that runs, the time of the copy in one that ./pontic backup made.
create table store_copy (
  taken_at bigint not null,
  found_at bigint not null    -- when a process first started on it; 0 before
);
insert into store_copy (taken_at, found_at) values (0, 0);

-- How far the entries of the API's own log were compared with what this installation wrote: -1 before the first look.
alter table lane add column own_log_seen bigint not null default -1;
alter table lane add column own_log_at bigint not null default 0;
