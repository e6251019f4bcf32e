-- resource: AllergyIntolerance:allergy
-- versions: 21.1 to 25.3
-- cursor: stamp allergy.DateTStamp
-- keys: a.AllergyNum
-- every: 5
-- page: 1000
-- cost: scan
-- noise: none
-- after: patient
select
  cast(a.DateTStamp as char(19)) as stamp, a.AllergyNum as cursor_key, a.AllergyNum as row_key,
  -- columns allergy
from allergy a
left join allergydef d on d.AllergyDefNum = a.AllergyDefNum
left join medication m on m.MedicationNum = d.MedicationNum
where (a.DateTStamp > :#since or (a.DateTStamp = :#since and a.AllergyNum > :#after_key)) and a.DateTStamp <= :#until
order by a.DateTStamp, a.AllergyNum
limit :#most
