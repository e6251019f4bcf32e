-- What senders call patients and bookings, as they wrote it: a destination is told its own numbers with what is sent to it.

create table said_identifier (
  practice text not null,
  kind text not null,               -- Patient, Appointment
  system text not null,             -- as in identifier
  value_index text not null,        -- as in identifier: keyed
  sender text not null,
  said text not null,               -- sealed: the FHIR Identifier as the sender's message made it
  said_at bigint not null,          -- first time
  primary key (practice, kind, system, value_index, sender)
);

create index booking_apt_num on booking (practice, apt_num);
