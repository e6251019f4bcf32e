-- What a sender said of a row of a patient, as his allergy: target is the person, # and which row it is.
alter table asserted add column person_id text not null default '';  -- of such a row; else ''
create index asserted_person on asserted (practice, person_id, sender) where person_id <> '';
