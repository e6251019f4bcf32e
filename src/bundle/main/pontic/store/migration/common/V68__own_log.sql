-- How far the API's own log was compared (decision 0343): number of the newest entry that was looked at; when the last look that
-- reached its end was asked for, and when it was over. It is read without a filter from here on: the first look only finds its end.
alter table lane add column own_log_newest bigint not null default 0;
alter table lane add column own_log_from bigint not null default 0;
alter table lane add column own_log_to bigint not null default 0;
update lane set own_log_seen = -1;

-- Whom a request was about when it was sent: patients merge, and what was logged may keep the former number.
alter table call add column pat_num bigint not null default 0;   -- 0: not known then, or of nobody
create index call_written on call (practice, intent_at) where purpose = 'call';
