package pontic.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.eclipse.jetty.http.BadMessageException;
import org.junit.jupiter.api.Test;

/** Senders that are slow, by a clock of the test's own. */
final class BodyTest {
  private long nanos;

  @Test
  void aBodyThatComesByteAfterByteIsGivenUpAfterAMinute() {
    BadMessageException late =
        assertThrows(BadMessageException.class, () -> read(1000, Duration.ofSeconds(1), 4096));
    assertEquals(408, late.getCode());
    assertEquals(Duration.ofSeconds(61).toNanos(), nanos);
  }

  @Test
  void aSmallBodyMayComeSlowly() throws IOException {
    assertArrayEquals(new byte[] {3, 2, 1}, read(3, Duration.ofSeconds(15), 4096));
  }

  @Test
  void noMoreIsReadThanIsWanted() throws IOException {
    assertEquals(11, read(100_000, Duration.ZERO, 11).length);
  }

  /** Of a sender that takes so long for each byte. */
  private byte[] read(int bytes, Duration each, int most) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    Body.read(
        new InputStream() {
          private int left = bytes;

          @Override
          public int read() {
            nanos += each.toNanos();
            return left == 0 ? -1 : left-- & 0xff;
          }

          @Override
          public int read(byte[] to, int from, int length) {
            int one = read();
            if (one >= 0) {
              to[from] = (byte) one;
            }
            return one < 0 ? -1 : 1;
          }
        },
        most,
        read,
        () -> nanos);
    return read.toByteArray();
  }
}
