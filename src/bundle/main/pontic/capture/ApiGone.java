package pontic.capture;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.record.Records;
import pontic.record.Row;
import pontic.store.Store;

/** Rows that a list which is complete has no longer. */
final class ApiGone {
  private static final Logger LOG = LoggerFactory.getLogger(ApiGone.class);

  /** PatStatus archived, as the loser of a merge is, and deleted. */
  private static final Set<Long> GIVEN_UP = Set.of(3L, 4L);

  /** So many rows of one page may be gone without a doubt, as in a comparison with the database. */
  private static final int MOST_GONE = 25;

  private final Store store;
  private final Records records;
  private final Captured captured;

  ApiGone(Store store, Records records, Captured captured) {
    this.store = store;
    this.records = records;
    this.captured = captured;
  }

  /**
   * Keys of which a page tells all that there are.
   *
   * @param from above {@code to} if the page proves nothing
   */
  record Range(long from, long to, OptionalLong patient) {
    static final Range NONE = new Range(1, 0, OptionalLong.empty());

    boolean isNothing() {
      return from > to;
    }
  }

  /**
   * Rows are gone where a list that is complete was read without a gap. An empty list of a whole
   * practice is not believed.
   */
  Range range(String practice, ApiFeed feed, ApiRun run, ApiRows.Read read) {
    OptionalLong patient =
        run.patient() == 0 ? OptionalLong.empty() : OptionalLong.of(run.patient());
    List<Long> keys = read.order();
    boolean all = run.offset() == 0 && keys.size() < ApiRun.PAGE;
    boolean joined = run.offset() == 0 || (!keys.isEmpty() && run.tail().contains(keys.get(0)));
    boolean doubtful = keys.isEmpty() && patient.isEmpty();
    if (!feed.complete()
        || isGivenUp(practice, run)
        || read.keyless() > 0
        || doubtful
        || !(all || (joined && ApiRun.isAscending(keys)))) {
      return Range.NONE;
    }
    return new Range(
        run.offset() == 0 ? 1 : keys.get(0),
        keys.size() < ApiRun.PAGE ? Long.MAX_VALUE : keys.get(keys.size() - 1),
        patient);
  }

  /**
   * Of a patient who was merged into another the rows are not gone: they are the other's, and are
   * told again when his are read.
   */
  boolean isGivenUp(String practice, ApiRun run) {
    return run.patient() != 0
        && records.told(practice, "Patient", List.of(run.patient())).stream()
            .noneMatch(
                row ->
                    row.columns().get("PatStatus") instanceof Number status
                        && !GIVEN_UP.contains(status.longValue()));
  }

  /** Traces of rows that are gone; none if these are too many. */
  List<Row> rows(String practice, ApiFeed.Told told, List<Long> gone, Instant at) {
    if (gone.size() > MOST_GONE) {
      LOG.warn(
          "{}: {} rows of {} are no longer in the API's list, too many to be believed; see that the key is that of the right office",
          practice,
          gone.size(),
          told.resource());
      return List.of();
    }
    return gone.stream().map(key -> captured.gone(practice, told.resource(), key, at)).toList();
  }

  /** Keys of what was told within the range and is not there. */
  List<Long> missing(String practice, ApiFeed.Told told, Range range, ApiRows.Read read) {
    if (range.isNothing()) {
      return List.of();
    }
    return missing(
        store.read(
            tx ->
                records.standing(
                    tx, practice, told.resource(), range.from(), range.to(), range.patient())),
        read);
  }

  static List<Long> missing(List<Long> held, ApiRows.Read read) {
    Set<Long> there = read.rows().stream().map(ApiRows.One::key).collect(Collectors.toSet());
    return held.stream().filter(key -> !there.contains(key)).toList();
  }
}
