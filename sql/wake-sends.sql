select d.practice as practice, d.destination as destination
from due d
left join sending s on s.practice = d.practice and s.destination = d.destination
left join lease l on l.name = 'send:' || d.practice || ':' || d.destination
where d.state = 'due' and d.due_at <= :#now
  and coalesce(s.not_before, 0) <= :#now and coalesce(l.until_at, 0) <= :#now
group by d.practice, d.destination
