-- resource: Appointment
-- versions: 21.1 to 25.3
-- cursor: stamp appointment.DateTStamp
-- keys: a.AptNum
-- every: 1
-- page: 1000
-- cost: scan
-- noise: Note, ProcsColored, ProvBarText, ColorOverride, UnschedStatus, SecurityHash
-- after: patient, provider, operatory, clinic, planned
-- A break whose history row is not there yet is left for later: told at once, a missed appointment would be a cancelled one first. The
-- history re-emits it (appointment-broken); without history the sweep finds it. It is there if nothing later in the history says otherwise:
-- what is changed about an appointment that was broken long ago is told at once.
select
  cast(a.DateTStamp as char(19)) as stamp, a.AptNum as cursor_key, a.AptNum as row_key,
  -- columns appointment
from appointment a
where (a.DateTStamp > :#since or (a.DateTStamp = :#since and a.AptNum > :#after_key)) and a.DateTStamp <= :#until
  and (a.AptStatus <> 5 or a.DateTStamp < now() - interval 30 second or exists (select 1 from histappointment b
    where b.AptNum = a.AptNum and b.HistApptAction in (2, 3) and not exists (select 1 from histappointment n
      where n.AptNum = a.AptNum and n.HistApptNum > b.HistApptNum and n.AptStatus <> 5)))
order by a.DateTStamp, a.AptNum
limit :#most
