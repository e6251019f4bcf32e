-- Messages whose contents are still kept, by their end, however many have been emptied before.
create index message_contents on message (ended_at) where body <> '';
