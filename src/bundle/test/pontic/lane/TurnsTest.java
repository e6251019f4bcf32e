package pontic.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.store.BothStores;
import pontic.store.Store;

/**
 * Whose turn it is, on both stores (decision 0337). {@code -Dproof.seed=N} for other lanes, {@code
 * -Dproof.waiting=50000} for a longer one.
 */
final class TurnsTest {
  private static final Logger LOG = LoggerFactory.getLogger(TurnsTest.class);
  private static final int LANES = 40;

  @RegisterExtension static final BothStores BOTH = new BothStores();
  private static final AtomicInteger PRACTICES = new AtomicInteger();

  static List<Store> stores() {
    return BOTH.stores().toList();
  }

  /** A lane of its own in a store. */
  private static final class Waiting {
    private final Store store;
    private final LaneRows rows;
    private final String practice = "p" + PRACTICES.incrementAndGet();
    private long seq;

    Waiting(Store store) {
      this.store = store;
      this.rows = new LaneRows(store.vault());
      store.write(tx -> rows.lane(tx, practice));
    }

    /** Its name is its number. */
    Waiting with(String event, String person, boolean urgent) {
      seq++;
      Work work =
          new Work(
              practice + "-" + seq,
              practice,
              seq,
              "m-" + practice + "-" + seq,
              "A|B",
              event,
              person,
              "",
              0,
              0,
              JsonNodeFactory.instance.objectNode());
      store.write(
          tx -> {
            rows.insert(tx, work, urgent, tx.now());
            return true;
          });
      return this;
    }

    Waiting bulk(String person) {
      return with("update", person, false);
    }

    Waiting urgent(String person) {
      return with("book", person, true);
    }

    Optional<Work> next() {
      return store.write(tx -> rows.head(tx, practice, tx.now(), true));
    }

    void change(String sql, Object... parameters) {
      store.write(tx -> tx.sql(sql).params(parameters).update());
    }

    void end(Work work) {
      store.write(
          tx -> {
            rows.end(tx, work, "done");
            return true;
          });
    }

