-- resource: Location
-- versions: 21.1 to 25.3
-- cursor: stamp operatory.DateTStamp
-- keys: o.OperatoryNum
-- every: 5
-- page: 1000
-- cost: scan
-- noise: ItemOrder, ProvDentist, ProvHygienist, IsWebSched, SetProspective
-- after: practice, clinic, clinic-organization
-- This stamp alone may be null: such a row was there before the column and has not changed since.
select
  cast(o.seen as char(19)) as stamp, o.OperatoryNum as cursor_key, o.OperatoryNum as row_key,
  o.OperatoryNum, o.OpName, o.Abbrev, o.IsHidden, (select c.ClinicNum from clinic c where c.ClinicNum = o.ClinicNum) as ClinicNum
from (select coalesce(DateTStamp, cast('1971-01-01 00:00:00' as datetime)) as seen, OperatoryNum, OpName, Abbrev, IsHidden, ClinicNum from operatory) o
where (o.seen > :#since or (o.seen = :#since and o.OperatoryNum > :#after_key)) and o.seen <= :#until
order by o.seen, o.OperatoryNum
limit :#most
