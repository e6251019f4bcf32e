-- resource: ServiceRequest:planned
-- versions: 21.1 to 25.3
-- cursor: stamp procedurelog.DateTStamp
-- keys: p.ProcNum
-- every: 1
-- page: 1000
-- cost: range
-- noise: ProcFee, Discount, DiscountPlanAmt, TaxAmt, BillingNote, ClaimNote, StatementNum, Priority, Prognosis, HideGraphics, IsLocked
-- after: patient, provider
-- What is to be done. All statuses are read: what becomes done completes its request.
select
  cast(p.DateTStamp as char(19)) as stamp, p.ProcNum as cursor_key, p.ProcNum as row_key,
  -- columns planned
from procedurelog p
left join procedurecode c on c.CodeNum = p.CodeNum
where (p.DateTStamp > :#since or (p.DateTStamp = :#since and p.ProcNum > :#after_key)) and p.DateTStamp <= :#until
order by p.DateTStamp, p.ProcNum
limit :#most
