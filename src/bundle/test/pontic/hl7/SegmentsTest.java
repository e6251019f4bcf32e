package pontic.hl7;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SegmentsTest {
  private static final String HEADER = "MSH|^~\\&|A|B|C|D|20270301||SRM^S01^SRM_S01|1|P|2.5.1\r";

  @Test
  void whatIsRepeatedOfAMessageEndsNoFrameAndNoSegment() throws Exception {
    byte[] message =
        (HEADER + "PID|1||7\u001cx\u000bMSH^^^LAKE~8\rARQ|R1\u001c^LAKE\r")
            .getBytes(StandardCharsets.ISO_8859_1);
    Segments segments =
        new Segments(MessageHeader.read(HEADER.getBytes(StandardCharsets.ISO_8859_1)));
    assertEquals(List.of("7xMSH^^^LAKE~8"), segments.given(message, "PID", 3, true));
    assertEquals(List.of("7xMSH^^^LAKE"), segments.given(message, "PID", 3, false));
    assertEquals(List.of("R1^LAKE"), segments.given(message, "ARQ", 1, false));
  }
}
