-- resource: Practitioner:referral
-- versions: 21.1 to 25.3
-- cursor: stamp referral.DateTStamp
-- keys: r.ReferralNum
-- every: 20
-- page: 1000
-- cost: scan
-- noise: Note, DisplayNote, Specialty, IsPreferred, Slip, SSN
-- Who a referral is may change, so this feed reads the rows of the other kind as well; their mapping tells nothing.
select
  cast(r.DateTStamp as char(19)) as stamp, r.ReferralNum as cursor_key, r.ReferralNum as row_key,
  -- columns referral
from referral r
where (r.DateTStamp > :#since or (r.DateTStamp = :#since and r.ReferralNum > :#after_key)) and r.DateTStamp <= :#until
order by r.DateTStamp, r.ReferralNum
limit :#most
