-- resource: DocumentReference:document
-- versions: 21.1 to 25.3
-- cursor: key securitylog.SecurityLogNum
-- every: 5
-- The client names the document only where its file lay in a local folder (decision 0176). What is there is not deleted: the entry is written before the row goes.
select
  cast(h.LogDateTime as char(19)) as stamp, h.SecurityLogNum as cursor_key, h.FKey as row_key, 1 as row_deleted,
  h.FKey as DocNum, nullif(h.PatNum, 0) as PatNum
from securitylog h
left join document d on d.DocNum = h.FKey
where d.DocNum is null and h.PermType = 44 and h.FKey > 0 and h.SecurityLogNum > :#after_key and h.SecurityLogNum <= :#until_key
order by h.SecurityLogNum
limit :#most
