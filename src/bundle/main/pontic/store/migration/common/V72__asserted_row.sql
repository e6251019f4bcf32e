-- Of whom a row was told is looked up by which row it is, whoever's and whoever told it; before # in target stands person_id.
create index asserted_row on asserted (practice, kind, substr(target, length(person_id) + 1)) where person_id <> '';
