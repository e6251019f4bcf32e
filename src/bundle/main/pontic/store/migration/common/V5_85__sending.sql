-- What is due is found by type and age however much waits; what is unclear by itself; how a destination does is kept.

drop index due_next;
create index due_next on due (practice, destination, state, resource, due_at, row_key);
create index delivery_unknown on delivery (practice, destination) where attempt_state = 'unknown';

alter table sending add column failing_since bigint not null default 0; -- 0: its last answer was good
alter table sending add column delivered bigint not null default 0;     -- versions that it acknowledged, so far
alter table sending add column withheld bigint not null default 0;      -- versions that it was not sent, so far
