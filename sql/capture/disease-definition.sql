-- resource: Condition:disease
-- versions: 21.1 to 25.3
-- cursor: stamp diseasedef.DateTStamp
-- via: disease
-- every: 30
-- page: 1000
-- cost: scan
-- noise: ItemOrder, IsHidden
-- after: disease
-- A definition that changes re-emits the problems of that name, found by their index on DiseaseDefNum.
select
  cast(d.DateTStamp as char(19)) as stamp, x.DiseaseNum as cursor_key, x.DiseaseNum as row_key,
  -- columns disease
from diseasedef d
straight_join disease x on x.DiseaseDefNum = d.DiseaseDefNum
where (d.DateTStamp > :#since or (d.DateTStamp = :#since and x.DiseaseNum > :#after_key)) and d.DateTStamp <= :#until
order by d.DateTStamp, x.DiseaseNum
limit :#most
