-- What senders call rows of a chart that they brought, as they wrote it: a destination is told its own numbers with what is sent to it.

create table row_identifier (
  practice text not null,
  resource text not null,           -- kind of record: AllergyIntolerance:allergy
  row_key bigint not null,
  sender text not null,
  system text not null,
  value_index text not null,        -- keyed
  said text not null,               -- sealed: the FHIR Identifier as the sender's message made it
  said_at bigint not null,          -- first time
  primary key (practice, resource, row_key, sender, system, value_index)
);
