package pontic.mapping;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which codes were missed while a mapping is carried out. JSLT gives a function nothing but its
 * arguments, and carries out a mapping on the thread that asks: what is missed is kept for that
 * thread while it lasts.
 */
final class Misses {
  private final ThreadLocal<Set<MissedCode>> underWay = new ThreadLocal<>();

  /** Outside of {@link #during} nobody wants to know. */
  void add(MissedCode code) {
    Set<MissedCode> seen = underWay.get();
    if (seen != null) {
      seen.add(code);
    }
  }

  <T> Seen<T> during(Supplier<T> mapping) {
    Set<MissedCode> seen = new LinkedHashSet<>();
    underWay.set(seen);
    try {
      T result = mapping.get();
      return new Seen<>(result, List.copyOf(seen));
    } finally {
      underWay.remove();
    }
  }

  record Seen<T>(T result, List<MissedCode> missed) {}
}
