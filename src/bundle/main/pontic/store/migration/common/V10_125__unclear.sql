-- Whose fault an unclear end is, and first versions that may come late.

alter table sending add column vain integer not null default 0;  -- sends in a row that nothing came of although the destination answers
alter table delivery add column late integer not null default 0; -- 1: an attempt at the first version was unclear and may arrive yet
