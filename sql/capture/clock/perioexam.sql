-- As now.sql, with the highest key of perioexam, whose new rows are followed by key.
select
  cast(now() - interval 1 second as char(19)) as until_stamp,
  (select coalesce(max(PerioExamNum), 0) from perioexam) as until_key,
  (select ValueString from preference where PrefName = 'DataBaseVersion' limit 1) as version,
  (select ValueString from preference where PrefName = 'UpdateInProgressOnComputerName' limit 1) as updating
