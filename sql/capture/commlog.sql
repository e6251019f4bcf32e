-- resource: Communication:commlog
-- versions: 21.1 to 25.3
-- cursor: stamp commlog.DateTStamp
-- keys: c.CommlogNum
-- every: 30
-- page: 1000
-- cost: scan
-- noise: Signature, SigIsTopaz, DateTimeEnd, UserNum, CommSource
-- after: patient
-- default: off
select
  cast(c.DateTStamp as char(19)) as stamp, c.CommlogNum as cursor_key, c.CommlogNum as row_key,
  c.CommlogNum, c.PatNum, cast(c.CommDateTime as char(19)) as CommDateTime, c.Mode_, c.SentOrReceived, c.Note,
  (select n.ItemName from definition n where n.DefNum = c.CommType) as TypeText
from commlog c
where (c.DateTStamp > :#since or (c.DateTStamp = :#since and c.CommlogNum > :#after_key)) and c.DateTStamp <= :#until
order by c.DateTStamp, c.CommlogNum
limit :#most
