-- Outbound, deeper: the row behind each record, order per patient, unclear attempts, what senders made true, questions of capture-api.

alter table record add column row_data text not null default '';        -- sealed JSON: the columns that the record was made of
alter table record add column patient_key bigint not null default 0;    -- PatNum whose order it keeps; 0: nobody's (Practitioner, Location)

alter table due add column patient_key bigint not null default 0;       -- as in its record
create index due_patient on due (practice, destination, patient_key, state);

alter table delivery add column attempt_state text not null default ''; -- '' or unknown: the attempt may or may not have arrived
alter table delivery add column attempted text not null default '';     -- sealed: what was sent, for kinds that must send the same bytes again
alter table delivery add column remote_version text not null default '';-- the destination's own version id, where it told one
alter table delivery add column acknowledged_row text not null default ''; -- sealed: record.row_data of the acknowledged version
alter table delivery add column withheld text not null default '';      -- '' or ROUTE/STEP that took it out, or echo

create table load (                 -- a destination of a practice that has been given everything there was when it was new
  practice text not null,
  destination text not null,
  resource text not null,
  records bigint not null,          -- made due at once
  loaded_at bigint not null,
  primary key (practice, destination, resource)
);

create table said (                 -- what a sender's landed writes made true in a row of Open Dental: the echo's measure
  practice text not null,
  sender text not null,
  resource text not null,           -- FHIR type that the row becomes
  row_key bigint not null,
  columns text not null,            -- sealed JSON: column of the database -> value as the database shows it
  said_at bigint not null,
  primary key (practice, sender, resource, row_key)
);

create table question (             -- a read that capture-api wants from the lane, one per practice and feed
  practice text not null,
  feed text not null,
  path text not null,               -- template, without keys
  query text not null,              -- JSON object of query parameters: stamps, offsets, no patient data
  state text not null,              -- asked, answered
  asked_at bigint not null,
  answered_at bigint not null,
  status integer not null,
  answer text not null,             -- sealed
  primary key (practice, feed)
);
create index question_asked on question (practice, state, asked_at);
