create table audit (
  id bigint generated always as identity primary key,
  at bigint not null,               -- epoch milliseconds of the store's clock
  action text not null,             -- accept, read, call, send, show
  practice text not null,
  who text not null,                -- sender, client or operator
  subject text not null             -- ids only
);
create index audit_practice on audit (practice, id);

create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'audit rows are never changed or deleted';
end
$$;

create trigger audit_no_change before update or delete on audit
  for each row execute function audit_refuse();

create trigger audit_no_truncate before truncate on audit
  for each statement execute function audit_refuse();

-- Also for a session that plays the part of a replica.
alter table audit enable always trigger audit_no_change;
alter table audit enable always trigger audit_no_truncate;
