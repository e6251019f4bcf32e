-- resource: Organization:practice
-- versions: 21.1 to 25.3
-- cursor: hash preference.PrefNum
-- keys: o.PrefNum
-- every: 60
-- page: 1000
-- cost: whole
-- noise: none
-- The practice has no table: it is some rows of preference, told as one with key 1, so that others can point to it.
select
  cast(now() as char(19)) as stamp, o.PrefNum as cursor_key, o.PrefNum as row_key,
  o.PrefNum, o.PracticeTitle, o.PracticeAddress, o.PracticeAddress2, o.PracticeCity, o.PracticeST, o.PracticeZip, o.PracticePhone, o.PracticeFax
from (select 1 as PrefNum,
  max(case when PrefName = 'PracticeTitle' then ValueString end) as PracticeTitle,
  max(case when PrefName = 'PracticeAddress' then ValueString end) as PracticeAddress,
  max(case when PrefName = 'PracticeAddress2' then ValueString end) as PracticeAddress2,
  max(case when PrefName = 'PracticeCity' then ValueString end) as PracticeCity,
  max(case when PrefName = 'PracticeST' then ValueString end) as PracticeST,
  max(case when PrefName = 'PracticeZip' then ValueString end) as PracticeZip,
  max(case when PrefName = 'PracticePhone' then ValueString end) as PracticePhone,
  max(case when PrefName = 'PracticeFax' then ValueString end) as PracticeFax
  from preference where PrefName in ('PracticeTitle', 'PracticeAddress', 'PracticeAddress2', 'PracticeCity', 'PracticeST', 'PracticeZip',
    'PracticePhone', 'PracticeFax')) o
where o.PrefNum > :#after_key and o.PrefNum <= :#until_key
order by o.PrefNum
limit :#most
