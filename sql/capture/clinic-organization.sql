-- resource: Organization:clinic-organization
-- versions: 21.1 to 25.3
-- cursor: hash clinic.ClinicNum
-- keys: c.ClinicNum
-- every: 60
-- page: 1000
-- cost: whole
-- noise: none
select
  cast(now() as char(19)) as stamp, c.ClinicNum as cursor_key, c.ClinicNum as row_key,
  -- columns clinic
from clinic c
where c.ClinicNum > :#after_key and c.ClinicNum <= :#until_key
order by c.ClinicNum
limit :#most
