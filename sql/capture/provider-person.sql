-- resource: Person:provider-person
-- versions: 21.1 to 25.3
-- cursor: hash provider.ProvNum
-- keys: v.ProvNum
-- every: 60
-- page: 1000
-- cost: whole
-- noise: none
-- after: provider
-- Who has several ProvNums: same name, same NPI. His key is the lowest of them; each of the others tells nothing, so that a number that is corrected
-- takes the link back. Hygienists may be entered with the number of their dentist.
select
  cast(now() as char(19)) as stamp, v.ProvNum as cursor_key, v.ProvNum as row_key,
  v.ProvNum, v.LName, v.FName, v.NationalProvID,
  (select group_concat(o.ProvNum order by o.ProvNum) from provider o
    where o.NationalProvID = v.NationalProvID and o.LName = v.LName and o.FName = v.FName and o.IsNotPerson = 0
      and v.NationalProvID <> '' and v.IsNotPerson = 0) as ProvNums
from provider v
where v.ProvNum > :#after_key and v.ProvNum <= :#until_key
order by v.ProvNum
limit :#most
