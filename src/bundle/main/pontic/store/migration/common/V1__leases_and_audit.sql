create table lease (
  name text primary key,
  holder text not null,
  epoch bigint not null,
  until_at bigint not null          -- epoch milliseconds of the store's clock; 0 = free
);

create table practice_lock (
  practice text primary key
);
