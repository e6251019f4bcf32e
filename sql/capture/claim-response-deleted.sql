-- resource: ClaimResponse:claim-response
-- versions: 21.1 to 25.3
-- cursor: key securitylog.SecurityLogNum
-- deletes: claim-response
-- every: 5
-- page: 1000
-- cost: range
-- noise: none
-- As claim-deleted: the answer goes with its claim.
-- What is there is not deleted: PermType 118 is written of more than deletes, or before the row goes. LogDateTime is the wall clock of the office, so it is no stamp.
select
  cast(now() as char(19)) as stamp, h.SecurityLogNum as cursor_key, h.FKey as row_key, 1 as row_deleted,
  h.FKey as ClaimNum, nullif(h.PatNum, 0) as PatNum
from securitylog h
left join claim x on x.ClaimNum = h.FKey
where x.ClaimNum is null and h.PermType = 118 and h.FKey > 0 and h.SecurityLogNum > :#after_key and h.SecurityLogNum <= :#until_key
order by h.SecurityLogNum
limit :#most
