-- Patients that the office merged: the loser's key and the survivor's (open-dental-schema.md 2.5; LinkType 1). Holds from 17.1 on.
select PatNumFrom as loser, PatNumTo as survivor from patientlink where LinkType = 1 order by PatientLinkNum
