-- resource: Observation:perio-exam
-- versions: 21.1 to 25.3
-- cursor: stamp periomeasure.SecDateTEdit
-- via: perio-exam
-- every: 5
-- page: 250
-- cost: range
-- noise: none
-- after: perio-exam
-- A measure re-emits its exam, which counts its measures; Open Dental writes the exam first and the measures one by one after it.
-- The newest measure of an exam speaks for all.
select
  cast(x.SecDateTEdit as char(19)) as stamp, x.PerioMeasureNum as cursor_key, e.PerioExamNum as row_key,
  -- columns perio-exam
from periomeasure x
join perioexam e on e.PerioExamNum = x.PerioExamNum
where (x.SecDateTEdit > :#since or (x.SecDateTEdit = :#since and x.PerioMeasureNum > :#after_key)) and x.SecDateTEdit <= :#until
  and not exists (select 1 from periomeasure y where y.PerioExamNum = x.PerioExamNum and (y.SecDateTEdit > x.SecDateTEdit
    or (y.SecDateTEdit = x.SecDateTEdit and y.PerioMeasureNum > x.PerioMeasureNum)))
order by x.SecDateTEdit, x.PerioMeasureNum
limit :#most
