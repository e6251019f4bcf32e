-- resource: CarePlan:treatplan
-- versions: 21.1 to 25.3
-- cursor: key treatplanattach.TreatPlanAttachNum
-- via: treatplan
-- every: 2
-- page: 250
-- cost: range
-- noise: none
-- after: treatplan
-- What is attached re-emits its plan. What is taken off leaves no trace; reconcile finds it, or the plan's next change.
select
  cast(t.SecDateTEdit as char(19)) as stamp, x.TreatPlanAttachNum as cursor_key, t.TreatPlanNum as row_key,
  -- columns treatplan
from treatplanattach x
join treatplan t on t.TreatPlanNum = x.TreatPlanNum
where x.TreatPlanAttachNum > :#after_key and x.TreatPlanAttachNum <= :#until_key
order by x.TreatPlanAttachNum
limit :#most
