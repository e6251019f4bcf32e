package pontic.sandbox.demo;

import static pontic.sandbox.demo.Expect.check;
import static pontic.sandbox.demo.Expect.same;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import pontic.sandbox.hospital.MllpSender;

/** The hospital's interface engine: sends HL7 v2 to Pontic and asks what became of it. */
final class Engine {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int ANSWER_LIMIT = 60_000;

  private final Stage stage;

  Engine(Stage stage) {
    this.stage = stage;
  }

  MllpSender sender(String practice) throws IOException {
    return new MllpSender("127.0.0.1", stage.ports().mllp(practice), ANSWER_LIMIT);
  }

  /** Sends one message over a connection of its own; returns MSA-1. */
  String acknowledged(String practice, byte[] message) throws IOException {
    try (MllpSender sender = sender(practice)) {
      return field(sender.ask(message), "MSA", 1);
    }
  }

  static void accepted(byte[] answer) {
    same("answer", "AA", field(answer, "MSA", 1));
  }

  /** Code and words of the answer. */
  String nak(String practice, byte[] frame) throws IOException {
    try (MllpSender sender = sender(practice)) {
      byte[] answer = sender.ask(frame);
      return field(answer, "MSA", 1) + " \"" + field(answer, "ERR", 8).replace("\\S\\", "^") + "\"";
    }
  }

  private static String field(byte[] answer, String segment, int number) {
    for (String line : new String(answer, StandardCharsets.UTF_8).split("\r")) {
      String[] fields = line.split("\\|", -1);
      if (fields[0].equals(segment) && fields.length > number) {
        return fields[number];
      }
    }
    return "";
  }

  /** Waits until each of these has one end that is no duplicate; returns them in this order. */
  List<Receipt> ended(String practice, List<String> controlIds) {
    Set<String> wanted = new HashSet<>(controlIds);
    Map<String, Receipt> found = new LinkedHashMap<>();
    stage.until(
        controlIds.size() + " messages have their end",
        LIMIT,
        () -> {
          found.clear();
          for (Receipt receipt : stage.receipts(practice)) {
            if (wanted.contains(receipt.controlId())
                && !receipt.end().isEmpty()
                && !receipt.end().equals("duplicate of")) {
              Receipt other = found.put(receipt.controlId(), receipt);
              check("one end of " + receipt.controlId(), other == null, "two");
            }
          }
          return found.size() == wanted.size();
        },
        () ->
            found.size()
                + " ended, not: "
                + wanted.stream()
                    .filter(id -> !found.containsKey(id))
                    .sorted()
                    .limit(5)
                    .collect(Collectors.joining(", ")));
    return controlIds.stream().map(found::get).toList();
  }

  /** Receipts whose control id begins so, oldest first. */
  List<Receipt> starting(String practice, String prefix) {
    return stage.receipts(practice).stream()
        .filter(receipt -> receipt.controlId().startsWith(prefix))
        .sorted(Comparator.comparingLong(Receipt::sequence))
        .toList();
  }
}
