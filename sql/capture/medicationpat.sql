-- resource: MedicationRequest:medicationpat
-- versions: 21.1 to 25.3
-- cursor: stamp medicationpat.DateTStamp
-- keys: x.MedicationPatNum
-- every: 5
-- page: 1000
-- cost: scan
-- noise: none
-- after: patient, provider
-- This stamp may be null: such a row was there before the column and has not changed since.
select
  cast(x.seen as char(19)) as stamp, x.MedicationPatNum as cursor_key, x.MedicationPatNum as row_key,
  -- columns medicationpat
from (select coalesce(DateTStamp, cast('1971-01-01 00:00:00' as datetime)) as seen, MedicationPatNum, PatNum, MedicationNum, PatNote,
  DateStart, DateStop, ProvNum, MedDescript, RxCui, ErxGuid, IsCpoe from medicationpat) x
left join medication g on g.MedicationNum = x.MedicationNum
where (x.seen > :#since or (x.seen = :#since and x.MedicationPatNum > :#after_key)) and x.seen <= :#until
order by x.seen, x.MedicationPatNum
limit :#most
