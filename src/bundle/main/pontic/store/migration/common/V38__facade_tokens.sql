-- Tokens of the façade that may be shown once: the keyed hash of each, until it has expired.
create table token_used (
  practice text not null,
  token text not null,
  expires_at bigint not null,
  primary key (practice, token)
);
create index token_used_expiry on token_used (expires_at);
