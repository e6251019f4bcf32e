-- resource: Observation:perio-measure
-- versions: 21.1 to 25.3
-- cursor: stamp patient.DateTStamp
-- via: perio-measure
-- every: 5
-- page: 1000
-- cost: scan
-- noise: none
-- after: perio-measure
-- A merge moves exams, and no stamp of their measures; the loser's own row is archived after it, which tells it (decision 0324).
select
  cast(p.DateTStamp as char(19)) as stamp, m.PerioMeasureNum as cursor_key, m.PerioMeasureNum as row_key,
  -- columns perio-measure
from patient p
join patientlink l on l.PatNumFrom = p.PatNum and l.LinkType = 1
join perioexam e on e.PatNum = l.PatNumTo
join periomeasure m on m.PerioExamNum = e.PerioExamNum
where (p.DateTStamp > :#since or (p.DateTStamp = :#since and m.PerioMeasureNum > :#after_key)) and p.DateTStamp <= :#until
order by p.DateTStamp, m.PerioMeasureNum
limit :#most
