-- What happened so often since the store was made: it only grows, so that rates can be told whatever was deleted meanwhile.
create table tally (
  what text not null,               -- call (a request to the API ended so), settle (an unclear one was settled so), delivery, lag
  practice text not null,
  destination text not null,        -- '' of the API
  name text not null,               -- of the request: patients.post; or the type of the record: Patient, Observation:perio-exam
  outcome text not null,
  n bigint not null,
  millis bigint not null,           -- that it took, together; of lag: from the row's stamp to the acknowledgement
  primary key (what, practice, destination, name, outcome)
);
