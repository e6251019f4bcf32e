-- What the mapping outbound/planned may read, of procedurelog p and its code c.
p.ProcNum, p.PatNum, p.ProcStatus, (select v.ProvNum from provider v where v.ProvNum = p.ProvNum) as ProvNum, p.ToothNum, p.Surf, p.ToothRange, p.Urgency,
cast(p.DateTP as char(10)) as DateTP,
p.DiagnosticCode, p.DiagnosticCode2, p.DiagnosticCode3, p.DiagnosticCode4, p.IcdVersion,
c.ProcCode, c.Descript, c.TreatArea,
c.AreaAlsoToothRange, -- needs procedurecode.AreaAlsoToothRange
(select d.ItemName from definition d where d.DefNum = p.Dx and p.Dx <> 0) as DxName,
(select n.Note from procnote n where n.ProcNum = p.ProcNum order by n.EntryDateTime desc, n.ProcNoteNum desc limit 1) as Note,
(select cast(n.EntryDateTime as char(19)) from procnote n where n.ProcNum = p.ProcNum
  order by n.EntryDateTime desc, n.ProcNoteNum desc limit 1) as NoteTime
