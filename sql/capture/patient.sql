-- resource: Patient
-- versions: 21.1 to 25.3
-- cursor: stamp patient.DateTStamp
-- keys: p.PatNum
-- every: 1
-- page: 1000
-- cost: scan
-- noise: EstBalance, BalTotal, Bal_0_30, Bal_31_60, Bal_61_90, BalOver90, InsEst, PayPlanDue, HasIns, BillingType, CreditType, SecurityHash
select
  cast(p.DateTStamp as char(19)) as stamp, p.PatNum as cursor_key, p.PatNum as row_key,
  -- columns patient
from patient p
-- As columns/patient-joins.sql, but only of the patients that are asked for: to put together the races of all takes longer than all the rest.
left join (select r.PatNum,
    group_concat(distinct coalesce(nullif(r.CdcrecCode, ''), r.Race) order by r.PatientRaceNum) as Races
  from patientrace r join patient p on p.PatNum = r.PatNum
  where (p.DateTStamp > :#since or (p.DateTStamp = :#since and p.PatNum > :#after_key)) and p.DateTStamp <= :#until
  group by r.PatNum) races on races.PatNum = p.PatNum
where (p.DateTStamp > :#since or (p.DateTStamp = :#since and p.PatNum > :#after_key)) and p.DateTStamp <= :#until
order by p.DateTStamp, p.PatNum
limit :#most
