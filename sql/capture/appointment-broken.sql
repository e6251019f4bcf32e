-- resource: Appointment
-- versions: 21.1 to 25.3
-- cursor: key histappointment.HistApptNum
-- via: appointment
-- every: 1
-- page: 1000
-- cost: range
-- noise: none
-- after: appointment
-- A break re-emits its appointment: the history's row, which alone says missed (2) or cancelled (3), comes after the appointment's own.
select
  cast(a.DateTStamp as char(19)) as stamp, h.HistApptNum as cursor_key, a.AptNum as row_key,
  -- columns appointment
from histappointment h
join appointment a on a.AptNum = h.AptNum
where h.HistApptAction in (2, 3) and h.HistApptNum > :#after_key and h.HistApptNum <= :#until_key
order by h.HistApptNum
limit :#most
