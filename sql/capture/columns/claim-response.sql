-- What the mapping outbound/claim-response may read, of claim c; the lines are those of columns/claim.sql in the same order.
c.ClaimNum, c.PatNum, c.ClaimStatus, c.ClaimType, c.MedType, c.ClaimFee, c.InsPayAmt, c.DedApplied,
cast(c.DateReceived as char(10)) as DateReceived,
(select r.CarrierNum from insplan i join carrier r on r.CarrierNum = i.CarrierNum where i.PlanNum = c.PlanNum) as CarrierNum,
(select count(*) from claimproc q where q.ClaimNum = c.ClaimNum and q.ProcNum <> 0 and q.Status in (0, 1, 2, 5)) as LineCount,
(select group_concat(q.InsPayAmt order by q.LineNumber, q.ClaimProcNum) from claimproc q where q.ClaimNum = c.ClaimNum and q.ProcNum <> 0 and q.Status in (0, 1, 2, 5)) as LinePaid,
(select group_concat(q.DedApplied order by q.LineNumber, q.ClaimProcNum) from claimproc q where q.ClaimNum = c.ClaimNum and q.ProcNum <> 0 and q.Status in (0, 1, 2, 5)) as LineDeductibles
