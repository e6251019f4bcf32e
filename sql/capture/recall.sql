-- resource: Task:recall
-- versions: 21.1 to 25.3
-- cursor: stamp recall.DateTStamp
-- keys: r.RecallNum
-- every: 10
-- page: 1000
-- cost: scan
-- noise: DatePrevious, DateDueCalc, RecallInterval, DisableUntilBalance, Note, TimePatternOverride
-- after: patient
select
  cast(r.DateTStamp as char(19)) as stamp, r.RecallNum as cursor_key, r.RecallNum as row_key,
  r.RecallNum, r.PatNum, cast(r.DateDue as char(10)) as DateDue, cast(r.DateScheduled as char(10)) as DateScheduled,
  cast(r.DisableUntilDate as char(10)) as DisableUntilDate, r.IsDisabled, r.Priority,
  (select t.Description from recalltype t where t.RecallTypeNum = r.RecallTypeNum) as TypeText,
  (select d.ItemName from definition d where d.DefNum = r.RecallStatus) as StatusText
from recall r
where (r.DateTStamp > :#since or (r.DateTStamp = :#since and r.RecallNum > :#after_key)) and r.DateTStamp <= :#until
order by r.DateTStamp, r.RecallNum
limit :#most
