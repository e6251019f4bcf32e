package pontic.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataIntegrityViolationException;

class SqliteStoreTest extends StoreContract {
  @TempDir static Path made;
  @TempDir Path temp;
  private int folders;

  /** Tables are made once; a copy of the file takes less time than to make them. */
  @BeforeAll
  static void makeTables() {
    Stores.open(StoreSettings.embedded(made), KeyVault.fromText(KEYS)).close();
  }

  @Override
  StoreSettings fresh() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("data" + folders++));
    Files.copy(made.resolve("state.db"), folder.resolve("state.db"));
    return StoreSettings.embedded(folder);
  }

  @Override
  List<String> auditAttacks() {
    List<String> attacks = new ArrayList<>(super.auditAttacks());
    attacks.add("insert or replace into audit values (1, 0, '', 'elm', 'nobody', '')");
    attacks.add(
        "insert into audit values (1, 0, '', 'elm', 'nobody', '') on conflict (id) do update set who = 'nobody'");
    return attacks;
  }

  @Test
  void queuedUnitsShareOneCommitAndABadOneTakesOnlyItselfBack() throws Exception {
    SqliteStore sqlite = (SqliteStore) store;
    List<CompletableFuture<Integer>> units = new ArrayList<>();
    IllegalStateException thrown = new IllegalStateException("bad");
    long before;
    try (Held held = new Held(sqlite)) {
      before = sqlite.commits();
      for (int i = 1; i <= 20; i++) {
        int id = i;
        units.add(
            sqlite.submit(
                tx -> {
                  insert(tx, id, id);
                  if (id == 10) {
                    throw thrown;
                  }
                  return id;
                }));
      }
      assertTrue(units.stream().noneMatch(CompletableFuture::isDone));
    }
    for (int i = 1; i <= 20; i++) {
      CompletableFuture<Integer> unit = units.get(i - 1);
      if (i == 10) {
        assertSame(
            thrown,
            assertThrows(ExecutionException.class, () -> unit.get(600, TimeUnit.SECONDS))
                .getCause());
      } else {
        assertEquals(i, unit.get(600, TimeUnit.SECONDS));
      }
    }
    assertEquals(19, ids().size());
    assertFalse(ids().contains(10));
    assertEquals(
        before + 2, sqlite.commits(), "one of the unit that held the writer, one of the twenty");
  }

  @Test
  void aUnitThatBreaksTheCommitItselfTakesOnlyItselfBack() throws Exception {
    run(
        tx ->
            tx.sql(
                    "create table child (id integer primary key, n integer references scratch (id) deferrable initially deferred)")
                .update());
    SqliteStore sqlite = (SqliteStore) store;
    CompletableFuture<Integer> first;
    CompletableFuture<Integer> orphan;
    CompletableFuture<Integer> last;
    try (Held held = new Held(sqlite)) {
      first = sqlite.submit(tx -> insert(tx, 1, 1));
      orphan = sqlite.submit(tx -> tx.sql("insert into child values (1, 99)").update());
      last = sqlite.submit(tx -> insert(tx, 2, 2));
    }
    assertEquals(1, first.get(600, TimeUnit.SECONDS));
    assertEquals(1, last.get(600, TimeUnit.SECONDS));
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> orphan.get(600, TimeUnit.SECONDS));
    assertTrue(
        refused.getCause() instanceof DataIntegrityViolationException,
        String.valueOf(refused.getCause()));
    assertEquals(List.of(1, 2), ids());
    assertEquals(0, count(store, "select count(*) from child"));
  }

  @Test
  void aFullDiskIsSaidAndNothingOfTheUnitStaysWhileItsNeighboursAreStored() throws Exception {
    run(tx -> tx.sql("create table big (id integer primary key, body text not null)").update());
    SqliteStore sqlite = (SqliteStore) store;
    limitPages(10);
    CompletableFuture<Integer> first;
    CompletableFuture<Integer> big;
    CompletableFuture<Integer> last;
    try (Held held = new Held(sqlite)) {
      first = sqlite.submit(tx -> insert(tx, 1, 1));
      big =
          sqlite.submit(
              tx ->
                  insert(tx, 2, 2)
                      + tx.sql("insert into big values (1, ?)")
                          .param("x".repeat(1 << 20))
                          .update());
      last = sqlite.submit(tx -> insert(tx, 3, 3));
    }
    assertEquals(1, first.get(600, TimeUnit.SECONDS));
    assertEquals(1, last.get(600, TimeUnit.SECONDS));
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> big.get(600, TimeUnit.SECONDS));
    assertTrue(refused.getCause() instanceof StoreException, String.valueOf(refused.getCause()));
    assertEquals(1, refused.getCause().getMessage().lines().count());
    assertEquals(List.of(1, 3), ids());
  }

  @Test
  void anInterruptedCallerStillLearnsWhatBecameOfItsUnit() {
    Thread.currentThread().interrupt();
    int rows = store.write(tx -> insert(tx, 1, 1));
    assertEquals(1, rows);
    assertTrue(Thread.interrupted());
    assertEquals(List.of(1), ids());
  }

  @Test
  void theFolderAndItsFilesAreTheOwnersAlone() throws IOException {
    Path folder = temp.resolve("new");
    try (Store opened = Stores.open(StoreSettings.embedded(folder), store.vault());
        var files = Files.list(folder)) {
      opened.write(Transaction::now);
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
      for (Path file : files.toList()) {
        assertEquals(
            "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
            file.toString());
      }
    }
  }

  @Test
  void aSecondProcessOnTheFolderIsRefusedInOneLine() throws Exception {
    Path folder = temp.resolve("data0");
    StoreException here =
        assertThrows(
            StoreException.class, () -> Stores.open(StoreSettings.embedded(folder), store.vault()));
    assertEquals(1, here.getMessage().lines().count());

    Process second = child(folder);
    String said = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(StoreChild.REFUSED, second.waitFor(), said);
    String expected = "is in use by another Pontic (process " + ProcessHandle.current().pid() + ")";
    assertTrue(said.contains(expected), said);

    store.write(tx -> insert(tx, 1, 1));
    store.close();
    try (Store again = Stores.open(StoreSettings.embedded(folder), KeyVault.fromText(KEYS))) {
      assertEquals(1, count(again, "select n from scratch where id = 1"));
    }
  }

  @Test
  void noAcknowledgedRowIsMissingAfterKills() throws Exception {
    Path folder = temp.resolve("killed");
    Set<Integer> acknowledged = new HashSet<>();
    for (int kill = 0; kill < 5; kill++) {
      Process child = child(folder);
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
        int untilKill = 300 + 137 * kill;
        String line;
        while ((line = lines.readLine()) != null) {
          // A line without its mark was cut off by the kill.
          if (line.matches("[0-9]+\\.")) {
            acknowledged.add(Integer.parseInt(line.substring(0, line.length() - 1)));
            if (--untilKill == 0) {
              // The handle's way leaves the pipe open: what was printed before the kill counts.
              child.toHandle().destroyForcibly();
            }
          }
        }
        assertTrue(untilKill <= 0, "the child ended by itself");
      }
      assertEquals(128 + 9, child.waitFor());
    }
    try (Store after = Stores.open(StoreSettings.embedded(folder), KeyVault.fromText(KEYS))) {
      Set<Integer> missing = new HashSet<>(acknowledged);
      missing.removeAll(
          after.read(tx -> tx.sql("select id from scratch").query(Integer.class).set()));
      assertEquals(Set.of(), missing);
      assertEquals(
          "ok", after.read(tx -> tx.sql("pragma integrity_check").query(String.class).single()));
      int torn =
          after.read(
              tx ->
                  tx.sql("select count(*) from scratch where n not in (select n from twin)")
                      .query(Integer.class)
                      .single());
      assertEquals(0, torn, "rows whose other half is missing");
    }
    assertTrue(acknowledged.size() > 2_000);
  }

  private static Process child(Path folder) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            StoreChild.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private void limitPages(int more) {
    int pages = store.write(tx -> tx.sql("pragma page_count").query(Integer.class).single());
    store.write(
        tx -> tx.sql("pragma max_page_count = " + (pages + more)).query(Integer.class).single());
  }

  /**
   * While open, the writer thread sits in a unit, so that what is submitted meanwhile is one batch.
   */
  private static final class Held implements AutoCloseable {
    private final CountDownLatch release = new CountDownLatch(1);

    Held(SqliteStore store) throws InterruptedException {
      CountDownLatch held = new CountDownLatch(1);
      store.submit(
          tx -> {
            held.countDown();
            try {
              return release.await(600, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      assertTrue(held.await(600, TimeUnit.SECONDS));
    }

    @Override
    public void close() {
      release.countDown();
    }
  }
}
