-- Whom a person has said not to be this patient: PatNums, and ids of persons whose PatNum was not known then. JSON array of texts.
alter table person add column ruled_out text not null default '[]';
