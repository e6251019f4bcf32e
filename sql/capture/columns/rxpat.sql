-- What the mapping outbound/rxpat may read, of prescription x. Supply: 1 while what was prescribed lasts, refills and all, 0 when it is used up
-- by the office's day, null where the prescription does not say how long.
x.RxNum, x.PatNum, cast(x.RxDate as char(10)) as RxDate, x.Drug, x.Sig, x.Disp, x.Refills, (select v.ProvNum from provider v where v.ProvNum = x.ProvNum) as ProvNum, x.Notes, x.SendStatus, x.RxCui, x.ErxGuid,
x.DaysOfSupply, x.PatientInstruction, x.RxType,
case when x.RxDate > '1000-01-01' and x.DaysOfSupply > 0 and x.DaysOfSupply < 10000 and x.Refills regexp '^[0-9]{0,2}$' then
  case when to_days(x.RxDate) + x.DaysOfSupply * (1 + cast(x.Refills as signed))
    > to_days(coalesce(convert_tz(utc_timestamp(), '+00:00', @@global.time_zone), utc_timestamp())) then 1 else 0 end end as Supply
