-- What others call the office's patients, as its own HL7 service learned it (open-dental-own-mappings.md). The first row says of those up to :#compared how many they are
-- and a total over them, so that one that was edited or taken away is noticed: the table has no stamp, and most times nothing is compared (0). Then those behind :#after. Holds from 14.1 on.
select :#compared as place, '' as root, '' as number, 0 as patient, count(*) as known, coalesce(sum(crc32(concat_ws('|', OIDExternalNum, IDInternal, IDExternal, rootExternal))), 0) as total
from oidexternal
where IDType = 'Patient' and rootExternal <> '' and IDExternal <> '' and OIDExternalNum <= :#compared
union all
select place, root, number, patient, known, total from (
  select OIDExternalNum as place, rootExternal as root, IDExternal as number, IDInternal as patient, 1 as known,
    crc32(concat_ws('|', OIDExternalNum, IDInternal, IDExternal, rootExternal)) as total
  from oidexternal
  where IDType = 'Patient' and rootExternal <> '' and IDExternal <> '' and OIDExternalNum > :#after
  order by OIDExternalNum limit 1000
) behind
order by place
