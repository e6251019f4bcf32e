-- Each look of Prometheus counts messages and work. Rows are as wide as their sealed bodies and stay for months: counted are entries of an index (decision 0346).
create index message_ended on message (practice, receipt_end, state) where state = 'ended';
create index work_open on work (practice, state, waits_for, message_id) where state <> 'done';
