-- resource: Procedure:procedure
-- versions: 21.1 to 25.3
-- cursor: key procnote.ProcNoteNum
-- via: procedure
-- every: 2
-- page: 1000
-- cost: range
-- noise: none
-- after: procedure
-- A note re-emits its procedure, whose stamp it does not move.
select
  cast(p.DateTStamp as char(19)) as stamp, n0.ProcNoteNum as cursor_key, p.ProcNum as row_key,
  -- columns procedure
from procnote n0
join procedurelog p on p.ProcNum = n0.ProcNum
left join procedurecode c on c.CodeNum = p.CodeNum
where n0.ProcNoteNum > :#after_key and n0.ProcNoteNum <= :#until_key
order by n0.ProcNoteNum
limit :#most
