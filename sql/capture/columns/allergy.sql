-- What the mapping outbound/allergy may read, of allergy a, its definition d and the definition's medication m. IndicatesNone: the definition
-- that the office's preference names as "no allergies".
a.AllergyNum, a.PatNum, a.Reaction, a.SnomedReaction, a.StatusIsActive, cast(a.DateAdverseReaction as char(10)) as DateAdverseReaction,
d.Description, d.SnomedType, d.UniiCode, m.RxCui,
case when a.AllergyDefNum <> 0 and a.AllergyDefNum = (select cast(f.ValueString as signed) from preference f
  where f.PrefName = 'AllergiesIndicateNone' limit 1) then 1 else 0 end as IndicatesNone
