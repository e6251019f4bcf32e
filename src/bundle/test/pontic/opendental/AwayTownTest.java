package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pontic.opendental.Families.Human;
import pontic.store.EmbeddedStore;
import pontic.store.Store;

/**
 * How long a lane leaves an office alone that is away, to the millisecond: each pause is what the
 * store holds of it, from the end of a request to when the next may begin, and it is over when the
 * test says so. {@code OpenPointsTest} has the same as the office sees it.
 */
final class AwayTownTest {
  /** Failures in a row after which it is looked: the shift of a longer row would run over. */
  private static final int FAILURES = 14;

  /**
   * How an office is away. One that says nothing is known to be away by the third read; what is
   * asked instead of a fourth is asked at once.
   */
  private enum Away {
    SAID {
      @Override
      void leave(Town town, boolean isAway) {
        town.unreachable = request -> isAway;
      }
    },
    NOBODY_LISTENS {
      @Override
      void leave(Town town, boolean isAway) {
        town.unsent = request -> isAway;
      }
    },
    SILENT {
      @Override
      void leave(Town town, boolean isAway) {
        town.silent = request -> isAway;
      }
    };

    abstract void leave(Town town, boolean isAway);
  }

  @RegisterExtension final EmbeddedStore embedded = new EmbeddedStore();
  private Store store;
  private final Town.Office office = new Town.Office();

  @BeforeEach
  void open() throws Exception {
    store = embedded.store();
  }

  @ParameterizedTest
  @EnumSource(Away.class)
  void thePausesDoubleUpToTheLongestAndBeginAnewOnceTheOfficeIsThere(Away away) throws Exception {
    Town town = new Town(store, office, Duration.ofSeconds(60));
    town.serve();
    for (int outage = 1; outage <= 2; outage++) {
      away.leave(town, true);
      String message = town.say(human(outage), "NORTH");
      List<Long> pauses = new ArrayList<>();
      List<Long> meant = new ArrayList<>();
      int asked = town.asked.size();
      for (int failures = 1; failures <= FAILURES; failures++) {
        failures += away == Away.SILENT && failures == 3 ? 1 : 0;
        town.serve();
        assertEquals(asked + failures, town.asked.size(), "so many requests, and then a pause");
        pauses.add(pause());
        // Twice the one before, from twice the least on, and never more than half a minute.
        meant.add(Math.min(30_000, 1000L << failures));
        over();
      }
      assertEquals(meant, pauses);
      assertEquals("securityperms.get", town.asked.get(town.asked.size() - 1));
      assertEquals("", town.end(message), "it waits");
      away.leave(town, false);
      town.serve();
      over();
      town.serve();
      assertEquals("landed", town.end(message));
      assertEquals(outage, office.rows.size());
    }
  }

  /** From the end of the last request until the earliest of which its work may ask again. */
  private long pause() {
    Map<String, Object> last =
        store.read(
            tx ->
                tx.sql(
                        "select c.outcome_at, w.due_at, l.next_at from call c join work w on w.id = c.work_id"
                            + " join lane l on l.practice = c.practice order by c.intent_at desc, c.id desc limit 1")
                    .query()
                    .singleRow());
    return Math.max(number(last, "due_at"), number(last, "next_at")) - number(last, "outcome_at");
  }

  private static long number(Map<String, Object> row, String column) {
    return ((Number) row.get(column)).longValue();
  }

  /** The pause is over. */
  private void over() {
    store.write(
        tx -> {
          tx.sql("update lane set next_at = 0").update();
          return tx.sql("update work set due_at = 0 where state = 'waiting'").update();
        });
  }

  private static Human human(int id) {
    return new Human(
        id,
        "Alder" + id,
        "Nora",
        "",
        "1984-06-1" + id,
        "Female",
        "503555010" + id,
        "",
        id + " Larch Street",
        "97301",
        "");
  }
}
