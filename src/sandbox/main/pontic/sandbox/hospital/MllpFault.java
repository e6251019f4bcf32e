package pontic.sandbox.hospital;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A fault to arm at the MLLP listener.
 *
 * @param kind what goes wrong
 * @param count how many messages (hang: connections) it takes; 0 = until cleared
 * @param time real time: delay of ack-late, length of down (zero = until cleared)
 * @param text MSA-3 and ERR-8 of AE and AR
 * @param trigger such as {@code SIU^S12}; empty = any
 * @param message which messages it takes besides
 */
public record MllpFault(
    MllpFaultKind kind,
    int count,
    Duration time,
    String text,
    Optional<String> trigger,
    Predicate<Hl7Message> message) {

  public MllpFault {
    if (count < 0 || time.isNegative()) {
      throw new IllegalArgumentException("count and millis must not be negative");
    }
    if (trigger.isPresent() && (kind == MllpFaultKind.HANG || kind == MllpFaultKind.DOWN)) {
      throw new IllegalArgumentException("hang and down know no message yet: no match");
    }
  }

  /** Hits the next message, whatever it is; down stays until cleared. */
  public static MllpFault of(MllpFaultKind kind) {
    return new MllpFault(
        kind,
        kind == MllpFaultKind.DOWN ? 0 : 1,
        Duration.ZERO,
        kind == MllpFaultKind.AR ? "The message is refused" : "The message could not be filed",
        Optional.empty(),
        any -> true);
  }

  public MllpFault on(String messageTrigger) {
    return new MllpFault(kind, count, time, text, Optional.of(messageTrigger), message);
  }

  public MllpFault when(Predicate<Hl7Message> fits) {
    return new MllpFault(kind, count, time, text, trigger, fits);
  }

  public MllpFault times(int value) {
    return new MllpFault(kind, value, time, text, trigger, message);
  }

  public MllpFault lasting(Duration value) {
    return new MllpFault(kind, count, value, text, trigger, message);
  }

  public MllpFault saying(String why) {
    return new MllpFault(kind, count, time, why, trigger, message);
  }

  boolean matches(Hl7Message candidate) {
    return kind != MllpFaultKind.DOWN
        && kind != MllpFaultKind.HANG
        && trigger.map(candidate.trigger()::equals).orElse(true)
        && message.test(candidate);
  }
}
