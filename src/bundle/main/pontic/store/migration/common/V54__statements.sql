-- What statements that an office's API runs for Pontic may take of it (decision 0320).
alter table lane add column fastest_ms bigint not null default 0;    -- the quickest answer to a read; 0: none yet
alter table lane add column statements_ms bigint not null default 0; -- what statements took beyond that, all in all
alter table lane add column statements_at bigint not null default 0; -- none is sent before
