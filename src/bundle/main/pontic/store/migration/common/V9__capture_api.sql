-- capture-api: where a run of reads stands, a count by which two processes see that the other was faster, what the history said.

alter table question add column run text not null default '';           -- JSON: stamp filter, offset, keys of the last rows; no patient data
alter table question add column consumed bigint not null default 0;     -- answers that have become records

alter table lane add column since_capture bigint not null default 0;    -- requests begun since the last read of capture-api: its share under steady writes

create table appointment_history (  -- the newest entry of the office's appointment history that says how an appointment was broken
  practice text not null,
  row_key bigint not null,          -- AptNum
  entry_key bigint not null,        -- HistApptNum
  said bigint not null,             -- HistApptAction as the database numbers it
  primary key (practice, row_key)
);
