-- resource: Coverage:patplan
-- versions: 21.1 to 25.3
-- cursor: stamp patplan.SecDateTEdit
-- keys: e.PatPlanNum
-- every: 2
-- page: 1000
-- cost: range
-- noise: OrthoAutoFeeBilledOverride, OrthoAutoNextClaimDate
-- after: patient, carrier
select
  cast(e.SecDateTEdit as char(19)) as stamp, e.PatPlanNum as cursor_key, e.PatPlanNum as row_key,
  -- columns patplan
from patplan e
left join inssub s on s.InsSubNum = e.InsSubNum
left join insplan i on i.PlanNum = s.PlanNum
where (e.SecDateTEdit > :#since or (e.SecDateTEdit = :#since and e.PatPlanNum > :#after_key)) and e.SecDateTEdit <= :#until
order by e.SecDateTEdit, e.PatPlanNum
limit :#most
