-- resource: ClaimResponse:claim-response
-- versions: 21.1 to 25.3
-- cursor: stamp claimproc.SecDateTEdit
-- via: claim-response
-- every: 2
-- page: 250
-- cost: range
-- noise: InsPayEst, BaseEst, DedEst, InsEstTotal, WriteOffEst, PaidOtherIns, AllowedOverride, EstimateNote, SecurityHash
-- default: off
-- after: claim-response
-- A line that changes re-emits its claim. Estimates, by far the most rows, belong to none.
select
  cast(l.SecDateTEdit as char(19)) as stamp, l.ClaimProcNum as cursor_key, c.ClaimNum as row_key,
  -- columns claim-response
from claimproc l
join claim c on c.ClaimNum = l.ClaimNum
where (l.SecDateTEdit > :#since or (l.SecDateTEdit = :#since and l.ClaimProcNum > :#after_key)) and l.SecDateTEdit <= :#until
order by l.SecDateTEdit, l.ClaimProcNum
limit :#most
