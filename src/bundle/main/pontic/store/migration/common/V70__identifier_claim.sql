-- What messages that have not ended well made of patients' numbers, so that each leads where it led before if such a
-- message is given up (decision 0414).
create table identifier_claim (
  practice text not null,
  system text not null,             -- as in identifier, of kind Patient
  value_index text not null,
  message_id text not null,
  place bigint not null,            -- order of the claims of one number
  former text not null,             -- person.id to whom it led before, '' if to nobody
  alone integer not null,           -- 1: its patient was found by such numbers of other messages alone
  tells integer not null,           -- 1: it says his name and birth date
  primary key (practice, system, value_index, message_id)
);
create index identifier_claim_message on identifier_claim (practice, message_id);
create index identifier_claim_former on identifier_claim (practice, former);
