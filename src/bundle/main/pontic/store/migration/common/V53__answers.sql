-- What an HL7 v2 sender is told of the end of its message, by a message of our own (decision 0310).
create table answer (
  message_id text primary key,      -- the message that it is about
  practice text not null,
  destination text not null,        -- whose listener takes it
  seq bigint not null,              -- of the message, among those of the practice
  wanted text not null,             -- always, success, error
  header text not null,             -- sealed: the message's MSH
  state text not null,              -- open (the message has no end), due, told, not wanted, given up
  ready_at bigint not null,         -- when the message had its end; 0 while open
  due_at bigint not null,           -- not before
  attempts integer not null,        -- tries since it is due
  refusals integer not null,        -- how many of them were answered by a refusal
  wire text not null,               -- sealed: its bytes, the same at each try; '' before the first
  reason text not null              -- why the last try was in vain, or why it was given up
);
create index answer_order on answer (practice, destination, state, ready_at, seq);
