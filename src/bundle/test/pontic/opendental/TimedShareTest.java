package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static pontic.house.House.until;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import pontic.send.Enclosed;
import pontic.send.OfficeFiles;

/** A mount that never answers, beside one that does. */
class TimedShareTest {
  private static final JsonNode ROW = MissingNode.getInstance();

  private final CountDownLatch mounted = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();

  /** The folder of elm hangs until it is mounted again. */
  private final OfficeFiles folders =
      new OfficeFiles() {
        @Override
        public File read(String practice, JsonNode row) {
          asked.incrementAndGet();
          if (practice.equals("elm")) {
            hang();
          }
          return new File(Enclosed.JOINED, new byte[] {7});
        }

        @Override
        public Enclosed look(String practice, JsonNode row) {
          return read(practice, row).how();
        }

        @Override
        public boolean isOn(String practice) {
          return true;
        }

        @Override
        public String rule(String practice) {
          return practice;
        }

        @Override
        public long most(String practice) {
          return 1;
        }
      };

  private void hang() {
    try {
      mounted.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aFolderThatNeverAnswersHoldsUpNobodyAndIsNotAskedAgainUntilItDoes() throws Exception {
    OfficeFiles hurried = new TimedShare(folders, Duration.ofMillis(20));
    assertEquals(Enclosed.SLOW, hurried.read("elm", ROW).how());
    assertEquals(Enclosed.SLOW, hurried.read("elm", ROW).how());
    assertEquals(Enclosed.SLOW, hurried.look("elm", ROW));
    assertEquals(1, asked.get(), "threads that hang: one for each office");

    mounted.countDown();
    until("it answers again", () -> hurried.read("elm", ROW).how() == Enclosed.JOINED);
  }

  @Test
  void anotherOfficeIsAskedMeanwhile() {
    OfficeFiles timed = new TimedShare(folders, Duration.ofSeconds(600));
    Thread hanging = new Thread(() -> timed.look("elm", ROW));
    hanging.setDaemon(true);
    hanging.start();
    until("one hangs", () -> asked.get() == 1);
    assertArrayEquals(new byte[] {7}, timed.read("oak", ROW).bytes());
    assertEquals(Enclosed.JOINED, timed.look("oak", ROW));
    mounted.countDown();
  }
}
