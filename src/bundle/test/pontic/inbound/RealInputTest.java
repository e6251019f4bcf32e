package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.MllpSender;

/**
 * Files as others send them, and our own corpus, through the listener of a running practice: each
 * is answered once, has one row and one end, and each end has its cause.
 */
final class RealInputTest {
  private static final Path OURS = House.home().resolve("src/bundle/test/corpus");
  private static final Path OTHERS = House.home().resolve("../shared/data/hl7v2").normalize();
  private static final Duration LONGEST = Duration.ofMinutes(4);
  private static final Set<String> ENDS =
      Set.of("landed", "no change", "duplicate of", "refused", "parked", "superseded by");

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.open(folder);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void everyMessageOfOursIsAnsweredAndEnds() throws Exception {
    Map<String, Integer> ends = through("our corpus", files(OURS));
    assertTrue(ends.getOrDefault("landed", 0) >= 6, ends.toString());
    assertTrue(ends.getOrDefault("refused", 0) >= 8, ends.toString());
  }

  @Test
  void everyMessageOfOthersIsAnsweredAndEnds() throws Exception {
    if (!Files.isDirectory(OTHERS)) {
      System.out.println("SKIPPED: the collected messages of others are not beside the project");
    }
    assumeTrue(Files.isDirectory(OTHERS), "the collected messages of others are not here");
    Map<String, Integer> ends = through("messages of others", files(OTHERS));
    assertTrue(ends.getOrDefault("landed", 0) >= 10, ends.toString());
  }

  private static Map<String, Integer> through(String title, List<Path> files) throws Exception {
    long before = house.ledger().count("select coalesce(max(seq), 0) from message");
    List<String> answers = new ArrayList<>();
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort("elm"), 60_000)) {
      for (Path file : files) {
        answers.add(answer(sender, Files.readAllBytes(file)));
      }
    }
    assertEquals(files.size(), answers.size());
    untilEnded();
    List<Map<String, Object>> rows =
        house
            .ledger()
            .rows(
                "select * from message where practice = 'elm' and seq > "
                    + before
                    + " and control_id not like 'after-%' order by seq");
    assertEquals(files.size(), rows.size(), "one row for each message");
    Map<String, Integer> ends = totals(title, rows);
    for (int i = 0; i < rows.size(); i++) {
      Map<String, Object> row = rows.get(i);
      String file = files.get(i).getFileName().toString();
      String end = String.valueOf(row.get("receipt_end"));
      String reason = String.valueOf(row.get("receipt_reason"));
      String answer = answers.get(i);
      if (!answer.isEmpty()) {
        assertEquals(answer.replaceFirst("C", "A"), row.get("answer"), file);
      }
      assertTrue(ENDS.contains(end), file + " ends as " + end);
      if (end.equals("landed")) {
        assertTrue(String.valueOf(row.get("receipt_keys")).contains("PatNum"), file);
      } else {
        assertFalse(reason.isBlank(), file + " ends as " + end + " without a cause");
      }
      assertFalse(
          reason.matches("(?s).*(Exception|null|\\bjava\\b|Pontic failed|could not plan).*"),
          file + ": " + reason);
      if (answer.endsWith("R") || answer.endsWith("E")) {
        assertTrue(List.of("refused", "duplicate of").contains(end), file);
      }
    }
    return ends;
  }

  private static Map<String, Integer> totals(String title, List<Map<String, Object>> rows) {
    Map<String, Integer> ends = new TreeMap<>();
    Map<String, Integer> causes = new TreeMap<>();
    for (Map<String, Object> row : rows) {
      String end = String.valueOf(row.get("receipt_end"));
      ends.merge(end, 1, Integer::sum);
      causes.merge(end + ": " + kind(String.valueOf(row.get("receipt_reason"))), 1, Integer::sum);
    }
    StringBuilder table = new StringBuilder();
    table.append("Totals of ").append(title).append(": ").append(rows.size()).append(" messages\n");
    ends.forEach((end, n) -> table.append(String.format("  %5d  %s%n", n, end)));
    table.append("by cause\n");
    causes.forEach((cause, n) -> table.append(String.format("  %5d  %s%n", n, cause)));
    System.out.print(table);
    return ends;
  }

  /**
   * "" if the sender asks for no answer (MSH-15, MSH-16): then the message after it is answered.
   */
  private static String answer(MllpSender sender, byte[] message) throws Exception {
    sender.send(message);
    String mark = "after-" + UUID.randomUUID();
    sender.send(Hospital.message("ADT^A03", mark, "EVN|A03"));
    byte[] answer = sender.answer();
    if (new String(answer, StandardCharsets.ISO_8859_1).contains("MSA|AA|" + mark)) {
      return "";
    }
    assertTrue(new String(sender.answer(), StandardCharsets.ISO_8859_1).contains(mark));
    return acknowledgement(answer);
  }

  /** MSA-1, whatever separator the sender declared. */
  private static String acknowledgement(byte[] answer) {
    for (String segment : new String(answer, StandardCharsets.ISO_8859_1).split("\r")) {
      if (segment.startsWith("MSA")) {
        return segment.substring(4, 6);
      }
    }
    throw new AssertionError("an answer without MSA");
  }

  /** Reasons that differ only in an id or a number are one. */
  private static String kind(String reason) {
    return reason
        .replaceAll("m-[0-9a-f-]{36}", "ID")
        .replaceAll("; understood are .*", "")
        .replaceAll("(?<=Num |Segment |field |identifiers lead to |: \\[)[\\d, ]+", "N");
  }

  private static void untilEnded() {
    Instant end = Instant.now().plus(LONGEST);
    while (house.ledger().count("select count(*) from message where receipt_end = ''") > 0) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("messages without an end\n" + house.ledger().describe());
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  private static List<Path> files(Path folder) throws Exception {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> path.toString().endsWith(".hl7")).sorted().toList();
    }
  }
}
