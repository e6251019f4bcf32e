package pontic.capture;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import pontic.practice.WatchTable;
import pontic.record.Row;

/**
 * An event of an office: a hint that a table changed.
 *
 * @param outcome what the office is answered, if all goes well
 * @param table empty if Open Dental has no events of this name
 * @param gone rows that are gone and nobody was told so
 * @param at by the store's clock
 */
public record Heard(
    String practice, Outcome outcome, Optional<WatchTable> table, List<Row> gone, Instant at) {

  /** What became of an event. */
  public enum Outcome {
    TAKEN,
    /** Nothing is read that it could be about. */
    UNKNOWN,
    /** It is no event. */
    REFUSED
  }

  public Heard {
    gone = List.copyOf(gone);
  }

  /** Without the rows: they are a patient's. */
  @Override
  public String toString() {
    return "Heard[" + practice + " " + outcome + "]";
  }
}
