-- How the file behind each document that a FHIR destination was told of stands (decision 0340). The file itself is kept nowhere.
create table document_bytes (
  practice text not null,
  destination text not null,
  row_key bigint not null,          -- DocNum
  state text not null,              -- joined, or why not
  size bigint not null,             -- of the file; 0 unless joined
  hash text not null,               -- keyed, over its SHA-1; '' unless joined
  rule text not null,               -- keyed: what of the practice's settings this was decided by
  tries integer not null,           -- looks in vain since its row changed
  again_at bigint not null,         -- when it is looked at again; 0 = not by itself; -1 = its file was found, and it is sent again
  primary key (practice, destination, row_key)
);
create index document_bytes_again on document_bytes (again_at) where again_at > 0;
create index document_bytes_without on document_bytes (practice, destination, state) where state <> 'joined' and state <> 'not permitted';
