select
  cast(DateTStamp as char(19)) as stamp, HistApptNum as cursor_key, AptNum as row_key, 1 as row_deleted,
  AptNum
from histappointment
where HistApptAction = 4
  and (DateTStamp > :#since or (DateTStamp = :#since and HistApptNum > :#after_key)) and DateTStamp <= :#until
order by DateTStamp, HistApptNum
limit :#most
