package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pontic.house.House;
import pontic.lane.ClockSetBack;
import pontic.opendental.Families.Human;
import pontic.operations.Fixture;
import pontic.store.EmbeddedStore;
import pontic.store.Store;

/** A store whose rows were written while the clock was days ahead. */
final class ClockTownTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Duration AHEAD = Duration.ofDays(5);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  @RegisterExtension final EmbeddedStore embedded = new EmbeddedStore();
  private Store store;
  private final Town.Office office = new Town.Office();
  private Town town;

  @BeforeEach
  void open() throws Exception {
    store = embedded.store();
    town = new Town(store, office, LIMIT);
    town.serve();
  }

  @Test
  void theLaneGoesOnAndNotBeforeTheApiIsDoneWithTheLastRequest() throws Exception {
    String message = town.say(Human.nora(1, "Ash"), "NORTH");
    ahead(AHEAD);
    town.serve();
    assertEquals("", town.end(message), "nothing is asked before that time");
    long now = now();
    start();
    long next = number("select next_at from lane");
    assertTrue(next >= now + LIMIT.toMillis(), "the API is done with what was sent last");
    assertTrue(next < now + Duration.ofMinutes(1).toMillis(), "in " + (next - now) + " ms");
    until(message, "landed");
    assertEquals(1, office.rows.size());
  }

  @Test
  void aWriteThatWasLostThenIsLookedForFromNowOnAndMadeOnce() throws Exception {
    AtomicBoolean lost = new AtomicBoolean();
    town.silent =
        request -> request.name().equals("patients.post") && lost.compareAndSet(false, true);
    String message = town.say(Human.nora(1, "Ash"), "NORTH");
    House.until(
        "it is lost",
        () -> {
          town.serve();
          return lost.get();
        });
    ahead(AHEAD);
    long now = now();
    start();
    until(message, "landed");
    assertEquals(1, office.rows.size());
    assertTrue(now() - now > LIMIT.toMillis(), "the API gets its limit from the start on");
    assertEquals(
        0, number("select count(*) from work where due_at > " + (now + 3_600_000)), "nor the look");
  }

  /** What was accepted then and is not read yet, its practice's next message may be far off. */
  @Test
  void aMessageThatIsNotReadYetIsDueAtOnce() {
    Fixture.message(store, "unread", "elm", "accept-hl7", "NORTH", "");
    long later = now() + AHEAD.toMillis();
    store.write(
        tx -> tx.sql("update message set due_at = ? where id = 'unread'").params(later).update());
    start();
    assertTrue(number("select due_at from message where id = 'unread'") <= now());
  }

  @Test
  void whatAnOfficeAskedForIsKept() {
    long asked = now() + Duration.ofMinutes(50).toMillis();
    store.write(tx -> tx.sql("update lane set next_at = ?").params(asked).update());
    start();
    assertEquals(asked, number("select next_at from lane"));
  }

  @Test
  void aLeaseOfAnotherProcessRunsOutInItsTime() {
    String message = town.say(Human.nora(1, "Ash"), "NORTH");
    store.write(
        tx ->
            tx.sql("update lease set holder = 'another', until_at = ?")
                .params(tx.now().plus(AHEAD).toEpochMilli())
                .update());
    start();
    until(message, "landed");
  }

  /** All that was stored since lies so far ahead. */
  private void ahead(Duration jump) {
    long by = jump.toMillis();
    store.write(
        tx -> {
          tx.sql("update lane set next_at = ?, capabilities_at = capabilities_at + ?")
              .params(tx.now().toEpochMilli() + by, by)
              .update();
          tx.sql("update call set intent_at = intent_at + ?").params(by).update();
          return tx.sql("update work set due_at = due_at + ? where state = 'waiting'")
              .params(by)
              .update();
        });
  }

  /** As each process does before it claims anything. */
  private void start() {
    new ClockSetBack(store).settleFirst(List.of(Town.terms(LIMIT)), LONGEST_PAUSE);
  }

  private void until(String message, String end) {
    House.until(
        message + " is " + end,
        () -> {
          town.serve();
          return town.end(message).equals(end);
        });
  }

  private long now() {
    return store.read(tx -> tx.now().toEpochMilli());
  }

  private long number(String sql) {
    return store.read(tx -> tx.sql(sql).query(Long.class).single());
  }
}
