package pontic.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.audit.AuditEntry;
import pontic.audit.SqlAudit;

/** What every store keeps to, whatever database is below. */
abstract class StoreContract {
  static final String KEYS =
      "k1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=,index:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

  Store store;

  /** Settings of an empty store of this test's own. */
  abstract StoreSettings fresh() throws Exception;

  @BeforeEach
  void open() throws Exception {
    store = Stores.open(fresh(), KeyVault.fromText(KEYS));
    store.write(
        tx -> tx.sql("create table scratch (id integer primary key, n bigint not null)").update());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aUnitIsStoredAsAWholeOrNotAtAll() {
    IllegalStateException thrown = new IllegalStateException("stop here");
    RuntimeException seen =
        assertThrows(
            RuntimeException.class,
            () ->
                store.write(
                    tx -> {
                      insert(tx, 1, 10);
                      insert(tx, 2, 20);
                      throw thrown;
                    }));
    assertSame(thrown, seen);
    assertEquals(List.of(), ids());

    assertEquals(
        "both", store.write(tx -> insert(tx, 1, 10) + insert(tx, 2, 20) == 2 ? "both" : "not"));
    assertEquals(List.of(1, 2), ids());
  }

  @Test
  void anErrorTakesTheUnitBackAndTheStoreGoesOn() {
    assertThrows(
        StackOverflowError.class,
        () ->
            store.write(
                tx -> {
                  insert(tx, 1, 1);
                  throw new StackOverflowError();
                }));
    store.write(tx -> insert(tx, 2, 1));
    assertEquals(List.of(2), ids());
  }

  @Test
  void aBadUnitTakesOnlyItselfBackAmongManyAtOnce() throws Exception {
    List<Callable<Boolean>> writers = new ArrayList<>();
    for (int i = 1; i <= 90; i++) {
      int id = i;
      writers.add(
          () -> {
            try {
              return store.write(
                  tx -> {
                    insert(tx, id, id);
                    if (id % 3 == 0) {
                      insert(tx, id, id);
                    }
                    return true;
                  });
            } catch (DuplicateKeyException e) {
              return false;
            }
          });
    }
    List<Boolean> acknowledged = atOnce(writers);
    List<Integer> good = IntStream.rangeClosed(1, 90).filter(i -> i % 3 != 0).boxed().toList();
    assertEquals(good, ids());
    assertEquals(
        good, IntStream.rangeClosed(1, 90).filter(i -> acknowledged.get(i - 1)).boxed().toList());
  }

  @Test
  void aDuplicateKeyHasTheSameNameOnEveryDatabase() {
    store.write(tx -> insert(tx, 1, 1));
    assertThrows(DuplicateKeyException.class, () -> store.write(tx -> insert(tx, 1, 2)));
    assertEquals(1, stored(1));
  }

  @Test
  void aUnitThatSwallowsAFailedStatementIsNotStored() {
    store.write(tx -> insert(tx, 1, 1));
    assertThrows(
        DuplicateKeyException.class,
        () ->
            store.write(
                tx -> {
                  insert(tx, 2, 2);
                  try {
                    insert(tx, 1, 2);
                  } catch (DataAccessException swallowed) {
                    return "all well";
                  }
                  return "no failure";
                }));
    assertEquals(List.of(1), ids());
  }

  @Test
  void afterAFailedStatementTheUnitCannotGoOn() {
    store.write(tx -> insert(tx, 1, 1));
    assertThrows(
        StoreException.class,
        () ->
            store.write(
                tx -> {
                  try {
                    insert(tx, 1, 2);
                  } catch (DataAccessException swallowed) {
                    insert(tx, 3, 3);
                  }
                  return 0;
                }));
    assertEquals(List.of(1), ids());
  }

  @Test
  void ofManyWhoCompareAndSetOneWinsEachRound() throws Exception {
    store.write(tx -> insert(tx, 1, 0));
    List<Callable<Integer>> racers = new ArrayList<>();
    for (int racer = 0; racer < 8; racer++) {
      racers.add(
          () -> {
            int won = 0;
            for (int round = 0; round < 20; round++) {
              int expected = round;
              won +=
                  store.write(
                      tx ->
                          tx.sql("update scratch set n = n + 1 where id = 1 and n = ?")
                              .param(expected)
                              .update());
            }
            return won;
          });
    }
    int won = atOnce(racers).stream().mapToInt(Integer::intValue).sum();
    assertEquals(stored(1), won);
    assertTrue(won >= 1 && won <= 20, "rounds won: " + won);
  }

  @Test
  void noAdditionIsLostBetweenUnitsThatSerialise() throws Exception {
    store.write(tx -> insert(tx, 1, 0));
    List<Callable<Integer>> adders = new ArrayList<>();
    for (int adder = 0; adder < 6; adder++) {
      adders.add(
          () -> {
            for (int i = 0; i < 15; i++) {
              store.write(
                  tx -> {
                    tx.serialise("elm");
                    int before = value(tx, 1);
                    return tx.sql("update scratch set n = ? where id = 1")
                        .param(before + 1)
                        .update();
                  });
            }
            return 0;
          });
    }
    atOnce(adders);
    assertEquals(90, stored(1));
  }

  @Test
  void aReaderSeesOnlyWhatIsCommittedAndOneSnapshot() {
    store.write(tx -> insert(tx, 1, 1));
    store.read(
        tx -> {
          assertEquals(1, value(tx, 1));
          elsewhere(() -> store.write(other -> insert(other, 2, 2)));
          assertEquals(
              List.of(1), tx.sql("select id from scratch order by id").query(Integer.class).list());
          return 0;
        });
    store.write(
        tx -> {
          insert(tx, 3, 3);
          assertEquals(List.of(1, 2), elsewhere(this::ids));
          return 0;
        });
    assertEquals(List.of(1, 2, 3), ids());
  }

  @Test
  void aReadingUnitCannotWrite() {
    assertThrows(RuntimeException.class, () -> store.read(tx -> insert(tx, 1, 1)));
    assertThrows(
        RuntimeException.class,
        () -> JdbcClient.create(store.reader()).sql("insert into scratch values (2, 2)").update());
    assertEquals(List.of(), ids());
    assertThrows(
        StoreException.class,
        () ->
            store.read(
                tx -> {
                  tx.serialise("elm");
                  return 0;
                }));
  }

  @Test
  void theReaderOfRoutesSeesTheTables() {
    store.write(tx -> insert(tx, 7, 7));
    assertEquals(
        7,
        JdbcClient.create(store.reader())
            .sql("select max(id) from scratch")
            .query(Integer.class)
            .single());
  }

  @Test
  void unitsDoNotNest() {
    assertThrows(
        StoreException.class, () -> store.write(tx -> store.write(inner -> insert(inner, 1, 1))));
    assertThrows(StoreException.class, () -> store.write(tx -> store.read(inner -> 1)));
    assertThrows(
        StoreException.class, () -> store.read(tx -> store.write(inner -> insert(inner, 2, 1))));
    assertThrows(
        StoreException.class,
        () ->
            store.write(
                tx -> {
                  store.close();
                  return 0;
                }));
    store.write(tx -> insert(tx, 3, 1));
    assertEquals(List.of(3), ids());
  }

  @Test
  void aTransactionEndsWithItsUnitAndBelongsToItsThread() {
    AtomicReference<Transaction> kept = new AtomicReference<>();
    AtomicReference<JdbcClient.StatementSpec> statement = new AtomicReference<>();
    store.write(
        tx -> {
          kept.set(tx);
          statement.set(tx.sql("insert into scratch values (1, 1)"));
          assertThrows(StoreException.class, () -> elsewhere(tx::now));
          return 0;
        });
    assertThrows(StoreException.class, () -> insert(kept.get(), 1, 1));
    assertThrows(StoreException.class, () -> statement.get().update());
    assertEquals(List.of(), ids());
  }

  @Test
  void theClockGoesOnAndAgreesWithTheWorld() {
    Instant before = Instant.now().minusSeconds(5);
    Instant first = store.write(Transaction::now);
    Instant second = store.read(Transaction::now);
    assertFalse(second.isBefore(first));
    assertTrue(first.isAfter(before) && second.isBefore(Instant.now().plusSeconds(5)));
    assertEquals(0, first.getNano() % 1_000_000);
  }

  @Test
  void aClosedStoreRefusesAndSaysSo() {
    store.close();
    assertThrows(StoreException.class, () -> store.write(tx -> insert(tx, 1, 1)));
  }

  @Test
  void closeFinishesWhatWasAccepted() throws Exception {
    StoreSettings settings = fresh();
    Store closing = Stores.open(settings, store.vault());
    closing.write(
        tx -> tx.sql("create table scratch (id integer primary key, n bigint not null)").update());
    AtomicInteger next = new AtomicInteger();
    AtomicInteger acknowledged = new AtomicInteger();
    List<Callable<Integer>> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          () -> {
            try {
              while (true) {
                closing.write(tx -> insert(tx, next.incrementAndGet(), 0));
                acknowledged.incrementAndGet();
              }
            } catch (StoreException closed) {
              return 0;
            }
          });
    }
    threads.add(
        () -> {
          while (acknowledged.get() < 50) {
            Thread.onSpinWait();
          }
          closing.close();
          return 0;
        });
    atOnce(threads);
    try (Store again = Stores.open(settings, store.vault())) {
      assertEquals(acknowledged.get(), count(again, "select count(*) from scratch"));
    }
  }

  @Test
  void exactlyOneOfManyTakesALease() throws Exception {
    List<Callable<Optional<Long>>> takers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Leases leases = new SqlLeases("holder-" + i);
      takers.add(() -> store.write(tx -> leases.take(tx, "lane:elm", Duration.ofMinutes(1))));
    }
    List<Optional<Long>> taken = atOnce(takers).stream().filter(Optional::isPresent).toList();
    assertEquals(List.of(Optional.of(1L)), taken);
  }

  @Test
  void aLeaseThatRanOutIsTakenWithAHigherEpochAndItsOldHolderIsFencedOff() {
    Leases one = new SqlLeases("one");
    Leases two = new SqlLeases("two");
    long first = store.write(tx -> one.take(tx, "lane:elm", Duration.ofMinutes(1))).orElseThrow();
    assertTrue(holds(one, "lane:elm", first));
    assertEquals(
        Optional.empty(), store.write(tx -> two.take(tx, "lane:elm", Duration.ofMinutes(1))));
    assertFalse(holds(two, "lane:elm", first));

    runOut("lane:elm");
    assertFalse(holds(one, "lane:elm", first), "run out, though nobody took it");
    long second = store.write(tx -> two.take(tx, "lane:elm", Duration.ofMinutes(1))).orElseThrow();
    assertTrue(second > first);
    assertFalse(holds(one, "lane:elm", first));

    run(tx -> one.release(tx, "lane:elm", first));
    assertTrue(holds(two, "lane:elm", second), "an old holder gives nothing back");

    run(tx -> two.release(tx, "lane:elm", second));
    assertFalse(holds(two, "lane:elm", second));
    assertTrue(
        store.write(tx -> two.take(tx, "lane:elm", Duration.ofMinutes(1))).orElseThrow() > second);
  }

  @Test
  void anUnfinishedUnitTakesNoLease() {
    Leases leases = new SqlLeases("one");
    assertThrows(
        IllegalStateException.class,
        () ->
            store.write(
                tx -> {
                  leases.take(tx, "lane:elm", Duration.ofMinutes(1)).orElseThrow();
                  throw new IllegalStateException();
                }));
    assertTrue(
        store
            .write(tx -> new SqlLeases("two").take(tx, "lane:elm", Duration.ofMinutes(1)))
            .isPresent());
  }

  @Test
  void atStartAHolderVoidsItsOwnLeasesAndNoOthers() {
    Leases one = new SqlLeases("one");
    Leases two = new SqlLeases("two");
    long mine = store.write(tx -> one.take(tx, "lane:elm", Duration.ofMinutes(1))).orElseThrow();
    store.write(tx -> one.take(tx, "understand:elm", Duration.ofMinutes(1))).orElseThrow();
    long theirs = store.write(tx -> two.take(tx, "lane:oak", Duration.ofMinutes(1))).orElseThrow();

    assertEquals(2, voidOwn(one));
    assertEquals(0, voidOwn(one));
    assertFalse(holds(one, "lane:elm", mine));
    assertTrue(holds(two, "lane:oak", theirs));
    assertEquals(
        Optional.of(mine + 1), store.write(tx -> two.take(tx, "lane:elm", Duration.ofMinutes(1))));
  }

  @Test
  void theAuditIsReadNewestFirstPerPractice() {
    SqlAudit audit = new SqlAudit();
    run(tx -> audit.record(tx, "accept", "elm", "HOSP|ADT", "message m1"));
    run(tx -> audit.record(tx, "call", "oak", "lane", "patients/12"));
    run(tx -> audit.record(tx, "call", "elm", "lane", "patients/7"));
    run(tx -> audit.record(tx, "read", "elm", "operator", "message m1"));

    List<AuditEntry> rows = store.read(tx -> audit.newest(tx, "elm", 2));
    assertEquals(List.of("read", "call"), rows.stream().map(AuditEntry::action).toList());
    assertEquals("patients/7", rows.get(1).subject());
    assertEquals("lane", rows.get(1).who());
    assertTrue(
        Duration.between(rows.get(0).at(), Instant.now()).abs().compareTo(Duration.ofMinutes(1))
            < 0);
  }

  @Test
  void theDatabaseRefusesToChangeOrDeleteAnAuditRow() {
    SqlAudit audit = new SqlAudit();
    run(tx -> audit.record(tx, "accept", "elm", "HOSP|ADT", "message m1"));
    List<AuditEntry> before = store.read(tx -> audit.newest(tx, "elm", 10));
    for (String attack : auditAttacks()) {
      DataAccessException refused =
          assertThrows(DataAccessException.class, () -> run(tx -> tx.sql(attack).update()), attack);
      assertTrue(refused.getMessage().contains("audit rows are never"), refused.getMessage());
    }
    assertEquals(before, store.read(tx -> audit.newest(tx, "elm", 10)));
    assertEquals(1, before.size());
  }

  List<String> auditAttacks() {
    return List.of("update audit set who = 'nobody'", "delete from audit");
  }

  @Test
  void aBodyOnDiskOpensForItsRowOnly() {
    byte[] body = {1, 2, 3};
    String sealed = store.vault().seal("message", "m1", body);
    store.write(tx -> tx.sql("insert into practice_lock values (?)").param(sealed).update());
    String read =
        store.read(tx -> tx.sql("select practice from practice_lock").query(String.class).single());
    assertEquals(3, store.vault().open("message", "m1", read).length);
    assertThrows(VaultException.class, () -> store.vault().open("message", "m2", read));
  }

  final void runOut(String lease) {
    store.write(
        tx ->
            tx.sql("update lease set until_at = ? where name = ?")
                .params(tx.now().toEpochMilli(), lease)
                .update());
  }

  final void run(java.util.function.Consumer<Transaction> unit) {
    store.write(
        tx -> {
          unit.accept(tx);
          return 0;
        });
  }

  final boolean holds(Leases leases, String name, long epoch) {
    return store.write(tx -> leases.holds(tx, name, epoch));
  }

  final int voidOwn(Leases leases) {
    return store.write(leases::voidOwn);
  }

  /** The committed n of a row. */
  final int stored(int id) {
    return store.read(tx -> value(tx, id));
  }

  static int count(Store store, String sql) {
    return store.read(tx -> tx.sql(sql).query(Integer.class).single());
  }

  final List<Integer> ids() {
    return store.read(
        tx -> tx.sql("select id from scratch order by id").query(Integer.class).list());
  }

  static int insert(Transaction tx, int id, int n) {
    return tx.sql("insert into scratch (id, n) values (?, ?)").params(id, n).update();
  }

  static int value(Transaction tx, int id) {
    return tx.sql("select n from scratch where id = ?").param(id).query(Integer.class).single();
  }

  /** In another thread, waited for. */
  static <T> T elsewhere(Callable<T> work) {
    try {
      return atOnce(List.of(work)).get(0);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** All at one signal, each in its thread; the answers in order. */
  static <T> List<T> atOnce(List<Callable<T>> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      CyclicBarrier start = new CyclicBarrier(work.size());
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> one : work) {
        futures.add(
            threads.submit(
                () -> {
                  start.await(600, TimeUnit.SECONDS);
                  return one.call();
                }));
      }
      List<T> answers = new ArrayList<>();
      for (Future<T> future : futures) {
        try {
          answers.add(future.get(600, TimeUnit.SECONDS));
        } catch (java.util.concurrent.ExecutionException e) {
          throw e.getCause() instanceof Exception cause ? cause : e;
        }
      }
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }
}
