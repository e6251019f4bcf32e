package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
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

  private record Run(
      Map<String, CodeTable> tables, Set<MissedCode> missed, Set<String> unreadable) {}

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

  /** What a function could not read: kept here, since no exception may hold it. */
  void unreadable(JsonNode[] given) {
    Run run = runs.get();
    if (run != null) {
      for (JsonNode each : given) {
        run.unreadable().add(each.asText().trim());
      }
    }
  }

  /** Of what is carried out now. */
  Set<String> unreadable() {
    return runs.get().unreadable();
  }

  <T> Seen<T> with(Map<String, CodeTable> tables, Supplier<T> mapping) {
    Set<MissedCode> missed = new LinkedHashSet<>();
    runs.set(new Run(tables, missed, new HashSet<>()));
    try {
      T result = mapping.get();
      return new Seen<>(result, List.copyOf(missed));
    } finally {
      runs.remove();
    }
  }

  record Seen<T>(T result, List<MissedCode> missed) {}
}
