-- resource: AllergyIntolerance:allergy
-- versions: 21.1 to 25.3
-- cursor: stamp allergydef.DateTStamp
-- via: allergy
-- every: 30
-- page: 1000
-- cost: scan
-- noise: IsHidden
-- after: allergy
-- A definition that changes re-emits the allergies of that name, found by their index on AllergyDefNum.
select
  cast(d.DateTStamp as char(19)) as stamp, a.AllergyNum as cursor_key, a.AllergyNum as row_key,
  -- columns allergy
from allergydef d
straight_join allergy a on a.AllergyDefNum = d.AllergyDefNum
left join medication m on m.MedicationNum = d.MedicationNum
where (d.DateTStamp > :#since or (d.DateTStamp = :#since and a.AllergyNum > :#after_key)) and d.DateTStamp <= :#until
order by d.DateTStamp, a.AllergyNum
limit :#most
