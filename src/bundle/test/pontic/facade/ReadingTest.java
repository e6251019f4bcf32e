package pontic.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadingTest {
  private final Reading reading = new Reading(Duration.ZERO);

  /** The brackets around them are two. */
  private static byte[] values(int count) {
    return ("[1" + ",1".repeat(count - 1) + "]").getBytes(StandardCharsets.US_ASCII);
  }

  private int refused(byte[] body) {
    return assertThrows(FhirFault.class, () -> reading.hold(body)).status();
  }

  @Test
  void asManyValuesAsABodyMayHaveAreReadAndOneMoreIsNot() {
    reading.hold(values(Reading.MOST - 2)).close();
    assertEquals(413, refused(values(Reading.MOST - 1)));
  }

  @Test
  void aLongFileIsOneValue() {
    byte[] file =
        ("[\"" + "A".repeat(30 * 1024 * 1024) + "\"]").getBytes(StandardCharsets.US_ASCII);
    List<Reading.Held> held = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      held.add(reading.hold(file));
    }
    held.forEach(Reading.Held::close);
  }

  /** UTF-32 by its first bytes, and no text of it behind them. */
  @Test
  void bytesThatAreNoTextWeighNothing() {
    byte[] body = new byte[64 * 1024];
    Arrays.fill(body, (byte) -1);
    body[0] = 0;
    body[1] = 0;
    body[2] = 0;
    body[3] = '[';
    for (int i = 0; i < 100; i++) {
      reading.hold(body);
    }
  }

  @Test
  void whoFindsNoRoomIsToldSoAndTheRoomReturns() {
    byte[] largest = values(Reading.MOST - 2);
    List<Reading.Held> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      held.add(reading.hold(largest));
    }
    assertEquals(503, refused(values(10_000)));
    reading.hold(values(1000)).close();
    held.get(1).close();
    reading.hold(largest).close();
  }

  @Test
  void eightWaitForRoomAndAllOthersAreToldAtOnceThatThereIsNone() throws Exception {
    Reading patient = new Reading(Duration.ofMinutes(1));
    List<Reading.Held> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      held.add(patient.hold(values(Reading.MOST - 2)));
    }
    BlockingQueue<Integer> refused = new LinkedBlockingQueue<>();
    BlockingQueue<Reading.Held> found = new LinkedBlockingQueue<>();
    ExecutorService threads = Executors.newFixedThreadPool(29);
    try {
      for (int i = 0; i < 29; i++) {
        threads.execute(
            () -> {
              try {
                found.add(patient.hold(values(10_000)));
              } catch (FhirFault fault) {
                refused.add(fault.status());
              }
            });
      }
      for (int i = 0; i < 21; i++) {
        assertEquals(503, refused.poll(10, TimeUnit.SECONDS), "refused before: " + i);
      }
      assertTrue(found.isEmpty());
      held.forEach(Reading.Held::close);
      for (int i = 0; i < 8; i++) {
        assertNotNull(found.poll(10, TimeUnit.SECONDS), "found room before: " + i);
      }
      assertTrue(refused.isEmpty());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whatIsNoJsonIsLeftToWhoReadsIt() {
    reading.hold("{".repeat(100_000).getBytes(StandardCharsets.US_ASCII)).close();
    reading.hold(new byte[100_000]).close();
  }
}
