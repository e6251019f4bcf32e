-- resource: MedicationRequest:rxpat
-- versions: 21.1 to 25.3
-- cursor: key securitylog.SecurityLogNum
-- deletes: rxpat
-- every: 5
-- page: 1000
-- cost: range
-- noise: none
-- At the desk every entry of a prescription names it; what an eRx bridge removes leaves none (decision 0176).
-- What is there is not deleted: PermType 76 is written of more than deletes, or before the row goes. LogDateTime is the wall clock of the office, so it is no stamp.
select
  cast(now() as char(19)) as stamp, h.SecurityLogNum as cursor_key, h.FKey as row_key, 1 as row_deleted,
  h.FKey as RxNum, nullif(h.PatNum, 0) as PatNum
from securitylog h
left join rxpat x on x.RxNum = h.FKey
where x.RxNum is null and h.PermType = 76 and h.FKey > 0 and h.SecurityLogNum > :#after_key and h.SecurityLogNum <= :#until_key
order by h.SecurityLogNum
limit :#most
