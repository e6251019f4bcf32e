package pontic.capture;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import pontic.practice.WatchTable;

/**
 * One list of a practice's API and the rows that it becomes: a file in {@code
 * mappings/capture-api}.
 *
 * @param name stem of the file
 * @param told what its rows become; empty if only other lists lean on it
 * @param path of the list, below the API's base
 * @param since first version of the practice system that has list and filter
 * @param query fixed parameters
 * @param sql a statement that reads the rows, in place of a list of its own; if there is a {@code
 *     filter}, the condition on it and the order are added to it
 * @param permission that the key needs beside reading; empty: none
 * @param key field that is the row's key
 * @param stamp field that tells when the row was changed, by the office's wall clock; empty if the
 *     list tells none, then the time of reading stands for it
 * @param filter parameter that takes a stamp; empty if the list has none
 * @param order field by which a list without filter grows at its end; empty if it is read whole
 * @param each the list is read patient by patient; empty if it is read at once
 * @param complete what a reading of it lacks is gone
 * @param deleted its rows are traces of rows that are gone
 * @param after lists whose first run comes before this one's, since its rows point to theirs
 * @param says what an entry of this list says of the row whose key it names, as the database
 *     numbers it; the rows of such a list are remembered, and re-emit the row they speak of
 * @param remembered the column of the first of {@code told} that such entries fill; empty if there
 *     is none
 * @param periods from the end of one run to the begin of the next, in periods of the lane
 * @param least the same where the lane has no period
 * @param keeps columns that are kept for the rows of other lists that point here
 * @param cannotSee what the feed cannot tell, in sentences for the capability table
 */
public record ApiFeed(
    String name,
    List<Told> told,
    String path,
    String since,
    Map<String, String> query,
    Optional<String> sql,
    Optional<String> permission,
    String key,
    Optional<String> stamp,
    Optional<String> filter,
    Optional<String> order,
    Optional<Each> each,
    boolean complete,
    boolean deleted,
    List<String> after,
    OptionalLong says,
    Optional<Remembered> remembered,
    int periods,
    Duration least,
    Map<String, ApiField> keeps,
    List<String> cannotSee) {
  /**
   * What a row of the list becomes.
   *
   * @param resource as {@link pontic.record.Kind#text}
   * @param columns column → how its field is read, in the order of the file
   * @param untold columns that the database has and the list does not tell; they are null
   * @param lookups columns that other lists tell, in the order in which they are found
   */
  public record Told(
      String resource, Map<String, ApiField> columns, List<String> untold, List<Lookup> lookups) {}

  /**
   * Columns that stand in another list.
   *
   * @param by field of the row that names the other's key, or a column that was looked up before
   * @param in the other list
   * @param columns column of this row → column that the other keeps
   */
  public record Lookup(String by, String in, Map<String, String> columns) {
    /** A field may name a row of two lists. */
    String name() {
      return by + "/" + in;
    }
  }

  /**
   * A list that can only be asked for one patient.
   *
   * @param parameter that takes his key
   * @param when lists whose changes let a patient's be read
   * @param again after this it is read even if nothing else changed
   */
  public record Each(String parameter, List<String> when, Duration again) {}

  /**
   * A column that the list itself does not tell.
   *
   * @param when it is filled only where this column
   * @param is has this value, else it is null
   */
  public record Remembered(String column, String when, long is) {}

  /** What its rows become first, or what they speak of. */
  String resource() {
    return told.get(0).resource();
  }

  /** Reads its rows once and all again: nothing says what changed. */
  boolean isReadWhole() {
    return filter.isEmpty() && order.isEmpty() && each.isEmpty();
  }

  /** Those that a practice wants of what it becomes. */
  ApiFeed telling(Predicate<Told> wanted) {
    List<Told> left = told.stream().filter(wanted).toList();
    boolean isFirst = !told.isEmpty() && left.contains(told.get(0));
    return with(stamp, left, isFirst ? remembered : Optional.empty(), keeps);
  }

  /** The same list, of which other lists want nothing. */
  ApiFeed keepingNothing() {
    return with(stamp, told, remembered, Map.of());
  }

  /** The same list, its rows stamped with the time of reading. */
  ApiFeed unstamped() {
    return with(Optional.empty(), told, remembered, keeps);
  }

  private ApiFeed with(
      Optional<String> stamped,
      List<Told> becomes,
      Optional<Remembered> remembers,
      Map<String, ApiField> kept) {
    return new ApiFeed(
        name,
        becomes,
        path,
        since,
        query,
        sql,
        permission,
        key,
        stamped,
        filter,
        order,
        each,
        complete,
        deleted,
        after,
        says,
        remembers,
        periods,
        least,
        kept,
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
