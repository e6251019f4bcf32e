-- resource: Condition:diagnosed
-- versions: 21.1 to 25.3
-- cursor: stamp procedurelog.DateTStamp
-- keys: p.ProcNum
-- every: 1
-- page: 1000
-- cost: range
-- noise: ProcFee, Discount, DiscountPlanAmt, TaxAmt, BillingNote, ClaimNote, StatementNum, Priority, Prognosis, HideGraphics, IsLocked
-- after: patient, provider, visit
-- What was found: conditions charted as procedures, and the diagnosis for which a procedure is planned or done.
select
  cast(p.DateTStamp as char(19)) as stamp, p.ProcNum as cursor_key, p.ProcNum as row_key,
  -- columns diagnosed
from procedurelog p
left join procedurecode c on c.CodeNum = p.CodeNum
where (p.DateTStamp > :#since or (p.DateTStamp = :#since and p.ProcNum > :#after_key)) and p.DateTStamp <= :#until
order by p.DateTStamp, p.ProcNum
limit :#most
