-- What the mapping outbound/claim may read, of claim c. Lines are the claimprocs of procedures without supplements and payments by total, in the
-- claim's order; each list has one short value a line, so that a list stays below 1024 bytes (group_concat_max_len). The mapping compares their lengths with LineCount.
c.ClaimNum, c.PatNum, c.ClaimStatus, c.ClaimType, c.MedType, c.CorrectionType, c.ClaimIdentifier, c.ClaimFee, c.ProvTreat, c.ProvBill, c.InsSubNum,
c.PriorAuthorizationNumber,
cast(c.DateService as char(10)) as DateService, cast(c.DateSent as char(10)) as DateSent, cast(c.SecDateEntry as char(10)) as SecDateEntry,
(select v.IsNotPerson from provider v where v.ProvNum = c.ProvBill) as BillIsNotPerson,
(select r.CarrierNum from insplan i join carrier r on r.CarrierNum = i.CarrierNum where i.PlanNum = c.PlanNum) as CarrierNum,
(select min(e.PatPlanNum) from patplan e where e.PatNum = c.PatNum and e.InsSubNum = c.InsSubNum) as PatPlanNum,
(select count(*) from claimproc q where q.ClaimNum = c.ClaimNum and q.ProcNum <> 0 and q.Status in (0, 1, 2, 5)) as LineCount,
(select group_concat(coalesce(q.CodeSent, '') order by q.LineNumber, q.ClaimProcNum) from claimproc q where q.ClaimNum = c.ClaimNum and q.ProcNum <> 0 and q.Status in (0, 1, 2, 5)) as LineCodes,
(select group_concat(q.FeeBilled order by q.LineNumber, q.ClaimProcNum) from claimproc q where q.ClaimNum = c.ClaimNum and q.ProcNum <> 0 and q.Status in (0, 1, 2, 5)) as LineFees,
(select group_concat(coalesce(cast(q.ProcDate as char(10)), '') order by q.LineNumber, q.ClaimProcNum) from claimproc q where q.ClaimNum = c.ClaimNum and q.ProcNum <> 0 and q.Status in (0, 1, 2, 5)) as LineDates
