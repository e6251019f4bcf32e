-- resource: Coverage:patplan
-- versions: 21.1 to 25.3
-- cursor: stamp inssub.SecDateTEdit
-- via: patplan
-- every: 5
-- page: 1000
-- cost: scan
-- noise: BenefitNotes, SubscNote, ReleaseInfo, AssignBen, SecurityHash
-- after: patplan
-- Number, dates and subscriber stand in the subscription, which all covered members of a family share (index InsSubNum).
select
  cast(s.SecDateTEdit as char(19)) as stamp, e.PatPlanNum as cursor_key, e.PatPlanNum as row_key,
  -- columns patplan
from inssub s
join patplan e on e.InsSubNum = s.InsSubNum
left join insplan i on i.PlanNum = s.PlanNum
where (s.SecDateTEdit > :#since or (s.SecDateTEdit = :#since and e.PatPlanNum > :#after_key)) and s.SecDateTEdit <= :#until
order by s.SecDateTEdit, e.PatPlanNum
limit :#most
