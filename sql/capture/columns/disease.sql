-- What the mapping outbound/disease may read, of problem x and its definition d. IndicatesNone: the definition that the office's preference
-- names as "no problems".
x.DiseaseNum, x.PatNum, x.ProbStatus, x.PatNote, cast(x.DateStart as char(10)) as DateStart, cast(x.DateStop as char(10)) as DateStop,
x.SnomedProblemType, x.FunctionStatus, d.DiseaseName, d.SnomedCode, d.Icd10Code, d.ICD9Code,
case when x.DiseaseDefNum <> 0 and x.DiseaseDefNum = (select cast(f.ValueString as signed) from preference f
  where f.PrefName = 'ProblemsIndicateNone' limit 1) then 1 else 0 end as IndicatesNone
