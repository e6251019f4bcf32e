-- resource: PractitionerRole:provider-role
-- versions: 21.1 to 25.3
-- cursor: stamp provider.DateTStamp
-- keys: v.ProvNum
-- every: 5
-- page: 1000
-- cost: scan
-- noise: ProvColor, OutlineColor, ItemOrder, FeeSched, HourlyProdGoalAmt, SchedNote
-- after: provider, provider-org
-- The text of a specialty is the office's (definition, category 35); that the definition alone changed is seen with the provider's next change.
select
  cast(v.DateTStamp as char(19)) as stamp, v.ProvNum as cursor_key, v.ProvNum as row_key,
  v.ProvNum, v.ProvStatus, v.IsHidden, v.IsSecondary, v.IsNotPerson, v.TaxonomyCodeOverride, cast(v.DateTerm as char(10)) as DateTerm,
  (select d.ItemName from definition d where d.DefNum = v.Specialty and d.Category = 35) as SpecialtyName,
  (select f.ValueString from preference f where f.PrefName = 'PracticePhone' limit 1) as PracticePhone
from provider v
where (v.DateTStamp > :#since or (v.DateTStamp = :#since and v.ProvNum > :#after_key)) and v.DateTStamp <= :#until
order by v.DateTStamp, v.ProvNum
limit :#most
