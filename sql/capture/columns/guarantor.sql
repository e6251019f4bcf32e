-- What the mapping outbound/guarantor may read, of patient p and of g, who pays for him.
p.PatNum, p.PatStatus, p.Guarantor, g.LName, g.FName, g.MiddleI, g.Title, g.Gender, cast(g.Birthdate as char(10)) as Birthdate,
g.Address, g.Address2, g.City, g.State, g.Zip, g.HmPhone, g.WkPhone, g.WirelessPhone, g.Email
