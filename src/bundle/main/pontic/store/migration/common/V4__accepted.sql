-- What waits to be understood is found by its number alone, however many messages have ended before.
create index message_accepted on message (practice, seq, due_at) where state = 'accepted';
drop index message_due;
