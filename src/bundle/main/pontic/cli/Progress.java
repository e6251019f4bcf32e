package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * How far the runs of a load are, as one line: by end, since the tables of an end are gone over one
 * after the other. Rates are what was seen since the first look.
 */
final class Progress {
  private static final double NANOS = 1e9;

  private final Map<String, Long> first = new HashMap<>();
  private final LongSupplier nanos;
  private final long began;

  /**
   * @param nanos a clock that only goes on
   */
  Progress(LongSupplier nanos) {
    this.nanos = nanos;
    began = nanos.getAsLong();
  }

  /**
   * @param rows looked at, of all tables
   * @param left rows of tables that have not ended
   */
  private record Far(long rows, long left) {
    static Far of(JsonNode run) {
      long rows = run.path("rows").asLong();
      return new Far(rows, isOpen(run) ? Math.max(0, run.path("of").asLong() - rows) : 0);
    }

    Far and(Far other) {
      return new Far(rows + other.rows, left + other.left);
    }
  }

  /** Empty if nothing runs. */
  String line(JsonNode runs) {
    Map<String, Far> ends = new TreeMap<>();
    StringJoiner waiting = new StringJoiner("; ");
    int open = 0;
    for (JsonNode run : runs) {
      String reason = run.path("reason").asText();
      if (!run.path("state").asText().equals("off")) {
        ends.merge(run.path("destination").asText(), Far.of(run), Far::and);
      }
      if (isOpen(run)) {
        open++;
        if (!reason.isEmpty()) {
          waiting.add(run.path("table").asText() + " waits: " + reason);
        }
      }
    }
    StringJoiner line = new StringJoiner("; ");
    ends.forEach((end, far) -> line.add(text(end, far)));
    return open == 0 ? "" : line + (waiting.length() == 0 ? "" : " (" + waiting + ")");
  }

  private static boolean isOpen(JsonNode run) {
    return run.path("state").asText().equals("running");
  }

  private String text(String end, Far far) {
    long seen = far.rows - first.computeIfAbsent(end, name -> far.rows);
    double perSecond = seen * NANOS / Math.max(1, nanos.getAsLong() - began);
    String of =
        String.format(
            Locale.ROOT,
            "%s: %d of %d rows",
            end.isEmpty() ? "Open Dental" : "at " + end,
            far.rows,
            far.rows + far.left);
    return seen == 0
        ? of
        : of
            + String.format(Locale.ROOT, ", %.0f a second", perSecond)
            + (far.left == 0 ? "" : ", about " + time((long) (far.left / perSecond)) + " left");
  }

  private static String time(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600
        ? seconds / 60 + " min"
        : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
