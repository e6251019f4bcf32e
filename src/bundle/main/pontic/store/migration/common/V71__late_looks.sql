-- A late look for a double that cannot be made is made again, so and so often (decision 0421). Until now it was parked, where nobody saw it.
alter table work add column looks integer not null default 0;  -- of them in vain
update work set state = 'waiting', due_at = 0, rank = 1, cycle = cycle + 1, attempts = 0 where message_id = '' and event = 'watch' and state = 'parked';
-- Other questions of Pontic's own are put again by the clock: those that came to nothing are over, and retention takes them.
update work set state = 'done' where message_id = '' and state = 'parked';

-- What of contents outlived them (decision 0422): the appointment that an answer tells, and its bytes.
update answer set schedule = '', wire = ''
where state not in ('due', 'open') and (schedule <> '' or wire <> '')
  and exists (select 1 from message m where m.id = answer.message_id and m.body = '');
-- Of messages that a person edited, what they were understood as before.
delete from call where work_id in (
  select w.id from work w where w.message_id like '%/%'
    and not exists (select 1 from message_original o where o.message_id || '/' || o.number = w.message_id));
delete from work where message_id like '%/%'
  and not exists (select 1 from message_original o where o.message_id || '/' || o.number = work.message_id);
