-- resource: Observation:perio-measure
-- versions: 21.1 to 25.3
-- cursor: stamp periomeasure.SecDateTEdit
-- keys: m.PerioMeasureNum
-- every: 1
-- page: 1000
-- cost: range
-- noise: none
-- after: patient, provider
select
  cast(m.SecDateTEdit as char(19)) as stamp, m.PerioMeasureNum as cursor_key, m.PerioMeasureNum as row_key,
  -- columns perio-measure
from periomeasure m
left join perioexam e on e.PerioExamNum = m.PerioExamNum
where (m.SecDateTEdit > :#since or (m.SecDateTEdit = :#since and m.PerioMeasureNum > :#after_key)) and m.SecDateTEdit <= :#until
order by m.SecDateTEdit, m.PerioMeasureNum
limit :#most
