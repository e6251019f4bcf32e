-- The appointment that a request was about, as its answer tells it (decision 0359).
alter table answer add column schedule text not null default ''; -- sealed: segments SCH to AIP; '' if there are none
