-- What the mapping outbound/diagnosed may read, of procedurelog p and its code c. SecDateEntry is a date before 22.3.13.
p.ProcNum, p.PatNum, p.ProcStatus, (select v.ProvNum from provider v where v.ProvNum = p.ProvNum) as ProvNum, p.ToothNum, p.Surf, p.ToothRange,
cast(p.SecDateEntry as char(19)) as SecDateEntry,
p.DiagnosticCode, p.IcdVersion,
c.ProcCode, c.Descript, c.TreatArea,
c.AreaAlsoToothRange, -- needs procedurecode.AreaAlsoToothRange
(select d.ItemName from definition d where d.DefNum = p.Dx and p.Dx <> 0) as DxName,
(select v.AptNum from appointment v where v.AptNum = p.AptNum and v.AptStatus = 2) as VisitNum,
case when p.ProcStatus = 7 then
  (select n.Note from procnote n where n.ProcNum = p.ProcNum order by n.EntryDateTime desc, n.ProcNoteNum desc limit 1) end as Note,
case when p.ProcStatus = 7 then
  (select cast(n.EntryDateTime as char(19)) from procnote n where n.ProcNum = p.ProcNum
    order by n.EntryDateTime desc, n.ProcNoteNum desc limit 1) end as NoteTime
