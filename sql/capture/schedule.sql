-- resource: Schedule:schedule
-- versions: 21.1 to 25.3
-- cursor: stamp schedule.DateTStamp
-- keys: s.DayKey
-- every: 20
-- page: 250
-- cost: scan
-- noise: Note, BlockoutType, EmployeeNum
-- after: provider, operatory
-- A provider's date is one record (decision 0175): saving a day anew deletes its rows and inserts others under new keys. The key is the day number times 10^12 plus ProvNum.
select
  cast(s.seen as char(19)) as stamp, s.DayKey as cursor_key, s.DayKey as row_key,
  -- columns schedule
from (
  select to_days(SchedDate) * 1000000000000 + ProvNum as DayKey, SchedDate, ProvNum, max(DateTStamp) as seen
  from schedule
  where SchedType = 1 and ProvNum between 1 and 999999999999 and SchedDate > '1900-01-01'
  group by SchedDate, ProvNum) s
where (s.seen > :#since or (s.seen = :#since and s.DayKey > :#after_key)) and s.seen <= :#until
order by s.seen, s.DayKey
limit :#most
