package pontic.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of files that are edited, in a real folder. */
final class CopiesTest {
  private static final int TAKEN = 100;
  private static final int EDITIONS = 5;

  @TempDir private Path folder;

  /** Hundreds of files are copied for an edit of one; the others are on the disk already. */
  @Test
  void whatDidNotChangeIsOnDiskOnceAndAnEditChangesNoOlderCopy() throws Exception {
    Copies copies = new Copies(folder.resolve("data"));
    Path home = Files.createDirectories(folder.resolve("home"));
    Path routes = Files.createDirectories(home.resolve("routes"));
    Path config = Files.createDirectories(home.resolve("config"));
    Files.writeString(routes.resolve("edited.camel.yaml"), "before");
    Files.writeString(routes.resolve("same.camel.yaml"), "same");
    Copy first = copies.take(home, config).orElseThrow();
    Files.writeString(routes.resolve("edited.camel.yaml"), "after");
    Copy second = copies.take(home, config).orElseThrow();
    assertTrue(
        Files.isSameFile(
            first.folder().resolve("routes/same.camel.yaml"),
            second.folder().resolve("routes/same.camel.yaml")));
    assertEquals("before", Files.readString(first.folder().resolve("routes/edited.camel.yaml")));
    assertEquals("after", Files.readString(second.folder().resolve("routes/edited.camel.yaml")));
    // What an engineer writes in place reaches no copy.
    Files.writeString(routes.resolve("same.camel.yaml"), "else");
    assertEquals("same", Files.readString(second.folder().resolve("routes/same.camel.yaml")));
  }

  /** A generation that has drained tidies up just when the next edit is taken. */
  @Test
  void whatIsTakenStaysThoughOldCopiesAreDeletedMeanwhile() throws Exception {
    Copies copies = new Copies(folder.resolve("data"));
    Path home = Files.createDirectories(folder.resolve("home"));
    Path route = Files.createDirectories(home.resolve("routes")).resolve("one.camel.yaml");
    Path config = Files.createDirectories(home.resolve("config"));
    Files.writeString(route, "0");
    copies.good(copies.take(home, config).orElseThrow());
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService others = Executors.newSingleThreadExecutor();
    try {
      Future<?> tidying =
          others.submit(
              () -> {
                while (!over.get()) {
                  copies.tidy(List.of());
                }
                return null;
              });
      for (int n = 0; n < TAKEN; n++) {
        // The oldest one again: it is what would be deleted next.
        Files.writeString(route, "" + n % EDITIONS);
        Copy taken = copies.take(home, config).orElseThrow();
        assertEquals(taken.id(), Generation.of(taken.folder(), taken.config()).id());
        copies.good(taken);
      }
      over.set(true);
      tidying.get();
    } finally {
      over.set(true);
      others.shutdown();
    }
    copies.tidy(List.of());
    try (var left = Files.list(folder.resolve("data/generations"))) {
      assertTrue(left.filter(Files::isDirectory).count() <= 4);
    }
  }
}
