-- What the mapping outbound/medicationpat may read, of the patient's medication x and its entry g in the office's list. IsStopped: its last
-- day is over at the office; Pontic's session is in UTC, the office's day is that of its server. IndicatesNone: the medication that the
-- office's preference names as "no medications".
x.MedicationPatNum, x.PatNum, x.PatNote, cast(x.DateStart as char(10)) as DateStart, cast(x.DateStop as char(10)) as DateStop,
case when x.DateStop > '1000-01-01'
  and x.DateStop < date(coalesce(convert_tz(utc_timestamp(), '+00:00', @@global.time_zone), utc_timestamp())) then 1 else 0 end as IsStopped,
(select v.ProvNum from provider v where v.ProvNum = x.ProvNum) as ProvNum, x.MedDescript, x.RxCui, x.ErxGuid, x.IsCpoe, g.MedName, g.RxCui as ListRxCui,
case when x.MedicationNum <> 0 and x.MedicationNum = (select cast(f.ValueString as signed) from preference f
  where f.PrefName = 'MedicationsIndicateNone' limit 1) then 1 else 0 end as IndicatesNone
