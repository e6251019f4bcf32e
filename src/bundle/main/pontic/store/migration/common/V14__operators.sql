-- What operators see and do: who paused, when something last came and went, what a parked message was before it was edited.

alter table pause add column by_whom text not null default '';               -- the operator's name; '' if it was not kept
alter table watermark add column changed_at bigint not null default 0;       -- when a row of it last differed from its record; 0: never
alter table sending add column delivered_at bigint not null default 0;       -- when the destination last acknowledged a version; 0: never

create table message_original (     -- a message's bytes before a person edited them
  message_id text not null,
  number integer not null,          -- 1: as its sender sent it
  body text not null,               -- sealed
  by_whom text not null,            -- who edited it
  edited_at bigint not null,        -- epoch milliseconds of the store's clock
  primary key (message_id, number)
);
