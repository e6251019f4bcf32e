-- What the mappings outbound/clinic and outbound/clinic-organization may read, of clinic c.
c.ClinicNum, c.Description, c.Abbr, c.Address, c.Address2, c.City, c.State, c.Zip, c.Phone, c.Fax, c.IsHidden
