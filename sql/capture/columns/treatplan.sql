-- What the mapping outbound/treatplan may read, of treatplan t. Its procedures are those that have a ServiceRequest (planned.jslt): of a saved
-- plan as its lines were frozen (proctp), of others as attached now.
t.TreatPlanNum, t.PatNum, t.TPStatus, t.Heading, t.Note,
cast(t.DateTP as char(10)) as DateTP, cast(t.SecDateEntry as char(10)) as SecDateEntry,
case when t.TPStatus = 0 then
  (select group_concat(f.ProcNumOrig order by f.ItemOrder, f.ProcTPNum) from proctp f
    join procedurelog p on p.ProcNum = f.ProcNumOrig and (p.ProcStatus in (1, 5, 8) or p.ProcStatus = 2 and p.DateTP > '0001-01-01')
    where f.TreatPlanNum = t.TreatPlanNum)
else
  (select group_concat(distinct f.ProcNum order by f.ProcNum) from treatplanattach f
    join procedurelog p on p.ProcNum = f.ProcNum and (p.ProcStatus in (1, 5, 8) or p.ProcStatus = 2 and p.DateTP > '0001-01-01')
    where f.TreatPlanNum = t.TreatPlanNum)
end as Procedures
