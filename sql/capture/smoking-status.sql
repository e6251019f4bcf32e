-- resource: Observation:smoking-status
-- versions: 21.1 to 25.3
-- cursor: stamp patient.DateTStamp
-- keys: p.PatNum
-- every: 5
-- page: 1000
-- cost: scan
-- noise: EstBalance, BalTotal, Bal_0_30, Bal_31_60, Bal_61_90, BalOver90, InsEst, PayPlanDue, HasIns, BillingType, CreditType, SecurityHash
-- after: patient
-- The code is SNOMED CT's, as text; most offices leave it empty (open-dental-schema.md 4).
select
  cast(p.DateTStamp as char(19)) as stamp, p.PatNum as cursor_key, p.PatNum as row_key,
  p.PatNum, p.SmokingSnoMed
from patient p
where (p.DateTStamp > :#since or (p.DateTStamp = :#since and p.PatNum > :#after_key)) and p.DateTStamp <= :#until
order by p.DateTStamp, p.PatNum
limit :#most
