-- What refers to something that a destination has not got, and was refused there, waits until that was acknowledged (decision 0203).
alter table due add column wants text not null default '';  -- '' or what it waits for, such as Encounter/elm-visit-12
create index due_wants on due (practice, destination, wants) where wants <> '';
