-- What is due and not leased: one row a token, the longest waiting first. :now is the store's clock in epoch milliseconds. The epoch says
-- whether somebody has acted since: while it stands still, a token that is under way is enough.
select 'understand' as queue, m.practice as practice, '' as destination, coalesce(s.epoch, 0) as epoch, m.since as since
from (select practice, min(due_at) as since from message where state = 'accepted' and due_at <= :#now group by practice) m
left join lease s on s.name = 'understand:' || m.practice
where coalesce(s.until_at, 0) <= :#now
union all
select 'call', l.practice, '', coalesce(s.epoch, 0), l.next_at
from lane l
left join lease s on s.name = 'lane:' || l.practice
where l.next_at <= :#now and coalesce(s.until_at, 0) <= :#now
  -- As the lane chooses its head (Turns): what is due but held back wakes nobody.
  and ((not exists (select 1 from pause p where p.id = l.practice and p.what = 'writes') and exists (
    select 1 from work w
    where w.practice = l.practice and w.state = 'waiting' and w.due_at <= :#now and w.waits_for = ''
      and (w.event = 'connect' or (l.capabilities <> '' and l.state not in ('offline', 'refused')))
      and (w.person_id = '' or not exists (
        select 1 from work o where o.practice = w.practice and o.person_id = w.person_id
          and o.state = 'waiting' and o.seq < w.seq and (o.holds = 'all' or w.event = 'chart')))))
    or (not exists (select 1 from pause p where p.id = l.practice and p.what = 'reads')
      and l.capabilities <> '' and l.state not in ('offline', 'refused') and exists (
      select 1 from question q where q.practice = l.practice and q.state = 'asked' and q.asked_at <= :#now
        -- A statement waits until the office grants time for it.
        and (l.statements_at <= :#now or q.path <> '/queries/ShortQuery'))))
union all
select s.queue, s.practice, s.destination, coalesce(l.epoch, 0),
  (select min(o.due_at) from due o where o.practice = s.practice and o.destination = s.destination and o.state = 'due')
from sending s
left join lease l on l.name = 'send:' || s.practice || ':' || s.destination
where s.not_before <= :#now and coalesce(l.until_at, 0) <= :#now
  and not exists (select 1 from pause p where p.id = s.destination and p.what = 'sends')
  and exists (select 1 from due d where d.practice = s.practice and d.destination = s.destination and d.state = 'due' and d.due_at <= :#now
    and (d.patient_key = 0 or not exists (select 1 from due p where p.practice = d.practice and p.destination = d.destination
      and p.patient_key = d.patient_key and p.state = 'parked' and p.invalid = 0))
    and (d.patient_key = 0 or d.resource = 'Patient' or not exists (select 1 from due p where p.practice = d.practice
      and p.destination = d.destination and p.resource = 'Patient' and p.row_key = d.patient_key
      and (p.due_at > :#now or (p.state = 'parked' and (p.invalid = 0 or not exists (select 1 from delivery k
        where k.practice = p.practice and k.destination = p.destination and k.resource = p.resource
        and k.row_key = p.row_key and k.acknowledged_version > 0))))))
    and not exists (select 1 from half_written h where h.practice = d.practice and h.patient_key = d.patient_key and h.resource = d.resource)
    and not exists (select 1 from reread h join record r on r.practice = h.practice and r.resource = h.resource and r.row_key = h.row_key
      where h.practice = d.practice and h.resource = d.resource and h.row_key = d.row_key and h.until_at >= r.read_at)
    and (d.patient_key = 0 or (d.resource = 'Patient' and not exists (select 1 from delivery k where k.practice = d.practice
      and k.destination = d.destination and k.resource = d.resource and k.row_key = d.row_key
      and k.acknowledged_version > 0 and k.acknowledged_row <> ''))
      -- By an index of the tried, and once for all of the unclear: a patient may have thousands of rows that are held back.
      or ((d.attempts > 0 or not exists (select 1 from due p where p.practice = d.practice and p.destination = d.destination
          and p.patient_key = d.patient_key and p.attempts > 0 and p.wants = ''))
        and (d.practice, d.destination, d.patient_key) not in (select p.practice, p.destination, p.patient_key
          from delivery u join due p on p.practice = u.practice and p.destination = u.destination
          and p.resource = u.resource and p.row_key = u.row_key where u.attempt_state = 'unknown' and p.due_at > :#now)))
    and (d.patient_key = 0 or d.resource = 'Patient' or s.patients = 0 or exists (select 1 from record r where r.practice = d.practice
      and r.resource = d.resource and r.row_key = d.row_key and r.changed_at + 60000 <= :#now)
      or exists (select 1 from record n where n.practice = d.practice and n.resource = 'Patient' and n.row_key = d.patient_key
        and (n.state <> 'live'
          or exists (select 1 from delivery k where k.practice = d.practice and k.destination = d.destination
            and k.resource = 'Patient' and k.row_key = d.patient_key and k.acknowledged_version > 0)
          or exists (select 1 from due q where q.practice = d.practice and q.destination = d.destination
            and q.resource = 'Patient' and q.row_key = d.patient_key))))
    -- A patient whose records still move waits, at most ten times as long; what is unclear does not.
    and (s.quiet = 0 or d.due_at <= :#now - 10 * s.quiet
      or (d.due_at <= :#now - s.quiet and not exists (select 1 from due m
        join record n on n.practice = m.practice and n.resource = m.resource and n.row_key = m.row_key
        where m.practice = d.practice and m.destination = d.destination and m.patient_key = d.patient_key
        and (d.patient_key > 0 or (m.resource = d.resource and m.row_key = d.row_key))
        and (n.changed_at + s.quiet > :#now or m.parts_at + s.quiet > :#now)))
      or exists (select 1 from delivery u where u.practice = d.practice and u.destination = d.destination
        and u.resource = d.resource and u.row_key = d.row_key and u.attempt_state = 'unknown')))
union all
select 'answer-hl7', s.practice, s.destination, coalesce(l.epoch, 0),
  (select min(a.ready_at) from answer a where a.practice = s.practice and a.destination = s.destination and a.state = 'due')
from sending s
left join lease l on l.name = 'answer:' || s.practice || ':' || s.destination
where s.queue = 'send-hl7' and coalesce(l.until_at, 0) <= :#now
  and not exists (select 1 from pause p where p.id = s.destination and p.what = 'sends')
  -- They go in the order in which the messages ended: while the oldest is put off, those behind it wait.
  and (select a.due_at from answer a where a.practice = s.practice and a.destination = s.destination and a.state = 'due'
    order by a.ready_at, a.seq limit 1) <= :#now
order by since
