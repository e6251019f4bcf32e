package pontic.mapping;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What belongs to a mapping only while it is carried out: the code tables of the practice for which
 * that is done, and which codes were missed. JSLT gives a function nothing but its arguments, and
 * carries out a mapping on the thread that asks: it is kept for that thread while it lasts, so that
 * all practices have one compiled mapping in common (decision 0380).
 */
final class UnderWay {
  private final ThreadLocal<Run> runs = new ThreadLocal<>();

  private record Run(Map<String, CodeTable> tables, Set<MissedCode> missed) {}

  /**
   * The table of who asks.
   *
   * @throws MappingException if there is none of that name, or nothing is carried out
   */
  CodeTable table(String name) {
    Run run = runs.get();
    CodeTable table = run == null ? null : run.tables().get(name);
    if (table == null) {
      throw new MappingException("There is no code table '" + name + "'");
    }
    return table;
  }

  /** Of a table that {@link #table} gave. */
  void missed(MissedCode code) {
    runs.get().missed().add(code);
  }

  <T> Seen<T> with(Map<String, CodeTable> tables, Supplier<T> mapping) {
    Set<MissedCode> missed = new LinkedHashSet<>();
    runs.set(new Run(tables, missed));
    try {
      T result = mapping.get();
      return new Seen<>(result, List.copyOf(missed));
    } finally {
      runs.remove();
    }
  }

  record Seen<T>(T result, List<MissedCode> missed) {}
}
