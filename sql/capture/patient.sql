-- resource: Patient
-- versions: 21.1 to 25.3
-- cursor: stamp patient.DateTStamp
-- keys: p.PatNum
select
  cast(p.DateTStamp as char(19)) as stamp, p.PatNum as cursor_key, p.PatNum as row_key,
  -- columns patient
from patient p
-- columns patient-joins
where (p.DateTStamp > :#since or (p.DateTStamp = :#since and p.PatNum > :#after_key)) and p.DateTStamp <= :#until
order by p.DateTStamp, p.PatNum
limit :#most
