-- resource: Observation:perio-exam
-- versions: 21.1 to 25.3
-- cursor: stamp patient.DateTStamp
-- via: perio-exam
-- every: 5
-- page: 250
-- cost: scan
-- noise: none
-- after: perio-exam, perio-measure-merged
-- As perio-measure-merged: an exam has no stamp at all.
select
  cast(p.DateTStamp as char(19)) as stamp, e.PerioExamNum as cursor_key, e.PerioExamNum as row_key,
  -- columns perio-exam
from patient p
join patientlink l on l.PatNumFrom = p.PatNum and l.LinkType = 1
join perioexam e on e.PatNum = l.PatNumTo
where (p.DateTStamp > :#since or (p.DateTStamp = :#since and e.PerioExamNum > :#after_key)) and p.DateTStamp <= :#until
order by p.DateTStamp, e.PerioExamNum
limit :#most
