-- resource: ServiceRequest:refattach
-- versions: 21.1 to 25.3
-- cursor: stamp refattach.DateTStamp
-- keys: a.RefAttachNum
-- every: 5
-- page: 1000
-- cost: scan
-- noise: ItemOrder, IsTransitionOfCare
-- after: patient, provider, referral, referral-org
select
  cast(a.DateTStamp as char(19)) as stamp, a.RefAttachNum as cursor_key, a.RefAttachNum as row_key,
  a.RefAttachNum, a.PatNum, a.ReferralNum, (select v.ProvNum from provider v where v.ProvNum = a.ProvNum) as ProvNum, a.RefType, a.RefToStatus, cast(a.RefDate as char(10)) as RefDate,
  cast(a.DateProcComplete as char(10)) as DateProcComplete, a.Note,
  r.NotPerson, r.IsDoctor, r.PatNum as SelfPatNum, c.ProcCode, c.Descript as ProcText
from refattach a
left join referral r on r.ReferralNum = a.ReferralNum
left join procedurelog p on p.ProcNum = a.ProcNum and a.ProcNum <> 0
left join procedurecode c on c.CodeNum = p.CodeNum
where (a.DateTStamp > :#since or (a.DateTStamp = :#since and a.RefAttachNum > :#after_key)) and a.DateTStamp <= :#until
order by a.DateTStamp, a.RefAttachNum
limit :#most
