package pontic.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
  void whatIsNoJsonIsLeftToWhoReadsIt() {
    reading.hold("{".repeat(100_000).getBytes(StandardCharsets.US_ASCII)).close();
    reading.hold(new byte[100_000]).close();
  }
}
