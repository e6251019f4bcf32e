-- When the reading began that the record is of, in epoch milliseconds by the store's clock: of two readings of a row
-- the later one is right, whatever their stamps say.
alter table record add column read_at bigint not null default 0;
