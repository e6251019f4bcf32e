-- resource: Patient
-- versions: 21.1 to 25.3
-- cursor: key patientlink.PatientLinkNum
-- via: patient
-- every: 2
-- page: 1000
-- cost: range
-- noise: none
-- A merge re-emits both patients (LinkType 1): the link's row comes after theirs and moves none of their stamps.
select
  cast(p.DateTStamp as char(19)) as stamp, l.side as cursor_key, p.PatNum as row_key,
  -- columns patient
from (
  select PatientLinkNum * 2 as side, PatNumFrom as PatNum from patientlink where LinkType = 1
  union all
  select PatientLinkNum * 2 + 1, PatNumTo from patientlink where LinkType = 1) l
join patient p on p.PatNum = l.PatNum
-- columns patient-joins
where l.side > :#after_key and l.side <= :#until_key
order by l.side
limit :#most
