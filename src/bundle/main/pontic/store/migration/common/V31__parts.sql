-- What goes along with a record when a destination is told of it: with a patient his allergies, problems, coverage and guarantor (decision 0245).

alter table due add column parts_at bigint not null default 0;         -- when one of them changed last, so that one that changes meanwhile stays due; 0: none has
alter table delivery add column parts_at bigint not null default 0;    -- of what was acknowledged
alter table sending add column patients integer not null default 1;    -- 0: the destination is not told of patients, so nothing waits for one
