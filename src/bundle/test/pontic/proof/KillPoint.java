package pontic.proof;

import java.util.List;
import java.util.Random;

/**
 * Where a life of the bundle ends.
 *
 * @param trigger {@code before} or {@code after} a route step (the process halts itself), {@code
 *     request} (the API has the request's bytes and has not answered), {@code acknowledged} (the
 *     hospital has read an AA), or {@code any} (some time)
 * @param step id of the step, without a practice's prefix; "" for the other triggers
 * @param purpose purpose of the request under way: plan, call, settle; "" for any
 * @param nth at which pass, from 1; milliseconds after the start for {@code any}
 */
record KillPoint(String trigger, String step, String purpose, int nth) {
  static final String BEFORE = "before";
  static final String AFTER = "after";
  static final String REQUEST = "request";
  static final String ACKNOWLEDGED = "acknowledged";
  static final String ANY = "any";

  /** Every instant that decision 0001 to 0003 make a promise about. */
  static final List<KillPoint> ALL =
      List.of(
          before("accept-hl7-store"),
          after("accept-hl7-store"),
          before("accept-hl7-answer"),
          after("accept-hl7-answer"),
          new KillPoint(ACKNOWLEDGED, "", "", 1),
          before("understand-claim"),
          after("understand-claim"),
          after("understand-identify"),
          before("call-claim"),
          after("call-claim").of("plan"),
          after("call-claim").of("call"),
          before("call-http").of("call"),
          new KillPoint(REQUEST, "", "", 1),
          after("call-http").of("call"),
          after("call-outcome").of("call"),
          after("call-claim").of("settle"),
          before("call-http").of("settle"),
          after("call-http").of("settle"),
          after("call-outcome").of("settle"),
          new KillPoint(ANY, "", "", 1));

  static KillPoint before(String step) {
    return new KillPoint(BEFORE, step, "", 1);
  }

  static KillPoint after(String step) {
    return new KillPoint(AFTER, step, "", 1);
  }

  KillPoint of(String other) {
    return new KillPoint(trigger, step, other, nth);
  }

  /** The same instant at a pass that the seed decides. */
  KillPoint drawn(Random random) {
    int pass =
        switch (trigger) {
          case ANY -> 50 + random.nextInt(2_000);
          case REQUEST -> 1;
          default -> 1 + random.nextInt(purpose.equals("settle") ? 2 : 3);
        };
    return new KillPoint(trigger, step, purpose, pass);
  }

  boolean inTheProcess() {
    return trigger.equals(BEFORE) || trigger.equals(AFTER);
  }

  String text() {
    return String.join(":", trigger, step, purpose, Integer.toString(nth));
  }

  static KillPoint parse(String text) {
    String[] parts = text.split(":", -1);
    return new KillPoint(parts[0], parts[1], parts[2], Integer.parseInt(parts[3]));
  }
}
