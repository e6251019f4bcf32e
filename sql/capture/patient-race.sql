-- resource: Patient
-- versions: 21.1 to 25.3
-- cursor: key patientrace.PatientRaceNum
-- via: patient
-- every: 2
-- page: 1000
-- cost: range
-- noise: none
-- after: patient
-- The races of a patient are deleted and inserted anew when they are edited, so new keys tell of it. That all of them were taken away is seen with the patient's next change.
select
  cast(p.DateTStamp as char(19)) as stamp, c.PatientRaceNum as cursor_key, p.PatNum as row_key,
  -- columns patient
from patientrace c
join patient p on p.PatNum = c.PatNum
-- columns patient-joins
where c.PatientRaceNum > :#after_key and c.PatientRaceNum <= :#until_key
order by c.PatientRaceNum
limit :#most
