-- How old the oldest open message and the oldest answer owed are is asked each few seconds: not by looking at all that ever ended (decision 0345).
create index message_open on message (practice, accepted_at) where state <> 'ended';
create index answer_due on answer (practice, destination, ready_at) where state = 'due';
-- Persons are found by number or by name in the order of their ids: with the id behind, the index gives both, and none of a practice's others is looked at.
drop index person_pat_num;
create index person_pat_num on person (practice, pat_num, id);
drop index person_name_birth;
create index person_name_birth on person (practice, name_birth_index, pat_num, id);
