-- The claims of one number grow while messages about one patient wait: what each new one asks of them is answered by a few
-- of them (decision 0444).
create index identifier_claim_led on identifier_claim (practice, system, value_index, former, message_id);
create index identifier_claim_place on identifier_claim (practice, system, value_index, place);
