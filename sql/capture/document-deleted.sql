-- resource: DocumentReference:document
-- versions: 21.1 to 25.3
-- cursor: key securitylog.SecurityLogNum
-- deletes: document
-- every: 5
-- page: 1000
-- cost: range
-- noise: none
-- The entry names the document only where its file lay in a local folder (decision 0176).
-- What is there is not deleted: PermType 44 is written of more than deletes, or before the row goes. LogDateTime is the wall clock of the office, so it is no stamp.
select
  cast(now() as char(19)) as stamp, h.SecurityLogNum as cursor_key, h.FKey as row_key, 1 as row_deleted,
  h.FKey as DocNum, nullif(h.PatNum, 0) as PatNum
from securitylog h
left join document x on x.DocNum = h.FKey
where x.DocNum is null and h.PermType = 44 and h.FKey > 0 and h.SecurityLogNum > :#after_key and h.SecurityLogNum <= :#until_key
order by h.SecurityLogNum
limit :#most
