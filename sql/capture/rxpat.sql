-- resource: MedicationRequest:rxpat
-- versions: 21.1 to 25.3
-- cursor: stamp rxpat.DateTStamp
-- keys: x.RxNum
-- every: 5
-- page: 1000
-- cost: scan
-- noise: PharmacyNum, IsErxOld, ErxPharmacyInfo, ClinicNum, UserNum
-- after: patient, provider
select
  cast(x.DateTStamp as char(19)) as stamp, x.RxNum as cursor_key, x.RxNum as row_key,
  -- columns rxpat
from rxpat x
where (x.DateTStamp > :#since or (x.DateTStamp = :#since and x.RxNum > :#after_key)) and x.DateTStamp <= :#until
order by x.DateTStamp, x.RxNum
limit :#most
