-- What the mapping outbound/schedule may read, of day s: a provider on one date. The index on SchedDate finds the rows of the day.
s.ProvNum, cast(s.SchedDate as char(10)) as SchedDate,
(select group_concat(distinct concat(left(cast(b.StartTime as char(8)), 5), '-', left(cast(b.StopTime as char(8)), 5)) order by concat(left(cast(b.StartTime as char(8)), 5), '-', left(cast(b.StopTime as char(8)), 5)))
  from schedule b where b.SchedDate = s.SchedDate and b.ProvNum = s.ProvNum and b.SchedType = 1 and b.Status = 0 and b.StopTime > b.StartTime) as Hours,
(select left(cast(max(b.StopTime) as char(8)), 5)
  from schedule b where b.SchedDate = s.SchedDate and b.ProvNum = s.ProvNum and b.SchedType = 1 and b.Status = 0 and b.StopTime > b.StartTime) as LastStop,
(select group_concat(distinct o.OperatoryNum order by o.OperatoryNum)
  from schedule b join scheduleop o on o.ScheduleNum = b.ScheduleNum
  where b.SchedDate = s.SchedDate and b.ProvNum = s.ProvNum and b.SchedType = 1 and b.Status = 0) as Operatories
