-- What the mappings outbound/referral and outbound/referral-org may read, of referral r.
r.ReferralNum, r.LName, r.FName, r.MName, r.Title, r.IsHidden, r.NotPerson, r.IsDoctor, r.PatNum as SelfPatNum, r.NationalProvID,
r.BusinessName, -- needs referral.BusinessName
r.Telephone, r.Phone2, r.EMail, r.Address, r.Address2, r.City, r.ST, r.Zip
