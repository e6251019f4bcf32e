-- What is due and not leased: one row a token. :now is the store's clock in epoch milliseconds.
select 'understand' as queue, m.practice as practice, '' as destination
from (select distinct practice from message where state = 'accepted' and due_at <= :#now) m
where not exists (select 1 from lease s where s.name = 'understand:' || m.practice and s.until_at > :#now)
union all
select 'call', l.practice, ''
from lane l
where l.next_at <= :#now
  and not exists (select 1 from lease s where s.name = 'lane:' || l.practice and s.until_at > :#now)
  and exists (select 1 from work w where w.practice = l.practice and w.state = 'waiting' and w.due_at <= :#now)
union all
select 'send-fhir', d.practice, d.destination
from due d
left join sending s on s.practice = d.practice and s.destination = d.destination
left join lease l on l.name = 'send:' || d.practice || ':' || d.destination
where d.state = 'due' and d.due_at <= :#now
  and coalesce(s.not_before, 0) <= :#now and coalesce(l.until_at, 0) <= :#now
group by d.practice, d.destination
