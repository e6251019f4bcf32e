-- resource: Observation:vital-bmi-percentile
-- versions: 21.1 to 25.3
-- cursor: hash vitalsign.VitalsignNum
-- keys: v.VitalsignNum
-- every: 30
-- page: 1000
-- cost: whole
-- noise: none
-- after: patient
-- The table has no stamp (open-dental-schema.md 1.3). A row is several measurements, each a resource and a feed of its own.
select
  cast(now() as char(19)) as stamp, v.VitalsignNum as cursor_key, v.VitalsignNum as row_key,
  v.VitalsignNum, v.PatNum, cast(v.DateTaken as char(10)) as DateTaken,
  v.BMIPercentile
from vitalsign v
where v.VitalsignNum > :#after_key and v.VitalsignNum <= :#until_key
order by v.VitalsignNum
limit :#most
