-- What the mapping outbound/patient may read, of patient p and of what columns/patient-joins.sql joins to it. patientnote has one row a patient, by its key.
p.PatNum, p.LName, p.FName, p.MiddleI, p.Preferred, p.Title, p.PatStatus, p.Gender, p.Position,
cast(p.Birthdate as char(10)) as Birthdate, cast(p.DateTimeDeceased as char(19)) as DateTimeDeceased,
p.Address, p.Address2, p.City, p.State, p.Zip, p.HmPhone, p.WkPhone, p.WirelessPhone, p.Email, p.ChartNumber, p.Language, p.ClinicNum, p.PriProv,
(select m.PatNumTo from patientlink m where m.PatNumFrom = p.PatNum and m.LinkType = 1
  order by m.PatientLinkNum desc limit 1) as MergedInto,
(select group_concat(m.PatNumFrom order by m.PatNumFrom) from patientlink m where m.PatNumTo = p.PatNum and m.LinkType = 1) as MergedFrom,
(select n.ICEName from patientnote n where n.PatNum = p.PatNum) as ICEName,
(select n.ICEPhone from patientnote n where n.PatNum = p.PatNum) as ICEPhone,
(select n.Pronoun from patientnote n where n.PatNum = p.PatNum) as Pronoun, -- needs patientnote.Pronoun
races.Races
