package pontic.reconcile;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import pontic.practice.Practice;
import pontic.store.Store;
import pontic.store.Transaction;

/** Once a day, at a time of the office's own clock, everything of a practice is compared. */
public final class Nights {
  private final Store store;
  private final Runs runs;
  private final List<Practice> practices;
  private final Optional<LocalTime> at;

  /**
   * @param at by each office's wall clock; empty: never
   */
  public Nights(Store store, Runs runs, List<Practice> practices, Optional<LocalTime> at) {
    this.store = store;
    this.runs = runs;
    this.practices = List.copyOf(practices);
    this.at = at;
  }

  /** Asks for what has become due since it was last called; a night that was slept through too. */
  public void tick() {
    at.ifPresent(
        time ->
            practices.stream()
                .filter(practice -> begins(practice, time))
                .forEach(
                    practice ->
                        runs.start(
                            Runs.Asked.compare(practice.id(), "", "", false, false, "schedule"))));
  }

  private boolean begins(Practice practice, LocalTime time) {
    String due = store.read(tx -> due(practice, time, tx.now()));
    Optional<String> done = store.read(tx -> done(tx, practice));
    if (done.filter(day -> day.compareTo(due) >= 0).isPresent()) {
      return false;
    }
    // Of two processes one changes the row. A new practice begins with the next night.
    return store.write(
                tx ->
                    tx.sql(
                            "insert into reconcile_night (practice, day) values (?, ?)"
                                + " on conflict (practice) do update set day = excluded.day"
                                + " where reconcile_night.day < excluded.day")
                        .params(practice.id(), due)
                        .update())
            > 0
        && done.isPresent();
  }

  private static String due(Practice practice, LocalTime time, Instant now) {
    ZonedDateTime there = now.atZone(practice.zone());
    LocalDate day = there.toLocalDate();
    return (there.toLocalTime().isBefore(time) ? day.minusDays(1) : day).toString();
  }

  private static Optional<String> done(Transaction tx, Practice practice) {
    return tx.sql("select day from reconcile_night where practice = ?")
        .params(practice.id())
        .query(String.class)
        .optional();
  }
}
