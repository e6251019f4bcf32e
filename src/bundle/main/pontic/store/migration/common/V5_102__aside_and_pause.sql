-- What is put off after unclear ends goes again when its destination answers; what an operator paused stays so over a restart.

alter table due add column aside integer not null default 0; -- 0: never put off; above 1: the destination answered others since, and not this

create table pause (
  id text not null,                 -- of a practice or of a destination
  what text not null,               -- reads, writes (of a practice), sends (of a destination)
  since bigint not null,
  primary key (id, what)
);
