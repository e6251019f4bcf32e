-- What all senders said of one target is looked up when two patients are one.
create index asserted_target on asserted (practice, kind, target);