    /** Each is ended at once. */
    List<Long> all() {
      List<Long> order = new ArrayList<>();
      for (Optional<Work> next = next(); next.isPresent(); next = next()) {
        order.add(next.get().seq());
        end(next.get());
      }
      return order;
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void theUrgentGoFirstAndTakeWhatIsOlderOfTheirPatientAlong(Store store) {
    Waiting lane =
        new Waiting(store)
            .bulk("ann")
            .bulk("bob")
            .urgent("cid")
            .bulk("dan")
            .bulk("dan")
            .bulk("eve")
            .urgent("dan")
            .bulk("dan");
    assertEquals(List.of(3L, 4L, 5L, 7L, 1L, 2L, 6L, 8L), lane.all());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whoTurnsOutToBeAnotherWaitsForWhatIsOlderOfThatOne(Store store) {
    Waiting lane = new Waiting(store).bulk("ann").bulk("bob").urgent("stranger");
    Work begun = lane.next().orElseThrow();
    assertEquals(3, begun.seq());
    lane.change("update work set person_id = 'bob' where id = ?", begun.id());
    assertEquals(List.of(2L, 3L, 1L), lane.all());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatWaitsForAPermissionPullsNothing(Store store) {
    Waiting lane = new Waiting(store).bulk("ann").bulk("bob").urgent("bob").urgent("cid");
    lane.change(
        "update work set waits_for = 'appointments.post' where practice = ? and seq = 3",
        lane.practice);
    assertEquals(List.of(4L, 1L, 2L), lane.all());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void manyWhoWaitBehindAPermissionHideNobodyWhoIsUrgent(Store store) {
    Waiting lane = new Waiting(store);
    int blocked = 150;
    for (int i = 0; i < blocked; i++) {
      lane.bulk("b" + i).urgent("b" + i);
    }
    lane.change(
        "update work set waits_for = 'patients.put' where practice = ? and event = 'update'",
        lane.practice);
    long from = 2L * blocked;
    lane.bulk("ann").bulk("bob").urgent("late").bulk("cid");
    assertEquals(List.of(from + 3, from + 1, from + 2, from + 4), lane.all());
  }

  /** Had they all to be looked at, age would decide. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsUrgentAndNotLookedAtKeepsItsPlaceByAge(Store store) {
    Waiting lane = new Waiting(store);
    int blocked = 150;
    for (int i = 0; i < blocked; i++) {
      lane.with("chart", "b" + i, false).with("chart", "b" + i, true);
    }
    // A row of a chart holds up the chart alone, but an older one of a chart.
    lane.change(
        "update work set waits_for = 'allergies.post', holds = 'chart' where practice = ? and event = 'chart' and urgent = 0",
        lane.practice);
    long from = 2L * blocked;
    lane.bulk("ann").urgent("late").bulk("cid");
    assertEquals(List.of(from + 1, from + 2, from + 3), lane.all());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void afterTenUrgentOnesAnotherHasItsTurnAndTheHalfWrittenEnds(Store store) {
    Waiting lane = new Waiting(store).bulk("ann").with("chart", "bob", false);
    for (int i = 0; i < 23; i++) {
      lane.urgent("u" + i);
    }
    List<Long> order = lane.all();
    assertEquals(10, order.indexOf(1L), order.toString());
    assertEquals(21, order.indexOf(2L), order.toString());

    Waiting half = new Waiting(store).with("chart", "ann", false).bulk("bob");
    half.with("chart", "cid", false);
    half.change(
        "update work set rank = 2, holds = 'chart' where practice = ? and seq = 1", half.practice);
    for (int i = 0; i < 12; i++) {
      half.urgent("u" + i);
    }
    List<Long> ended = half.all();
    assertEquals(10, ended.indexOf(1L), "it has let ten go before it: " + ended);
    assertTrue(ended.indexOf(2L) < ended.indexOf(3L), ended.toString());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatIsBegunIsEndedFirst(Store store) {
    Waiting lane = new Waiting(store).bulk("ann").bulk("bob").urgent("cid");
    lane.change("update work set rank = 0 where practice = ? and seq = 2", lane.practice);
    assertEquals(List.of(2L, 3L, 1L), lane.all());
  }

  /** Drawn lanes, in which some are put off and persons turn out to be the same. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void nobodyOvertakesAnOlderOneOfThePatientAndAllHaveTheirTurn(Store store) {
    Random random = new Random(Long.getLong("proof.seed", 11));
    for (int drawn = 0; drawn < LANES; drawn++) {
      Waiting lane = new Waiting(store);
      int many = 5 + random.nextInt(25);
      int people = 1 + random.nextInt(8);
      for (int i = 0; i < many; i++) {
        String person = "h" + random.nextInt(people);
        switch (random.nextInt(3)) {
          case 0 -> lane.urgent(person);
          case 1 -> lane.bulk(person);
          default -> lane.with("chart", person, false);
        }
      }
      List<Long> order = new ArrayList<>();
      for (Optional<Work> next = lane.next(); next.isPresent(); next = lane.next()) {
        Work work = next.get();
        List<Long> older =
            store.read(
                tx ->
                    tx.sql(
                            "select seq from work where practice = ? and person_id = ? and state = 'waiting' and seq < ?")
                        .params(work.practice(), work.personId(), work.seq())
                        .query(Long.class)
                        .list());
        assertEquals(List.of(), older, "older ones of the patient of " + work.seq());
        int fate = random.nextInt(10);
        if (fate == 0) {
          lane.change("update work set rank = 0 where id = ?", work.id());
        } else if (fate == 1) {
          String other = "h" + random.nextInt(people);
          lane.change(
              "update work set person_id = ? where practice = ? and person_id = ?",
              other,
              work.practice(),
              work.personId());
        } else {
          order.add(work.seq());
          lane.end(work);
        }
      }
      Collections.sort(order);
      assertEquals(many, order.size());
      assertEquals(order.stream().distinct().toList(), order);
    }
  }

  /** A look is a look into indexes: it does not get slower with what waits. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aLookAtAFloodTakesNoLonger(Store store) {
    int flood = Integer.getInteger("proof.waiting", 10_000);
    Waiting lane = new Waiting(store);
    store.write(
        tx -> {
          for (int i = 0; i < flood; i++) {
            lane.seq++;
            lane.rows.insert(
                tx,
                new Work(
                    lane.practice + "-" + lane.seq,
                    lane.practice,
                    lane.seq,
                    "",
                    "A|B",
                    i % 5 == 0 ? "book" : "update",
                    "h" + i / 3,
                    "",
                    0,
                    0,
                    JsonNodeFactory.instance.objectNode()),
                i % 5 == 0,
                tx.now());
          }
          return true;
        });
    if (store == BOTH.stores().toList().get(1)) {
      // As PostgreSQL's own autovacuum does within a minute; until then it plans for an empty
      // table.
      lane.change("analyze work");
    }
    lane.urgent("late");
    long from = System.nanoTime();
    int looks = 50;
    for (int i = 0; i < looks; i++) {
      lane.end(lane.next().orElseThrow());
    }
    long millis = (System.nanoTime() - from) / 1_000_000;
    LOG.info("{} looks at {} that wait: {} ms", looks, flood, millis);
    assertTrue(millis < 100L * looks, millis + " ms");
  }
}
