package pontic.capture;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import pontic.practice.WatchTable;

/**
 * One list of a practice's API and the rows that it becomes: a file in {@code
 * mappings/capture-api}.
 *
 * @param name stem of the file
 * @param resource FHIR type that the rows become
 * @param path of the list, below the API's base
 * @param since first version of the practice system that has list and filter
 * @param query fixed parameters
 * @param key field that is the row's key
 * @param stamp field that tells when the row was changed, by the office's wall clock; empty if the
 *     list tells none, then the time of reading stands for it
 * @param filter parameter that takes a stamp; empty if the list has none
 * @param order field by which a list without filter grows at its end; empty if it is read whole
 * @param deleted its rows are traces of rows that are gone
 * @param after lists whose first run comes before this one's, since its rows point to theirs
 * @param says what an entry of this list says of the row whose key it names, as the database
 *     numbers it; the rows of such a list are remembered, and re-emit the row they speak of
 * @param remembered the column that such entries fill; empty if there is none
 * @param periods from the end of one run to the begin of the next, in periods of the lane
 * @param least the same where the lane has no period
 * @param columns column → how its field is read, in the order of the file
 * @param untold columns that the database has and the list does not tell; they are null
 * @param cannotSee what the feed cannot tell, in sentences for the capability table
 */
public record ApiFeed(
    String name,
    String resource,
    String path,
    String since,
    Map<String, String> query,
    String key,
    Optional<String> stamp,
    Optional<String> filter,
    Optional<String> order,
    boolean deleted,
    List<String> after,
    OptionalLong says,
    Optional<Remembered> remembered,
    int periods,
    Duration least,
    Map<String, ApiField> columns,
    List<String> untold,
    List<String> cannotSee) {

  /**
   * A column that the list itself does not tell.
   *
   * @param when it is filled only where this column
   * @param is has this value, else it is null
   */
  public record Remembered(String column, String when, long is) {}

  /** The same list, its rows stamped with the time of reading. */
  ApiFeed unstamped() {
    return new ApiFeed(
        name,
        resource,
        path,
        since,
        query,
        key,
        Optional.empty(),
        filter,
        order,
        deleted,
        after,
        says,
        remembered,
        periods,
        least,
        columns,
        untold,
        cannotSee);
  }

  /** Whether events of this name tell of rows of this list. */
  public boolean isHintedBy(WatchTable watched) {
    return switch (watched) {
      case APPOINTMENT -> path.equals("/appointments");
      case APPOINTMENT_DELETED -> path.equals("/histappointments") && deleted;
      case PATIENT -> path.startsWith("/patients");
      case PROVIDER -> path.equals("/providers");
      case OPERATORY -> path.equals("/operatories");
      case SCHEDULE -> path.equals("/schedules");
      case PAT_FIELD -> path.equals("/patfields");
      case TOOTH_INITIAL -> path.equals("/toothinitials");
    };
  }

  /** From the end of one run to the begin of the next. */
  public Duration interval(Duration period, double scale) {
    Duration byPeriods = period.multipliedBy(periods);
    Duration scaled = Duration.ofNanos((long) (least.toNanos() * scale));
    return byPeriods.compareTo(scaled) < 0 ? scaled : byPeriods;
  }
}
