-- resource: RelatedPerson:guarantor
-- versions: 21.1 to 25.3
-- cursor: stamp patient.DateTStamp
-- via: guarantor
-- every: 5
-- page: 1000
-- cost: scan
-- noise: EstBalance, BalTotal, Bal_0_30, Bal_31_60, Bal_61_90, BalOver90, InsEst, PayPlanDue, HasIns, BillingType, CreditType, SecurityHash
-- after: guarantor
-- Whoever pays for others moved, married or changed numbers: his own row tells it, for all of the family (index indexGuarantor).
select
  cast(g.DateTStamp as char(19)) as stamp, p.PatNum as cursor_key, p.PatNum as row_key,
  -- columns guarantor
from patient g
join patient p on p.Guarantor = g.PatNum and p.PatNum <> g.PatNum
where (g.DateTStamp > :#since or (g.DateTStamp = :#since and p.PatNum > :#after_key)) and g.DateTStamp <= :#until
order by g.DateTStamp, p.PatNum
limit :#most
