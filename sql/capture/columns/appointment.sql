-- What the mapping outbound/appointment may read, of appointment a. BrokenBy: 2 missed, 3 cancelled, as the latest break says; the
-- history has an index on AptNum (open-dental-schema.md 2.4). Keys that lead nowhere are none.
a.AptNum, a.PatNum, a.AptStatus, a.Pattern, cast(a.AptDateTime as char(19)) as AptDateTime, a.ClinicNum,
(select v.ProvNum from provider v where v.ProvNum = a.ProvNum) as ProvNum,
(select v.ProvNum from provider v where v.ProvNum = a.ProvHyg) as ProvHyg,
(select o.OperatoryNum from operatory o where o.OperatoryNum = a.Op) as Op,
a.IsMirrored, -- needs appointment.IsMirrored
cast(a.SecDateTEntry as char(19)) as SecDateTEntry, -- needs appointment.SecDateTEntry
case when a.AptStatus = 5 then
  (select b.HistApptAction from histappointment b where b.AptNum = a.AptNum and b.HistApptAction in (2, 3)
    order by b.HistApptNum desc limit 1) end as BrokenBy
