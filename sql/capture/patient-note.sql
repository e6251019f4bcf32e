-- resource: Patient
-- versions: 21.1 to 25.3
-- cursor: stamp patientnote.SecDateTEdit
-- via: patient
-- every: 1
-- page: 1000
-- cost: range
-- noise: FamFinancial, Medical, Service, MedicalComp, Treatment, ApptPhone
-- after: patient
-- Emergency contact and pronoun stand in the note, whose row moves no stamp of the patient.
select
  cast(c.SecDateTEdit as char(19)) as stamp, c.PatNum as cursor_key, p.PatNum as row_key,
  -- columns patient
from patientnote c
join patient p on p.PatNum = c.PatNum
-- columns patient-joins
where (c.SecDateTEdit > :#since or (c.SecDateTEdit = :#since and c.PatNum > :#after_key)) and c.SecDateTEdit <= :#until
order by c.SecDateTEdit, c.PatNum
limit :#most
