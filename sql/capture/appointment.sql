select
  cast(DateTStamp as char(19)) as stamp, AptNum as cursor_key, AptNum as row_key,
  AptNum, PatNum, AptStatus, Pattern, cast(AptDateTime as char(19)) as AptDateTime,
  ProvNum, ProvHyg, Op, IsHygiene, cast(SecDateTEntry as char(19)) as SecDateTEntry
from appointment
where (DateTStamp > :#since or (DateTStamp = :#since and AptNum > :#after_key)) and DateTStamp <= :#until
order by DateTStamp, AptNum
limit :#most
