-- What waits unbegun may stand in a newer message of its sender (decision 0280).
alter table work add column folded_into text not null default '';  -- '' or the work that carries it; its state is 'folded' then
alter table work add column alone integer not null default 0;      -- 1: played by itself, whatever waits behind it
create index work_folded on work (folded_into) where folded_into <> '';
