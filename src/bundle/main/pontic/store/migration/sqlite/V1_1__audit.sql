create table audit (
  id integer primary key autoincrement,
  at bigint not null,               -- epoch milliseconds of the store's clock
  action text not null,             -- accept, read, call, send, show
  practice text not null,
  who text not null,                -- sender, client or operator
  subject text not null             -- ids only
);
create index audit_practice on audit (practice, id);

create trigger audit_no_update before update on audit
begin
  select raise(abort, 'audit rows are never changed');
end;

create trigger audit_no_delete before delete on audit
begin
  select raise(abort, 'audit rows are never deleted');
end;

-- "insert or replace" deletes without asking the delete trigger.
create trigger audit_no_replace before insert on audit
when exists (select 1 from audit where id = new.id)
begin
  select raise(abort, 'audit rows are never replaced');
end;
