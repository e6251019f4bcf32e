-- resource: Observation:tooth
-- versions: 21.1 to 25.3
-- cursor: stamp toothinitial.SecDateTEdit
-- keys: t.ToothInitialNum
-- every: 1
-- page: 1000
-- cost: range
-- noise: DrawingSegment, ColorDraw, DrawText
-- after: patient
-- Drawings are read, so that their rows are counted, and not told.
select
  cast(t.SecDateTEdit as char(19)) as stamp, t.ToothInitialNum as cursor_key, t.ToothInitialNum as row_key,
  t.ToothInitialNum, t.PatNum, t.ToothNum, t.InitialType, t.Movement, cast(t.SecDateTEntry as char(19)) as SecDateTEntry
from toothinitial t
where (t.SecDateTEdit > :#since or (t.SecDateTEdit = :#since and t.ToothInitialNum > :#after_key)) and t.SecDateTEdit <= :#until
order by t.SecDateTEdit, t.ToothInitialNum
limit :#most
