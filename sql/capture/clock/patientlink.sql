-- As now.sql, with the highest key of patientlink, whose new rows are followed by key.
-- Each link is two rows of its feed: the loser has twice the key, the survivor one more.
select
  cast(now() - interval 1 second as char(19)) as until_stamp,
  (select coalesce(max(PatientLinkNum), 0) * 2 + 1 from patientlink) as until_key,
  (select ValueString from preference where PrefName = 'DataBaseVersion' limit 1) as version,
  (select ValueString from preference where PrefName = 'UpdateInProgressOnComputerName' limit 1) as updating
