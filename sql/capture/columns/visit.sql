-- What the mapping outbound/visit may read, of appointment a. Times that nobody took are midnight of the day.
a.AptNum, a.PatNum, a.AptStatus, a.Pattern,
(select c.ClinicNum from clinic c where c.ClinicNum = a.ClinicNum) as ClinicNum,
(select v.ProvNum from provider v where v.ProvNum = a.ProvNum) as ProvNum,
(select v.ProvNum from provider v where v.ProvNum = a.ProvHyg) as ProvHyg,
(select o.OperatoryNum from operatory o where o.OperatoryNum = a.Op) as Op,
cast(a.AptDateTime as char(19)) as AptDateTime, cast(a.DateTimeArrived as char(19)) as DateTimeArrived,
cast(a.DateTimeSeated as char(19)) as DateTimeSeated, cast(a.DateTimeDismissed as char(19)) as DateTimeDismissed
