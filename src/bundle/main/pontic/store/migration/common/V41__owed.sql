-- How far an office's lists are behind (decision 0234).
alter table question add column owed_at bigint not null default 0;  -- since when an answer is wanted; 0: not known
