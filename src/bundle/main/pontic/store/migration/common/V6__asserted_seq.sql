-- Which message said each field, so that an older one that is let go on late does not undo a newer one's words.
alter table asserted add column seqs text not null default '{}';  -- JSON object: API field -> seq of the message that said it
-- Work whose next write is switched off at the practice: it goes on when connect finds that write on.
alter table work add column waits_for text not null default '';   -- name of the write, as in call.name; '' if it waits for nothing
