-- resource: Encounter:visit
-- versions: 21.1 to 25.3
-- cursor: key histappointment.HistApptNum
-- deletes: visit
-- every: 1
-- page: 1000
-- cost: range
-- noise: none
-- after: visit
-- As appointment-deleted: its visit goes with it.
select
  cast(h.DateTStamp as char(19)) as stamp, h.HistApptNum as cursor_key, h.AptNum as row_key, 1 as row_deleted,
  h.AptNum, nullif(h.PatNum, 0) as PatNum
from histappointment h
left join appointment a on a.AptNum = h.AptNum
where a.AptNum is null and h.HistApptAction = 4 and h.HistApptNum > :#after_key and h.HistApptNum <= :#until_key
order by h.HistApptNum
limit :#most
