package pontic.pause;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pontic.store.Transaction;

/** The table {@code pause}: it survives a restart and holds for every process on the store. */
public final class Pauses {

  /** What can be paused. */
  public enum What {
    /** A practice's database, and the reads that tell changes through its API. */
    READS,
    /** All else that its lane asks of the API: plan, write, settle and what the practice is. */
    WRITES,
    /** What one destination is sent, of every practice. */
    SENDS;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Empty if nothing is called so. */
    public static Optional<What> of(String text) {
      return Stream.of(values()).filter(each -> each.text().equals(text)).findFirst();
    }
  }

  private Pauses() {}

  /**
   * What is paused since when.
   *
   * @param by the operator's name; "" if it was not kept
   */
  public record Pause(String id, What what, Instant since, String by) {}

  /** Doing it again changes nothing, not even who did it. */
  public static void begin(Transaction tx, String id, What what, String by) {
    tx.sql(
            "insert into pause (id, what, since, by_whom) values (?, ?, ?, ?) on conflict (id, what) do nothing")
        .params(id, what.text(), tx.now().toEpochMilli(), by)
        .update();
  }

  /** Doing it again changes nothing. */
  public static void end(Transaction tx, String id, What what) {
    tx.sql("delete from pause where id = ? and what = ?").params(id, what.text()).update();
  }

  public static boolean holds(Transaction tx, String id, What what) {
    return of(tx, id).contains(what);
  }

  /** What of a practice or destination is paused. */
  public static List<What> of(Transaction tx, String id) {
    return tx
        .sql("select what from pause where id = ? order by what")
        .params(id)
        .query(String.class)
        .list()
        .stream()
        .flatMap(text -> What.of(text).stream())
        .toList();
  }

  /** All that is paused, oldest first. */
  public static List<Pause> all(Transaction tx) {
    return tx.sql("select id, what, since, by_whom from pause order by since, id, what")
        .query(
            (row, number) ->
                new Pause(
                    row.getString("id"),
                    What.valueOf(row.getString("what").toUpperCase(Locale.ROOT)),
                    Instant.ofEpochMilli(row.getLong("since")),
                    row.getString("by_whom")))
        .list();
  }

  /** Whose this is paused. */
  public static Set<String> ids(Transaction tx, What what) {
    return tx
        .sql("select id from pause where what = ?")
        .params(what.text())
        .query(String.class)
        .list()
        .stream()
        .collect(Collectors.toUnmodifiableSet());
  }
}
