package pontic.hl7;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
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

  /** Some senders count messages without BHS as one batch, others as none. */
  @Test
  void aFileWithoutBhsIsTakenWhetherItCountsItselfAsABatchOrNot() {
    String two = "MSH|^~\\&|A|B\rMSH|^~\\&|A|B\r";
    for (String end : new String[] {"FTS\r", "FTS|0\r", "FTS|1\r", "FTS|01\r"}) {
      assertEquals(2, read("FHS|^~\\&\r" + two + end).messages().size(), end);
    }
    assertTrue(problem("FHS|^~\\&\r" + two + "FTS|2\r").contains("did not arrive whole"));
    String answer =
        new String(
            read("FHS|^~\\&\r" + two + "FTS|1\r")
                .answer(
                    List.of(
                        "MSA|AA\r".getBytes(StandardCharsets.US_ASCII),
                        "MSA|AA\r".getBytes(StandardCharsets.US_ASCII)),
                    Instant.EPOCH,
                    "1"),
            StandardCharsets.US_ASCII);
    assertTrue(answer.endsWith("MSA|AA\rFTS|1\r"), answer);
  }
}
