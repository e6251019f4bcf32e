-- What the mapping outbound/perio-measure may read, of periomeasure m and its exam e.
m.PerioMeasureNum, m.SequenceType, m.IntTooth, m.ToothValue, m.MBvalue, m.Bvalue, m.DBvalue, m.MLvalue, m.Lvalue, m.DLvalue,
e.PatNum, (select v.ProvNum from provider v where v.ProvNum = e.ProvNum) as ProvNum, cast(e.ExamDate as char(10)) as ExamDate
