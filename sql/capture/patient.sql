select
  cast(DateTStamp as char(19)) as stamp, PatNum as cursor_key, PatNum as row_key,
  PatNum, LName, FName, MiddleI, Preferred, Title, PatStatus, Gender,
  cast(Birthdate as char(10)) as Birthdate, cast(DateTimeDeceased as char(19)) as DateTimeDeceased,
  Address, Address2, City, State, Zip, HmPhone, WkPhone, WirelessPhone, Email, ChartNumber, Language
from patient
where (DateTStamp > :#since or (DateTStamp = :#since and PatNum > :#after_key)) and DateTStamp <= :#until
order by DateTStamp, PatNum
limit :#most
