package pontic.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who shares a unit, and whom the failure of one reaches. */
class SharedUnitTest {
  private static final int MANY = 8;
  private static final String BAD = "bad";
  private static final IllegalStateException THROWN = new IllegalStateException("bad");

  @TempDir Path folder;
  private final Gate gate = new Gate();
  private Store store;
  private SharedUnit<String, Integer> shared;

  @BeforeEach
  void open() {
    store = Stores.open(StoreSettings.embedded(folder), KeyVault.fromText(StoreContract.KEYS));
    store.write(tx -> tx.sql("create table scratch (word text primary key)").update());
    shared =
        new SharedUnit<>(
            new StoreAround(store, gate),
            "elm",
            (tx, words) -> {
              tx.each(
                  "insert into scratch (word) values (?)",
                  words.stream().map(word -> new Object[] {word}).toList());
              if (words.contains(BAD)) {
                throw THROWN;
              }
              return words.stream().map(String::length).toList();
            });
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whoComesBeforeTheUnitBeginsSharesItAndHasItsOwnResult() throws Exception {
    List<String> words = IntStream.rangeClosed(1, MANY).mapToObj("w"::repeat).toList();
    List<CompletableFuture<Integer>> written = waiting(words);
    gate.open();
    for (int i = 0; i < MANY; i++) {
      assertEquals(words.get(i).length(), written.get(i).join());
    }
    assertEquals(1, gate.writes.get());
    assertEquals(MANY, stored().size());
  }

  @Test
  void aBadOneFailsAloneAndItsNeighboursAreStored() throws Exception {
    List<String> words = new ArrayList<>(IntStream.range(0, MANY).mapToObj(i -> "w" + i).toList());
    words.set(3, BAD);
    List<CompletableFuture<Integer>> written = waiting(words);
    gate.open();
    assertSame(
        THROWN, assertThrows(CompletionException.class, () -> written.get(3).join()).getCause());
    words.remove(3);
    for (int i = 0; i < MANY; i++) {
      if (i != 3) {
        assertEquals(2, written.get(i).join());
      }
    }
    assertEquals(words, stored());
  }

  @Test
  void aStoreThatIsAwayIsHeardByAllWhoWaitAndTheNextIsStored() throws Exception {
    List<CompletableFuture<Integer>> written =
        waiting(IntStream.range(0, MANY).mapToObj(i -> "w" + i).toList());
    gate.away = true;
    gate.open();
    for (CompletableFuture<Integer> each : written) {
      assertEquals(
          "away", assertThrows(CompletionException.class, each::join).getCause().getMessage());
    }
    assertEquals(List.of(), stored());
    gate.away = false;
    assertEquals(4, shared.write("next"));
    assertEquals(List.of("next"), stored());
  }

  private List<String> stored() {
    return store.read(
        tx -> tx.sql("select word from scratch order by word").query(String.class).list());
  }

  /** Each in a thread of its own, all of which wait before the gate opens. */
  private List<CompletableFuture<Integer>> waiting(List<String> words) throws Exception {
    List<CompletableFuture<Integer>> written = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (String word : words) {
      CompletableFuture<Integer> done = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  done.complete(shared.write(word));
                } catch (RuntimeException e) {
                  done.completeExceptionally(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
      written.add(done);
      gate.reached.await();
    }
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    return written;
  }

  /** Before the store: its first unit reaches it, and nothing passes while it is shut. */
  private static final class Gate implements Runnable {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);
    private final AtomicInteger writes = new AtomicInteger();
    private volatile boolean away;

    void open() {
      opened.countDown();
    }

    @Override
    public void run() {
      writes.incrementAndGet();
      reached.countDown();
      try {
        opened.await();
      } catch (InterruptedException e) {
        throw new StoreException("interrupted", e);
      }
      if (away) {
        throw new StoreException("away");
      }
    }
  }
}
