-- resource: Observation:perio-exam
-- versions: 21.1 to 25.3
-- cursor: key perioexam.PerioExamNum
-- keys: e.PerioExamNum
-- every: 5
-- page: 250
-- cost: range
-- noise: none
-- after: patient, provider, perio-measure
-- DateTMeasureEdit is the office's wall clock, so no stamp to follow. A new exam is found by its key, a measure re-emits it (perio-exam-measured).
select
  cast(e.DateTMeasureEdit as char(19)) as stamp, e.PerioExamNum as cursor_key, e.PerioExamNum as row_key,
  -- columns perio-exam
from perioexam e
where e.PerioExamNum > :#after_key and e.PerioExamNum <= :#until_key
order by e.PerioExamNum
limit :#most
