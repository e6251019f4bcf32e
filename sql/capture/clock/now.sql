-- The database's own clock less one second, since rows of a running second may still come, and what the office is.
select
  cast(now() - interval 1 second as char(19)) as until_stamp, 0 as until_key,
  (select ValueString from preference where PrefName = 'DataBaseVersion' limit 1) as version,
  (select ValueString from preference where PrefName = 'UpdateInProgressOnComputerName' limit 1) as updating
