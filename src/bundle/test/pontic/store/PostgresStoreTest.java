package pontic.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;
import pontic.operations.StoreCheck;

class PostgresStoreTest extends StoreContract {
  /** Tables are made once; the server copies a database in less time than it takes to make them. */
  private static final String TEMPLATE = "made";

  private static EmbeddedPostgres server;
  private static int databases;
  private StoreSettings first;

  @BeforeAll
  static void startServer() throws Exception {
    server = EmbeddedPostgres.builder().setServerConfig("deadlock_timeout", "100ms").start();
    execute("create database " + TEMPLATE);
    Stores.open(settings(TEMPLATE), KeyVault.fromText(KEYS)).close();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @Override
  StoreSettings fresh() throws SQLException {
    String name = "store" + databases++;
    execute("create database " + name + " template " + TEMPLATE);
    if (first == null) {
      first = settings(name);
    }
    return settings(name);
  }

  private static StoreSettings settings(String database) {
    return StoreSettings.postgres(server.getJdbcUrl("postgres", database), "", "", "one");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  List<String> auditAttacks() {
    List<String> attacks = new ArrayList<>(super.auditAttacks());
    attacks.add("truncate audit");
    attacks.add(
        "insert into audit overriding system value values (1, 0, '', 'elm', 'nobody', '') on conflict (id) do update set who = 'x'");
    return attacks;
  }

  @Test
  void twoProcessesSerialisePerPracticeAndNotAcrossPractices() throws Exception {
    try (Store second = second()) {
      store.write(tx -> insert(tx, 1, 0));
      CountDownLatch elmHeld = new CountDownLatch(1);
      CountDownLatch oakDone = new CountDownLatch(1);
      Callable<Integer> holdsElm =
          () ->
              store.write(
                  tx -> {
                    tx.serialise("elm");
                    elmHeld.countDown();
                    await(oakDone);
                    int before = value(tx, 1);
                    waitUntilBlocked(1);
                    return tx.sql("update scratch set n = ? where id = 1")
                        .param(before + 1)
                        .update();
                  });
      Callable<Integer> wantsElm =
          () -> {
            await(elmHeld);
            return second.write(
                tx -> {
                  tx.serialise("elm");
                  int before = value(tx, 1);
                  return tx.sql("update scratch set n = ? where id = 1").param(before + 1).update();
                });
          };
      Callable<Integer> wantsOak =
          () -> {
            await(elmHeld);
            int done =
                second.write(
                    tx -> {
                      tx.serialise("oak");
                      return insert(tx, 2, 0);
                    });
            oakDone.countDown();
            return done;
          };
      assertEquals(List.of(1, 1, 1), atOnce(List.of(holdsElm, wantsElm, wantsOak)));
      assertEquals(2, stored(1));
    }
  }

  @Test
  void oneOfTwoInADeadlockIsRunAgainAndBothAreStoredOnce() throws Exception {
    store.write(tx -> insert(tx, 1, 0) + insert(tx, 2, 0));
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    AtomicInteger runs = new AtomicInteger();
    List<Callable<Integer>> crossing = new ArrayList<>();
    for (int[] order : new int[][] {{1, 2}, {2, 1}}) {
      AtomicInteger mine = new AtomicInteger();
      crossing.add(
          () ->
              store.write(
                  tx -> {
                    runs.incrementAndGet();
                    add(tx, order[0]);
                    if (mine.getAndIncrement() == 0) {
                      try {
                        bothHoldOne.await(600, TimeUnit.SECONDS);
                      } catch (Exception e) {
                        throw new IllegalStateException(e);
                      }
                    }
                    return add(tx, order[1]);
                  }));
    }
    assertEquals(List.of(1, 1), atOnce(crossing));
    // The server may end both of them, if it looks at both at once.
    assertTrue(runs.get() == 3 || runs.get() == 4, () -> "runs " + runs);
    assertEquals(List.of(2, 2), List.of(stored(1), stored(2)));
  }

  @Test
  void aConflictThatNeverEndsIsGivenUpAfterFiveRuns() {
    AtomicInteger runs = new AtomicInteger();
    assertThrows(
        StoreException.class,
        () ->
            store.write(
                tx -> {
                  runs.incrementAndGet();
                  return tx.sql("do $$ begin raise sqlstate '40001'; end $$").update();
                }));
    assertEquals(5, runs.get());
    assertThrows(
        RuntimeException.class,
        () ->
            store.write(
                tx -> {
                  runs.incrementAndGet();
                  return tx.sql("select 1 from no_such_table").query(Integer.class).list();
                }));
    assertEquals(6, runs.get(), "no other failure is run again");
  }

  @Test
  void aConnectionLostInAUnitIsSaidAndNothingOfItIsStored() {
    assertThrows(
        StoreException.class,
        () ->
            store.write(
                tx -> {
                  insert(tx, 1, 1);
                  int pid = tx.sql("select pg_backend_pid()").query(Integer.class).single();
                  sql("select pg_terminate_backend(" + pid + ")");
                  return insert(tx, 2, 2);
                }));
    store.write(tx -> insert(tx, 3, 3));
    assertEquals(List.of(3), ids());
  }

  @Test
  void aConnectionLostAtTheCommitIsNotReportedAsStored() {
    assertThrows(
        StoreException.class,
        () ->
            store.write(
                tx -> {
                  insert(tx, 1, 1);
                  sql(
                      "select pg_terminate_backend("
                          + tx.sql("select pg_backend_pid()").query(Integer.class).single()
                          + ")");
                  return 0;
                }));
    assertEquals(List.of(), ids());
  }

  @Test
  void aServersErrorDetailWithItsRowStaysOut() {
    store.write(
        tx ->
            tx.sql(
                    "create table named (id integer primary key, name text not null, n integer check (n < 5))")
                .update());
    RuntimeException refused =
        assertThrows(
            RuntimeException.class,
            () -> store.write(tx -> tx.sql("insert into named values (1, 'Zzyzx', 9)").update()));
    StringBuilder all = new StringBuilder();
    for (Throwable t = refused; t != null; t = t.getCause()) {
      all.append(t);
    }
    assertFalse(all.toString().contains("Failing row"), all.toString());
  }

  @Test
  void aSecondLeaseHolderWaitsForTheFirstOnesCommitAndIsRefused() throws Exception {
    try (Store second = second()) {
      CountDownLatch taken = new CountDownLatch(1);
      Callable<Boolean> one =
          () ->
              store.write(
                  tx -> {
                    boolean got =
                        new SqlLeases("one")
                            .take(tx, "lane:elm", java.time.Duration.ofMinutes(1))
                            .isPresent();
                    taken.countDown();
                    waitUntilBlocked(1);
                    return got;
                  });
      Callable<Boolean> two =
          () -> {
            await(taken);
            return second.write(
                tx ->
                    new SqlLeases("two")
                        .take(tx, "lane:elm", java.time.Duration.ofMinutes(1))
                        .isPresent());
          };
      assertEquals(List.of(true, false), atOnce(List.of(one, two)));
    }
  }

  @Test
  void aSessionKeepsItsLimitsAfterARollBack() {
    for (int i = 0; i < 10; i++) {
      assertThrows(
          IllegalStateException.class,
          () ->
              store.write(
                  tx -> {
                    throw new IllegalStateException();
                  }));
      for (String limit : List.of("idle_in_transaction_session_timeout", "lock_timeout")) {
        String set = store.write(tx -> tx.sql("show " + limit).query(String.class).single());
        assertTrue(set.matches("1[05]s"), limit + " is " + set);
      }
    }
  }

  @Test
  void aDatabaseThatCannotBeReachedIsSaidInOneLineWithoutThePassword() {
    StoreSettings nowhere =
        StoreSettings.postgres(
            "jdbc:postgresql://127.0.0.1:1/none?connectTimeout=2", "u", "s3cret-word", "one");
    StoreException refused =
        assertThrows(StoreException.class, () -> Stores.open(nowhere, store.vault()));
    assertEquals(1, refused.getMessage().lines().count());
    assertFalse((refused + nowhere.toString()).contains("s3cret-word"));
  }

  @Test
  void processesThatShareAStoreNeedAName() {
    assertThrows(
        StoreException.class,
        () -> StoreSettings.postgres("jdbc:postgresql://127.0.0.1/x", "", "", " "));
    assertEquals("pontic", StoreSettings.embedded(java.nio.file.Path.of("data")).holder());
  }

  private Store second() {
    return Stores.open(StoreSettings.postgres(first.url(), "", "", "two"), KeyVault.fromText(KEYS));
  }

  /** Until the server says that so many sessions of this database wait for a lock. */
  private void waitUntilBlocked(int sessions) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(8);
    while (blocked() < sessions) {
      assertTrue(System.nanoTime() < end, "nobody waits for the lock");
      Thread.onSpinWait();
    }
  }

  private int blocked() {
    return sql(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = '"
            + first.url().replaceAll(".*/([a-z0-9]+).*", "$1")
            + "'");
  }

  private static int sql(String query) {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      assertTrue(result.next());
      return query.contains("count(") ? result.getInt(1) : 0;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static int add(Transaction tx, int id) {
    return tx.sql("update scratch set n = n + 1 where id = ?").param(id).update();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(600, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its own row finds room in its page when a message finds none. */
  @Test
  void healthTellsOfAUnitThatTheDatabaseHadNoRoomForThoughItsOwnRowIsWritten() {
    StoreCheck check = new StoreCheck(store, "one");
    assertThrows(
        DataIntegrityViolationException.class, () -> store.write(tx -> raised(tx, "23505")));
    assertTrue(check.look().get(0).up());
    assertThrows(StoreException.class, () -> store.write(tx -> raised(tx, "53100")));
    assertFalse(check.look().get(0).up());
    assertTrue(check.look().get(0).detail().contains("53100"));
    assertEquals(Optional.empty(), store.refusedWithin(Duration.ZERO));
  }

  /** No memory, no connection left, a limit of its configuration: no disk is to blame. */
  @ParameterizedTest
  @ValueSource(strings = {"53200", "53300", "53400"})
  void healthDoesNotBlameTheDiskForAnotherWantOfTheDatabase(String state) {
    assertThrows(StoreException.class, () -> store.write(tx -> raised(tx, state)));
    assertEquals(Optional.empty(), store.refusedWithin(Duration.ofHours(1)));
    assertTrue(new StoreCheck(store, "one").look().get(0).up());
  }

  private static int raised(Transaction tx, String state) {
    return tx.sql("do $$ begin raise exception using errcode = '" + state + "'; end $$").update();
  }
}
