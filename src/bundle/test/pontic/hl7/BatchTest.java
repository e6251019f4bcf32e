package pontic.hl7;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final int MOST = 3;

  private static Batch read(String frame) {
    return Batch.read(frame.getBytes(StandardCharsets.US_ASCII), MOST);
  }

  private static String problem(String frame) {
    return assertThrows(HeaderProblem.class, () -> read(frame)).getMessage();
  }

  @Test
  void asManyMessagesAsAFrameMayHoldAreReadAndOneMoreIsNot() {
    String message = "MSH|^~\\&|A|B\rPID|1\r";
    assertEquals(3, read("BHS|^~\\&\r" + message.repeat(3)).messages().size());
    assertTrue(problem("BHS|^~\\&\r" + message.repeat(4)).contains("more than 3 messages"));
  }

  @Test
  void messagesOfAllBatchesOfAFileCountTogether() {
    String batch = "BHS|^~\\&\rMSH|^~\\&|A|B\rMSH|^~\\&|A|B\rBTS|2\r";
    assertEquals(2, read("FHS|^~\\&\r" + batch + "FTS|1\r").messages().size());
    assertTrue(problem("FHS|^~\\&\r" + batch.repeat(2)).contains("more than 3 messages"));
  }

  @Test
  void batchesWithoutAMessageAreCountedToo() {
    String one = "MSH|^~\\&|A|B\r";
    assertEquals(3, read("BHS|^\rBHS|^\rBHS|^\r" + one).groups().size());
    assertTrue(problem("BHS|^\r".repeat(4) + one).contains("more than 3 batches"));
  }
}
