-- Behind 'from patient p': patientrace has no index on PatNum, so it is read once a page and not once a row. A code of CDCREC, or of old rows the number of Open Dental's own list.
left join (select PatNum, group_concat(distinct coalesce(nullif(CdcrecCode, ''), Race) order by PatientRaceNum) as Races
  from patientrace group by PatNum) races on races.PatNum = p.PatNum
