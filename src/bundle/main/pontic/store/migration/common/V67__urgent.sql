-- What somebody waits for goes before what is loaded (decision 0337).
alter table message add column in_batch integer not null default 0;   -- 1: many came in one frame or one request
alter table work add column urgent integer not null default 0;        -- 1: before what is not, but never before an older one of its patient
alter table lane add column since_bulk integer not null default 0;    -- urgent ones taken since another had its turn
update work set urgent = 1 where state = 'waiting' and event in ('book', 'move', 'cancel', 'connect', 'subscribe', 'own-log');
create index work_urgent on work (practice, seq) where state = 'waiting' and urgent = 1;
