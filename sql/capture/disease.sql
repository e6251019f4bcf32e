-- resource: Condition:disease
-- versions: 21.1 to 25.3
-- cursor: stamp disease.DateTStamp
-- keys: x.DiseaseNum
-- every: 5
-- page: 1000
-- cost: scan
-- noise: none
-- after: patient
select
  cast(x.DateTStamp as char(19)) as stamp, x.DiseaseNum as cursor_key, x.DiseaseNum as row_key,
  -- columns disease
from disease x
left join diseasedef d on d.DiseaseDefNum = x.DiseaseDefNum
where (x.DateTStamp > :#since or (x.DateTStamp = :#since and x.DiseaseNum > :#after_key)) and x.DateTStamp <= :#until
order by x.DateTStamp, x.DiseaseNum
limit :#most
