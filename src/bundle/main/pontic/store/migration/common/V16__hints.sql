-- What an office's workstations tell by themselves (decision 0183).

alter table lane add column hints text not null default '';  -- JSON: addresses under which subscriptions of ours may stand, and what the last look found of each table
