-- Inbound: what was accepted, whom it is about, what it means for the API, what was asked and answered.
-- Times are epoch milliseconds of the store's clock. "sealed" columns hold Vault values, "_index" columns keyed hashes.

create table message (
  id text primary key,
  practice text not null,
  seq bigint not null,              -- order of acceptance within the practice
  route text not null,              -- accept-hl7, accept-fhir
  sender text not null,             -- MSH-3|MSH-4, or the client of the token
  type text not null,               -- ADT^A28 ..., or Patient
  control_id text not null,         -- MSH-10, or the request id; '' if there is none
  digest text not null,             -- keyed hash of the bytes
  accepted_at bigint not null,
  body text not null,               -- sealed
  answer text not null,             -- what the sender was told: AA, AE, AR, 202
  state text not null,              -- accepted, understood, ended
  attempts integer not null,        -- counted before parse and translate
  due_at bigint not null,
  receipt_end text not null,        -- '', landed, no change, superseded by, duplicate of, refused, parked
  receipt_reason text not null,
  receipt_keys text not null,       -- JSON object: {"PatNum":12,"AptNum":34}
  receipt_settled text not null,    -- how an unknown outcome was settled, '' if none
  receipt_generation text not null,
  receipt_warnings text not null,   -- JSON array of sentences
  ended_at bigint not null          -- 0 while open
);
create unique index message_order on message (practice, seq);
create index message_same on message (practice, sender, control_id);
create index message_due on message (practice, state, due_at);
create index message_end on message (receipt_end, ended_at);

create table person (               -- one patient as the senders mean it; becomes known when its PatNum is
  practice text not null,
  id text not null,
  state text not null,              -- waiting (a create is under way), known, held (doubtful), merged
  pat_num bigint not null,          -- 0 until known
  name_birth_index text not null,   -- '' if it has no name or birth date
  more_indexes text not null,       -- JSON array of keyed hashes: phone, e-mail, postcode+street
  merged_into text not null,        -- '' or a person id
  held_by text not null,            -- '' or the message that was doubtful
  candidates text not null,         -- JSON array of PatNums shown to the person who decides
  primary key (practice, id)
);
create index person_pat_num on person (practice, pat_num);
create index person_name_birth on person (practice, name_birth_index);

create table booking (              -- one appointment as the senders mean it
  practice text not null,
  id text not null,
  apt_num bigint not null,          -- 0 until known
  person_id text not null,
  state text not null,              -- waiting, known, cancelled
  primary key (practice, id)
);

create table identifier (           -- crosswalk: a sender's identifier to a person or booking
  practice text not null,
  kind text not null,               -- Patient, Appointment
  system text not null,
  value_index text not null,
  target text not null,             -- person.id or booking.id
  primary key (practice, kind, system, value_index)
);
create index identifier_target on identifier (practice, kind, target);

create table asserted (             -- what a sender last said, as API fields; for the three-way merge
  practice text not null,
  sender text not null,
  kind text not null,               -- Patient, Appointment
  target text not null,
  message_id text not null,
  body text not null,               -- sealed
  primary key (practice, sender, kind, target)
);

create table work (                 -- an understood message that waits for its lane
  id text primary key,
  practice text not null,
  seq bigint not null,              -- of its message; 0 for work of Pontic's own (connect)
  message_id text not null,         -- '' for work of Pontic's own
  sender text not null,             -- of its message
  event text not null,              -- connect, watch, register, update, book, move, cancel
  person_id text not null,          -- '' for connect
  booking_id text not null,         -- '' unless the event is about an appointment
  state text not null,              -- waiting, done, parked
  due_at bigint not null,
  rank integer not null,            -- 0: begun, its reads are fresh and go first; 1: not begun
  cycle integer not null,           -- reads of an earlier cycle are stale
  attempts integer not null,
  body text not null                -- sealed FHIR Bundle
);
create index work_due on work (practice, state, rank, seq);
create index work_person on work (practice, person_id, state, seq);
create index work_message on work (message_id);

create table call (                 -- one API request, stored before it is sent
  id text primary key,
  practice text not null,
  work_id text not null,
  cycle integer not null,           -- of its work; of a settle read: the round of reading
  ordinal integer not null,         -- order within the work
  purpose text not null,            -- plan, call, settle, watch
  name text not null,               -- patients.post, appointments.break, patients.search ...
  parent_id text not null,          -- the unclear call that a settle read asks about, else ''
  method text not null,
  path text not null,               -- template, without keys: /patients/{PatNum}
  request text not null,            -- sealed: path, query, body, baseline
  state text not null,              -- intent, answered, unknown, abandoned, landed, not-landed, refused, absent (a settle read that found nothing)
  epoch bigint not null,
  intent_at bigint not null,
  outcome_at bigint not null,
  status integer not null,
  answer text not null,             -- sealed, '' if none
  result_key bigint not null,
  settled text not null             -- evidence in words
);
create index call_work on call (work_id, ordinal);
create index call_open on call (practice, state);

create table lane (                 -- every API request of one practice, one at a time
  practice text primary key,
  next_at bigint not null,          -- no request starts earlier
  state text not null,              -- unknown, ready, offline, refused
  reason text not null,
  failures integer not null,        -- unreachable answers in a row
  last_ok_at bigint not null,
  capabilities text not null,       -- JSON, '' until the practice was asked
  capabilities_at bigint not null
);
