-- What the mapping outbound/procedure may read, of procedurelog p and its code c. The newest note is the note; each edit adds a row
-- (open-dental-schema.md 1.3). VisitNum: the appointment, if it is complete and so a visit.
p.ProcNum, p.PatNum, p.ProcStatus, (select v.ProvNum from provider v where v.ProvNum = p.ProvNum) as ProvNum, p.ToothNum, p.Surf, p.ToothRange,
cast(p.ProcDate as char(10)) as ProcDate, cast(p.ProcTime as char(8)) as ProcTime, cast(p.ProcTimeEnd as char(8)) as ProcTimeEnd,
cast(p.DateTP as char(10)) as DateTP,
p.DiagnosticCode, p.DiagnosticCode2, p.DiagnosticCode3, p.DiagnosticCode4, p.IcdVersion,
c.ProcCode, c.Descript, c.TreatArea,
c.AreaAlsoToothRange, -- needs procedurecode.AreaAlsoToothRange
(select d.ItemName from definition d where d.DefNum = p.Dx and p.Dx <> 0) as DxName,
(select v.AptNum from appointment v where v.AptNum = p.AptNum and v.AptStatus = 2) as VisitNum,
(select n.Note from procnote n where n.ProcNum = p.ProcNum order by n.EntryDateTime desc, n.ProcNoteNum desc limit 1) as Note,
(select cast(n.EntryDateTime as char(19)) from procnote n where n.ProcNum = p.ProcNum
  order by n.EntryDateTime desc, n.ProcNoteNum desc limit 1) as NoteTime
