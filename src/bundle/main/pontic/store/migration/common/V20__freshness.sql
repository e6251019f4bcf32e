-- When a practice or a destination fell behind what was agreed, and when it had caught up.
create table breach (
  practice text not null,
  destination text not null,        -- '' of the practice itself: how far it is read, and messages for it
  began_at bigint not null,
  ended_at bigint not null,         -- 0: it lasts
  reason text not null,
  objective bigint not null,        -- milliseconds
  told integer not null,            -- 0: nothing yet, 1: that it began, 2: that it ended as well
  telling_until bigint not null,    -- until then somebody is telling it
  primary key (practice, destination, began_at)
);
create unique index breach_lasting on breach (practice, destination) where ended_at = 0;
