-- resource: CarePlan:treatplan
-- versions: 21.1 to 25.3
-- cursor: stamp proctp.SecDateTEdit
-- via: treatplan
-- every: 5
-- page: 250
-- cost: scan
-- noise: FeeAmt, PriInsAmt, SecInsAmt, PatAmt, FeeAllowed, TaxAmt, Discount, Prognosis
-- after: treatplan
-- A frozen line re-emits its plan: lines come after it. The stamp has no index.
select
  cast(x.SecDateTEdit as char(19)) as stamp, x.ProcTPNum as cursor_key, t.TreatPlanNum as row_key,
  -- columns treatplan
from proctp x
join treatplan t on t.TreatPlanNum = x.TreatPlanNum
where (x.SecDateTEdit > :#since or (x.SecDateTEdit = :#since and x.ProcTPNum > :#after_key)) and x.SecDateTEdit <= :#until
order by x.SecDateTEdit, x.ProcTPNum
limit :#most
