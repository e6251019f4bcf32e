select cast(now() - interval 1 second as char(19)) as until_stamp
