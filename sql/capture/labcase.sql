-- resource: Task:labcase
-- versions: 21.1 to 25.3
-- cursor: stamp labcase.DateTStamp
-- keys: l.LabCaseNum
-- every: 10
-- page: 1000
-- cost: scan
-- noise: LabFee, InvoiceNum, LaboratoryNum, PlannedAptNum
-- after: patient, provider, appointment
-- The appointment only if it is there and of a kind that is told: others would be a reference to nothing.
select
  cast(l.DateTStamp as char(19)) as stamp, l.LabCaseNum as cursor_key, l.LabCaseNum as row_key,
  l.LabCaseNum, l.PatNum, (select v.ProvNum from provider v where v.ProvNum = l.ProvNum) as ProvNum, l.Instructions,
  (select a.AptNum from appointment a where a.AptNum = l.AptNum and a.AptStatus between 1 and 5) as AptNum,
  cast(l.DateTimeCreated as char(19)) as DateTimeCreated, cast(l.DateTimeDue as char(19)) as DateTimeDue,
  cast(l.DateTimeSent as char(19)) as DateTimeSent, cast(l.DateTimeRecd as char(19)) as DateTimeRecd,
  cast(l.DateTimeChecked as char(19)) as DateTimeChecked
from labcase l
where (l.DateTStamp > :#since or (l.DateTStamp = :#since and l.LabCaseNum > :#after_key)) and l.DateTStamp <= :#until
order by l.DateTStamp, l.LabCaseNum
limit :#most
