-- resource: CarePlan:treatplan
-- versions: 21.1 to 25.3
-- cursor: stamp treatplan.SecDateTEdit
-- keys: t.TreatPlanNum
-- every: 5
-- page: 250
-- cost: scan
-- noise: Signature, SignaturePractice, DocNum, ResponsParty, UserNumPresenter
-- after: patient, planned
-- The stamp has no index.
select
  cast(t.SecDateTEdit as char(19)) as stamp, t.TreatPlanNum as cursor_key, t.TreatPlanNum as row_key,
  -- columns treatplan
from treatplan t
where (t.SecDateTEdit > :#since or (t.SecDateTEdit = :#since and t.TreatPlanNum > :#after_key)) and t.SecDateTEdit <= :#until
order by t.SecDateTEdit, t.TreatPlanNum
limit :#most
