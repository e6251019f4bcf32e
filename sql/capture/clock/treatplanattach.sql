-- As now.sql, with the highest key of treatplanattach, whose new rows are followed by key.
select
  cast(now() - interval 1 second as char(19)) as until_stamp,
  (select coalesce(max(TreatPlanAttachNum), 0) from treatplanattach) as until_key,
  (select ValueString from preference where PrefName = 'DataBaseVersion' limit 1) as version,
  (select ValueString from preference where PrefName = 'UpdateInProgressOnComputerName' limit 1) as updating
