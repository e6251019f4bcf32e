package pontic.tally;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import pontic.store.Transaction;

/**
 * The table {@code tally}: how often something happened and how long it took together, counted in
 * the unit in which it is stored, so that it is counted once and for every process on the store.
 */
public final class Tally {
  private static final String COUNT =
      """
      insert into tally (what, practice, destination, name, outcome, n, millis)
      %s
      on conflict (what, practice, destination, name, outcome)
      do update set n = tally.n + excluded.n, millis = tally.millis + excluded.millis
      """;

  /** Seconds up to which lags are told apart. */
  public static final List<Integer> LAGS = List.of(1, 2, 5, 10, 30, 60, 300, 900, 3600, 21600);

  /** What is counted. */
  public enum What {
    /** A request to the API came to this state. */
    CALL,
    /** A request whose end was unclear was settled so. */
    SETTLE,
    /** A field was left, since two systems set it against each other. */
    FLIPPING,
    /** A visit landed at a time that another visit has. */
    DOUBLE_BOOKING,
    /** A write with our keys that is not ours. */
    FOREIGN,
    /** What became of a version at a destination. */
    DELIVERY,
    /**
     * From the stamp of a row to its acknowledgement, of rows that changed while it was served; its
     * outcome is one of {@link Tally#within}.
     */
    LAG;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private Tally() {}

  /**
   * SQL for the smallest of {@link #LAGS} that holds so many milliseconds, as text; "more" if none
   * does.
   *
   * @param millis an expression of SQL
   */
  public static String within(String millis) {
    StringBuilder text = new StringBuilder("case");
    for (int seconds : LAGS) {
      text.append(" when ").append(millis).append(" <= ").append(seconds * 1000L);
      text.append(" then '").append(seconds).append('\'');
    }
    return text.append(" else 'more' end").toString();
  }

  /** Once more. */
  public static void count(
      Transaction tx, What what, String practice, String destination, String name, String outcome) {
    tx.sql(COUNT.formatted("values (?, ?, ?, ?, ?, 1, 0)"))
        .params(what.text(), practice, destination, name, outcome)
        .update();
  }

  /**
   * Once more for each row of a query.
   *
   * @param query its columns: practice, destination, name, outcome, milliseconds; it has a
   *     condition, since without one SQLite takes what follows for a join
   */
  public static void count(Transaction tx, What what, String query, Map<String, ?> parameters) {
    tx.sql(
            COUNT.formatted(
                "select '"
                    + what.text()
                    + "', practice, destination, name, outcome, 1, millis from ("
                    + query
                    + ") counted where true"))
        .params(parameters)
        .update();
  }
}
