-- What the mapping outbound/patient may read, of patient p.
p.PatNum, p.LName, p.FName, p.MiddleI, p.Preferred, p.Title, p.PatStatus, p.Gender,
cast(p.Birthdate as char(10)) as Birthdate, cast(p.DateTimeDeceased as char(19)) as DateTimeDeceased,
p.Address, p.Address2, p.City, p.State, p.Zip, p.HmPhone, p.WkPhone, p.WirelessPhone, p.Email, p.ChartNumber, p.Language,
(select m.PatNumTo from patientlink m where m.PatNumFrom = p.PatNum and m.LinkType = 1
  order by m.PatientLinkNum desc limit 1) as MergedInto,
(select group_concat(m.PatNumFrom order by m.PatNumFrom) from patientlink m where m.PatNumTo = p.PatNum and m.LinkType = 1) as MergedFrom
