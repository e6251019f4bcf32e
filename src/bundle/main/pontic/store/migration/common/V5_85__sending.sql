-- What is due is found by type and age however much waits, and what is unclear by itself; how a destination does is kept.

create index due_order on due (practice, destination, state, resource, due_at, row_key);
create index delivery_unknown on delivery (practice, destination) where attempt_state = 'unknown';

alter table sending add column queue text not null default 'send-fhir'; -- that its tokens go to, by its kind
alter table sending add column failing_since bigint not null default 0; -- 0: its last answer was good
alter table sending add column delivered bigint not null default 0;     -- versions that it acknowledged, so far
alter table sending add column withheld bigint not null default 0;      -- versions that it was not sent, so far

insert into sending (practice, destination, failures, not_before, reason)
select distinct practice, destination, 0, 0, '' from due where true
on conflict (practice, destination) do nothing;
