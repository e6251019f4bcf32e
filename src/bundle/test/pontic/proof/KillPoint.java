package pontic.proof;

import java.util.List;
import java.util.Random;

/**
 * Where a life of the bundle ends.
 *
 * @param trigger {@code before} or {@code after} a route step (the process halts itself), {@code
 *     unit} (likewise, in the store's unit that the step begins, before it is committed), {@code
 *     request} (the API has the request's bytes and has not answered), {@code acknowledged} (the
 *     hospital has read an AA), {@code sent} (a destination has the bytes and has not answered), or
 *     {@code any} (some time)
 * @param step id of the step, without a practice's prefix, or route/step; the destination for
 *     {@code sent}; "" for the other triggers
 * @param purpose what the step must be about: plan, call or settle (the request under way), news
 *     (records became due), send or read-back (a claim), told (a claim or a message that is not
 *     empty), answered (it did not fail); "" for anything
 * @param nth at which pass, from 1; milliseconds after the start for {@code any}
 */
record KillPoint(String trigger, String step, String purpose, int nth) {
  static final String BEFORE = "before";
  static final String AFTER = "after";
  static final String REQUEST = "request";
  static final String ACKNOWLEDGED = "acknowledged";
  static final String UNIT = "unit";
  static final String SENT = "sent";
  static final String ANY = "any";

  /**
   * Every instant that decisions 0001 to 0003 (inbound), 0055, 0085 and 0090 (outbound) and 0310
   * (answers) make a promise about. Two steps between which nothing happens are one instant.
   */
  static final List<KillPoint> ALL =
      List.of(
          before("accept-hl7-store"),
          after("accept-hl7-store"),
          new KillPoint(ACKNOWLEDGED, "", "", 1),
          before("understand-claim"),
          after("understand-claim"),
          after("understand-identify"),
          before("call-claim"),
          after("call-claim").of("plan"),
          after("call-claim").of("call"),
          new KillPoint(REQUEST, "", "", 1),
          after("call-http").of("call"),
          after("call-outcome").of("call"),
          after("call-claim").of("settle"),
          after("call-http").of("settle"),
          after("call-outcome").of("settle"),
          new KillPoint(ANY, "", "", 1),
          // after-capture-commit
          after("record").of("news"),
          // after-claim
          after("send-fhir-hospital/claim").of("read-back"),
          after("send-hl7-hospital-hl7/claim").of("told"),
          // after-attempted: the claim notes it at a FHIR server, the event at an HL7 destination
          after("send-fhir-registry/claim").of("send"),
          after("send-hl7-hospital-hl7/event").of("told"),
          // after-send
          new KillPoint(SENT, "registry", "", 1),
          new KillPoint(SENT, "hospital-hl7", "", 1),
          // after-ack
          after("send-fhir-registry/transaction").of("answered"),
          after("send-hl7-hospital-hl7/frame").of("answered"),
          // before-acknowledged
          new KillPoint(UNIT, "send-fhir-registry/acknowledge", "", 1),
          new KillPoint(UNIT, "send-hl7-hospital-hl7/acknowledge", "", 1),
          // An answer to a sender: its bytes are stored, its listener has them, it confirmed them
          after("answer-hl7-answers/claim").of("told"),
          new KillPoint(SENT, "answers", "", 1),
          after("answer-hl7-answers/frame").of("answered"));

  /** Those of what comes in, but for some time: at each of them each kind of write is killed. */
  static List<KillPoint> inbound() {
    return ALL.stream()
        .filter(
            point ->
                point.trigger().equals(ACKNOWLEDGED)
                    || point.trigger().equals(REQUEST)
                    || point.step().matches("(accept|understand|call)-.*"))
        .toList();
  }

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
          case REQUEST, SENT -> 1;
          default ->
              switch (purpose) {
                case "read-back" -> 1;
                case "plan", "call", "" -> 1 + random.nextInt(3);
                default -> 1 + random.nextInt(2);
              };
        };
    return new KillPoint(trigger, step, purpose, pass);
  }

  boolean inTheProcess() {
    return trigger.equals(BEFORE) || trigger.equals(AFTER) || trigger.equals(UNIT);
  }

  /** The instant, whichever pass. */
  String place() {
    return String.join(":", trigger, step, purpose);
  }

  String text() {
    return String.join(":", trigger, step, purpose, Integer.toString(nth));
  }

  static KillPoint parse(String text) {
    String[] parts = text.split(":", -1);
    return new KillPoint(parts[0], parts[1], parts[2], Integer.parseInt(parts[3]));
  }
}
