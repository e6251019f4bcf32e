-- resource: Observation:perio-exam
-- versions: 21.1 to 25.3
-- cursor: written perioexam.DateTMeasureEdit
-- keys: e.PerioExamNum
-- every: 5
-- after: patient, provider, perio-measure
select
  cast(e.DateTMeasureEdit as char(19)) as stamp, e.PerioExamNum as cursor_key, e.PerioExamNum as row_key,
  -- columns perio-exam
from perioexam e
where (e.DateTMeasureEdit > :#since or (e.DateTMeasureEdit = :#since and e.PerioExamNum > :#after_key)) and e.DateTMeasureEdit <= :#until
order by e.DateTMeasureEdit, e.PerioExamNum
limit :#most
