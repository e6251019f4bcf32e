-- What the mapping outbound/patplan may read: coverage e of a patient, its subscription s, and the plan i of that.
e.PatPlanNum, e.PatNum, e.Ordinal, e.IsPending, e.Relationship, e.PatID, s.Subscriber, s.SubscriberID,
cast(s.DateEffective as char(10)) as DateEffective, cast(s.DateTerm as char(10)) as DateTerm,
i.PlanNum, i.GroupName, i.GroupNum, i.IsMedical, i.PlanType,
(select r.CarrierNum from carrier r where r.CarrierNum = i.CarrierNum) as CarrierNum
