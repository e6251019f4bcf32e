-- resource: RelatedPerson:guarantor
-- versions: 21.1 to 25.3
-- cursor: stamp patient.DateTStamp
-- keys: p.PatNum
-- every: 5
-- page: 1000
-- cost: scan
-- noise: EstBalance, BalTotal, Bal_0_30, Bal_31_60, Bal_61_90, BalOver90, InsEst, PayPlanDue, HasIns, BillingType, CreditType, SecurityHash
-- after: patient
-- A row of each patient; who pays for himself has none of his own, which the mapping says.
select
  cast(p.DateTStamp as char(19)) as stamp, p.PatNum as cursor_key, p.PatNum as row_key,
  -- columns guarantor
from patient p
left join patient g on g.PatNum = p.Guarantor
where (p.DateTStamp > :#since or (p.DateTStamp = :#since and p.PatNum > :#after_key)) and p.DateTStamp <= :#until
order by p.DateTStamp, p.PatNum
limit :#most
