-- What the mapping outbound/perio-exam may read, of perioexam e. Its measures are those that perio-measure.jslt tells, by tooth.
e.PerioExamNum, e.PatNum, e.Note,
-- An exam of these days that was added to in the last quarter of an hour; the sweep of perio-exam-measured reads it again after that. ExamDate is by the
-- office's clock, the stamp by the server's.
case when e.ExamDate >= curdate() - interval 1 day and exists (select 1 from periomeasure n
  where n.PerioExamNum = e.PerioExamNum and n.SecDateTEdit > now() - interval 15 minute) then 1 else 0 end as IsBeingEntered,
(select v.ProvNum from provider v where v.ProvNum = e.ProvNum) as ProvNum,
cast(e.ExamDate as char(10)) as ExamDate,
(select coalesce(group_concat(m.PerioMeasureNum order by m.IntTooth, m.SequenceType, m.PerioMeasureNum), '') from periomeasure m
  where m.PerioExamNum = e.PerioExamNum and m.IntTooth between 1 and 32 and (
    m.SequenceType = 0 and m.ToothValue between 0 and 19
    or m.SequenceType in (1, 3, 4) and (m.MBvalue between 0 and 19 or m.Bvalue between 0 and 19 or m.DBvalue between 0 and 19
      or m.MLvalue between 0 and 19 or m.Lvalue between 0 and 19 or m.DLvalue between 0 and 19)
    or m.SequenceType = 2 and (m.MBvalue between 0 and 19 or m.Bvalue between 0 and 19 or m.DBvalue between 0 and 19
      or m.MLvalue between 0 and 19 or m.Lvalue between 0 and 19 or m.DLvalue between 0 and 19
      or m.MBvalue between 101 and 119 or m.Bvalue between 101 and 119 or m.DBvalue between 101 and 119
      or m.MLvalue between 101 and 119 or m.Lvalue between 101 and 119 or m.DLvalue between 101 and 119)
    or m.SequenceType = 6 and (m.MBvalue between 1 and 15 or m.Bvalue between 1 and 15 or m.DBvalue between 1 and 15
      or m.MLvalue between 1 and 15 or m.Lvalue between 1 and 15 or m.DLvalue between 1 and 15))) as Measures
