-- Codes of a practice's own lists that its code tables have no entry for (decision 0240). Which code a row missed says something about its patient:
-- rows have an index of it, and what it is stands sealed.
create table unmapped_code (
  practice text not null,
  code_table text not null,
  token text not null,  -- keyed hash of the code
  sealed text not null,  -- JSON: code and text
  primary key (practice, code_table, token)
);
create table unmapped_row (
  practice text not null,
  resource text not null,
  row_key bigint not null,
  code_table text not null,
  token text not null,
  seen_at bigint not null,  -- when the row was mapped
  primary key (practice, resource, row_key, code_table, token)
);
create index unmapped_row_code on unmapped_row (practice, code_table, token, resource, row_key, seen_at);
