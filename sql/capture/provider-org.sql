-- resource: Organization:provider-org
-- versions: 21.1 to 25.3
-- cursor: stamp provider.DateTStamp
-- keys: v.ProvNum
-- every: 5
-- page: 1000
-- cost: scan
-- noise: ProvColor, OutlineColor, ItemOrder, FeeSched, HourlyProdGoalAmt, SchedNote
-- Whether a provider is a person may change, so this feed reads persons as well; their mapping tells nothing.
select
  cast(v.DateTStamp as char(19)) as stamp, v.ProvNum as cursor_key, v.ProvNum as row_key,
  v.ProvNum, v.LName, v.NationalProvID, v.ProvStatus, v.IsHidden, v.IsNotPerson
from provider v
where (v.DateTStamp > :#since or (v.DateTStamp = :#since and v.ProvNum > :#after_key)) and v.DateTStamp <= :#until
order by v.DateTStamp, v.ProvNum
limit :#most
