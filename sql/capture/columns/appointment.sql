-- What the mapping outbound/appointment may read, of appointment a. BrokenBy: 2 missed, 3 cancelled, as the latest break says; the
-- history has an index on AptNum (open-dental-schema.md 2.4). Keys that lead nowhere are none. Procedures: those for which it was made and that
-- have a ServiceRequest (planned.jslt); what is attached or taken off changes ProcDescript, and so the stamp.
a.AptNum, a.PatNum, a.AptStatus, a.Pattern, cast(a.AptDateTime as char(19)) as AptDateTime, a.ClinicNum,
cast(a.DateTimeArrived as char(19)) as DateTimeArrived, cast(a.DateTimeSeated as char(19)) as DateTimeSeated,
(select v.ProvNum from provider v where v.ProvNum = a.ProvNum) as ProvNum,
(select v.ProvNum from provider v where v.ProvNum = a.ProvHyg) as ProvHyg,
(select o.OperatoryNum from operatory o where o.OperatoryNum = a.Op) as Op,
a.IsMirrored, -- needs appointment.IsMirrored
cast(a.SecDateTEntry as char(19)) as SecDateTEntry, -- needs appointment.SecDateTEntry
(select d.ItemName from definition d where d.DefNum = a.Confirmed and a.Confirmed <> 0) as ConfirmedText,
a.ProcDescript,
(select group_concat(p.ProcNum order by p.ProcNum) from procedurelog p where p.AptNum = a.AptNum and a.AptNum <> 0
  and (p.ProcStatus in (1, 5, 8) or p.ProcStatus = 2 and p.DateTP > '0001-01-01')) as Procedures,
case when a.AptStatus = 5 then
  (select b.HistApptAction from histappointment b where b.AptNum = a.AptNum and b.HistApptAction in (2, 3)
    order by b.HistApptNum desc limit 1) end as BrokenBy
