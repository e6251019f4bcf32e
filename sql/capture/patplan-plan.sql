-- resource: Coverage:patplan
-- versions: 21.1 to 25.3
-- cursor: stamp insplan.SecDateTEdit
-- via: patplan
-- every: 10
-- page: 1000
-- cost: scan
-- noise: PlanNote, FeeSched, CopayFeeSched, ClaimFormNum, HideFromVerifyList, TrojanID
-- after: patplan
-- Group, kind and payer stand in the plan, which many subscriptions share (indexes PlanNum and InsSubNum).
select
  cast(i.SecDateTEdit as char(19)) as stamp, e.PatPlanNum as cursor_key, e.PatPlanNum as row_key,
  -- columns patplan
from insplan i
join inssub s on s.PlanNum = i.PlanNum
join patplan e on e.InsSubNum = s.InsSubNum
where (i.SecDateTEdit > :#since or (i.SecDateTEdit = :#since and e.PatPlanNum > :#after_key)) and i.SecDateTEdit <= :#until
order by i.SecDateTEdit, e.PatPlanNum
limit :#most
