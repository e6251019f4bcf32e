package pontic.sandbox.api;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An armed fault.
 *
 * @param practice practice id; empty = every practice
 * @param kind what goes wrong
 * @param count how many matching requests it takes; 0 = until cleared
 * @param method HTTP verb; empty = any
 * @param path path below /api/v1, where * stands for anything, such as /appointments*; empty = any
 * @param after how many matching requests go by unharmed first
 * @param duration real time: delay of slow and lands-late, Retry-After of busy, length of offline
 *     (zero = until cleared)
 * @param immediate lands-late: answer 504 at once and not at the limit
 * @param acts unknown-400, away-400: whether the request takes effect
 * @param holding what the query or the body must hold, not followed by a letter or digit, such as
 *     {@code PatNum=12}; empty = anything
 */
public record Fault(
    Optional<String> practice,
    FaultKind kind,
    int count,
    Optional<String> method,
    Optional<String> path,
    int after,
    Duration duration,
    boolean immediate,
    boolean acts,
    String holding) {

  public Fault {
    if (count < 0 || after < 0 || duration.isNegative()) {
      throw new IllegalArgumentException("count, after and seconds must not be negative");
    }
  }

  /** Hits the next request of one practice; offline stays until cleared. */
  public static Fault of(String practice, FaultKind kind) {
    return new Fault(
        Optional.of(practice),
        kind,
        kind == FaultKind.OFFLINE ? 0 : 1,
        Optional.empty(),
        Optional.empty(),
        0,
        kind == FaultKind.BUSY ? Duration.ofSeconds(1) : Duration.ZERO,
        false,
        false,
        "");
  }

  public Fault on(String verb, String pathPattern) {
    return new Fault(
        practice,
        kind,
        count,
        Optional.of(verb),
        Optional.of(pathPattern),
        after,
        duration,
        immediate,
        acts,
        holding);
  }

  public Fault times(int value) {
    return new Fault(
        practice, kind, value, method, path, after, duration, immediate, acts, holding);
  }

  public Fault after(int value) {
    return new Fault(
        practice, kind, count, method, path, value, duration, immediate, acts, holding);
  }

  public Fault lasting(Duration value) {
    return new Fault(practice, kind, count, method, path, after, value, immediate, acts, holding);
  }

  public Fault answeringAtOnce() {
    return new Fault(practice, kind, count, method, path, after, duration, true, acts, holding);
  }

  public Fault acting() {
    return new Fault(
        practice, kind, count, method, path, after, duration, immediate, true, holding);
  }

  /** Only for requests whose query or body holds this. */
  public Fault holding(String text) {
    return new Fault(practice, kind, count, method, path, after, duration, immediate, acts, text);
  }

  boolean matches(String practiceId, String verb, String requestPath, String content) {
    return practice.map(practiceId::equals).orElse(true)
        && method.map(verb::equalsIgnoreCase).orElse(true)
        && path.map(pattern -> glob(pattern).matcher(requestPath).matches()).orElse(true)
        && (holding.isEmpty()
            || Pattern.compile(Pattern.quote(holding) + "(?![A-Za-z0-9])").matcher(content).find());
  }

  private static Pattern glob(String pattern) {
    StringBuilder expression = new StringBuilder();
    for (String part : pattern.split("\\*", -1)) {
      expression.append(expression.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(expression.toString());
  }
}
