-- Whether the store can be written to is found out by writing to it (decision 0288).
create table written (
  instance text primary key,
  at bigint not null  -- when this process last tried, epoch milliseconds
);
