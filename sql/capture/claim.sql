-- resource: Claim:claim
-- versions: 21.1 to 25.3
-- cursor: stamp claim.SecDateTEdit
-- keys: c.ClaimNum
-- every: 5
-- page: 250
-- cost: scan
-- noise: InsPayEst, WriteOff, ClaimNote, CustomTracking, AttachedFlags, AttachedImages, SecurityHash
-- default: off
-- after: patient, provider, provider-org, patplan
select
  cast(c.SecDateTEdit as char(19)) as stamp, c.ClaimNum as cursor_key, c.ClaimNum as row_key,
  -- columns claim
from claim c
where (c.SecDateTEdit > :#since or (c.SecDateTEdit = :#since and c.ClaimNum > :#after_key)) and c.SecDateTEdit <= :#until
order by c.SecDateTEdit, c.ClaimNum
limit :#most
