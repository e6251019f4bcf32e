-- What a destination does not get since it is not valid FHIR stands alone (decision 0275).
alter table due add column invalid integer not null default 0;  -- 1: parked for that, and judged again with each newer version and each generation
