-- resource: Task:labcase
-- versions: 21.1 to 25.3
-- cursor: stamp labcase.DateTStamp
-- keys: l.LabCaseNum
-- every: 10
-- after: patient, provider, appointment
select
  cast(l.DateTStamp as char(19)) as stamp, l.LabCaseNum as cursor_key, l.LabCaseNum as row_key,
  l.LabCaseNum, l.PatNum, l.ProvNum, l.AptNum, l.Instructions,
  cast(l.DateTimeCreated as char(19)) as DateTimeCreated, cast(l.DateTimeDue as char(19)) as DateTimeDue,
  cast(l.DateTimeSent as char(19)) as DateTimeSent, cast(l.DateTimeRecd as char(19)) as DateTimeRecd,
  cast(l.DateTimeChecked as char(19)) as DateTimeChecked
from labcase l
where (l.DateTStamp > :#since or (l.DateTStamp = :#since and l.LabCaseNum > :#after_key)) and l.DateTStamp <= :#until
order by l.DateTStamp, l.LabCaseNum
limit :#most
