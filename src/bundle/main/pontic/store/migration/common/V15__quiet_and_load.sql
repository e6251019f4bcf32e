-- How long a patient's records stand still before HL7 v2 tells of them; and runs that load, beside those that compare.

alter table sending add column quiet bigint not null default 0;       -- milliseconds; 0: sent at once (fhir)

alter table reconcile add column purpose text not null default 'compare'; -- compare, or load: reads again what stands there, withdraws nothing
alter table reconcile add column since bigint not null default 0;     -- of a load: only rows stamped from then on; 0: all
