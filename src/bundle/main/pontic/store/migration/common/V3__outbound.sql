-- Outbound: how far each table was read, the newest FHIR of each row, what each destination still has to get and has got.
-- Times are epoch milliseconds. changed_at, due_at and the like are of the store's clock; stamps are of the practice's database.

create table watermark (
  practice text not null,
  feed text not null,               -- stem of the file in sql/capture
  stamp bigint not null,            -- everything up to here has been read
  row_key bigint not null,          -- while paging: the last key read within that stamp
  paging integer not null,          -- 1: the last page was full, go on strictly behind stamp and key
  moved_at bigint not null,
  changed bigint not null,          -- rows that differed from their record, so far
  unchanged bigint not null,        -- rows with a new stamp and nothing new in a mapped column
  primary key (practice, feed)
);

create table record (               -- the newest FHIR of each row
  practice text not null,
  resource text not null,
  row_key bigint not null,
  fhir_id text not null,
  version bigint not null,          -- 0: nothing to send yet
  row_hash text not null,           -- keyed
  stamp bigint not null,            -- of the row when it was read
  state text not null,              -- live, left-out, failed, deleted
  reason text not null,             -- why it is left out or failed; never a value
  fhir text not null,               -- sealed, '' with version 0
  deleted integer not null,
  changed_at bigint not null,
  primary key (practice, resource, row_key)
);

create table due (                  -- one row per destination and record that the destination does not have yet
  practice text not null,
  destination text not null,
  resource text not null,
  row_key bigint not null,
  version bigint not null,
  due_at bigint not null,
  attempts integer not null,        -- refusals by the destination of this row alone
  bundle_limit integer not null,    -- most rows that may go with it: halved by each refusal of a bundle
  state text not null,              -- due, parked
  reason text not null,
  primary key (practice, destination, resource, row_key)
);
create index due_next on due (practice, destination, state, due_at);

create table delivery (             -- what a destination was sent and has acknowledged
  practice text not null,
  destination text not null,
  resource text not null,
  row_key bigint not null,
  attempted_version bigint not null,
  attempted_at bigint not null,
  acknowledged_version bigint not null, -- 0: nothing yet
  acknowledged_at bigint not null,
  acknowledged text not null,       -- sealed, '' if nothing yet
  coalesced bigint not null,        -- versions that a newer one replaced before they were acknowledged
  primary key (practice, destination, resource, row_key)
);

create table sending (              -- how a destination does for one practice
  practice text not null,
  destination text not null,
  failures integer not null,        -- in a row, without an answer that judges the content
  not_before bigint not null,
  reason text not null,
  primary key (practice, destination)
);
