-- resource: Encounter:visit
-- versions: 21.1 to 25.3
-- cursor: stamp appointment.DateTStamp
-- keys: a.AptNum
-- every: 1
-- page: 1000
-- cost: scan
-- noise: Confirmed, Note, ProcDescript, ProcsColored, ProvBarText, ColorOverride, UnschedStatus, SecurityHash
-- after: patient, provider, operatory, appointment
-- A completed appointment is a visit as well. All statuses are read: one that is opened again never took place.
select
  cast(a.DateTStamp as char(19)) as stamp, a.AptNum as cursor_key, a.AptNum as row_key,
  -- columns visit
from appointment a
where (a.DateTStamp > :#since or (a.DateTStamp = :#since and a.AptNum > :#after_key)) and a.DateTStamp <= :#until
order by a.DateTStamp, a.AptNum
limit :#most
