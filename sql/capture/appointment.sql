-- resource: Appointment
-- versions: 21.1 to 25.3
-- cursor: stamp appointment.DateTStamp
-- after: patient, provider, operatory
select
  cast(a.DateTStamp as char(19)) as stamp, a.AptNum as cursor_key, a.AptNum as row_key,
  -- columns appointment
from appointment a
where (a.DateTStamp > :#since or (a.DateTStamp = :#since and a.AptNum > :#after_key)) and a.DateTStamp <= :#until
order by a.DateTStamp, a.AptNum
limit :#most
