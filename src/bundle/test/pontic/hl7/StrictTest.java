package pontic.hl7;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.model.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.mapping.Golden;

/** What goes out is read by another's parser, as strictly as it can. */
class StrictTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "hl7-out.md");

  static List<Golden> outgoing() {
    return Golden.all().stream().filter(golden -> golden.mapping().endsWith("-out")).toList();
  }

  @ParameterizedTest
  @MethodSource("outgoing")
  void anothersParserTakesEachMessageAsTheStructureThatItNames(Golden golden) throws Exception {
    String text = Files.readString(golden.folder().resolve("expected.hl7")).replace('\n', '\r');
    Message message = Strictly.parsed(text);
    List<String> type = List.of(text.substring(0, text.indexOf('\r')).split("\\|")[8].split("\\^"));
    assertEquals(
        type.size() > 2 ? type.get(2) : message.getName(), message.getName(), "MSH-9 names it");
  }

  /** What is longer than the table of 2.5.1 says goes whole (decision 0332). */
  @Test
  void thePageNamesTheFieldsThatAreEverLongerThanTheStandardsTable() throws Exception {
    Map<String, Integer> found = new TreeMap<>();
    for (Golden golden : outgoing()) {
      String text = Files.readString(golden.folder().resolve("expected.hl7")).replace('\n', '\r');
      Message message = Strictly.parsed(text);
      if (message.getVersion().equals("2.5.1")) {
        found.putAll(Strictly.tooLong(message));
      }
    }
    Map<String, Integer> told = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.matches("[|] `[A-Z][A-Z0-9]{2}-[0-9]+` [|] [0-9]+ [|] \\S.* [|]")) {
        List<String> cells = List.of(line.split(" *[|] *", -1));
        told.put(cells.get(1).replace("`", ""), Integer.valueOf(cells.get(2)));
      }
    }
    assertEquals(told, found);
  }

  @Test
  void lengthsAreThoseOfTheTable() throws Exception {
    String right =
        "MSH|^~\\&|A|B|C|D|20260101000000||ADT^A28^ADT_A05|1|P|2.5.1\rEVN||20260101000000\r"
            + "PID|1||12^^^A||X^Y\rPV1|1|N\rAL1|1|DA|1^X||REACTION\r";
    assertEquals(Map.of(), Strictly.tooLong(Strictly.parsed(right)));
    assertEquals(
        Map.of("AL1-5", 15),
        Strictly.tooLong(Strictly.parsed(right.replace("REACTION", "Z".repeat(16)))));
    assertEquals(
        Map.of("PID-5", 250),
        Strictly.tooLong(
            Strictly.parsed(right.replace("X^Y", "Z".repeat(100) + "^" + "Z".repeat(150)))));
  }

  @Test
  void itIsStrict() throws Exception {
    String right =
        "MSH|^~\\&|A|B|C|D|20260101000000||ADT^A28^ADT_A05|1|P|2.5.1\rEVN||20260101000000\r"
            + "PID|1||12^^^A||X^Y\rPV1|1|N\rAL1|1|DA|1^X\r";
    assertEquals("ADT_A05", Strictly.parsed(right).getName());
    for (String wrong :
        List.of(
            right.replace("AL1|1|DA|1^X", "AL1|1|DA"),
            right.replace("PID|1||12^^^A|", "PID|1|||"),
            right.replace("PV1|1|N\r", ""),
            right + "PD1||||\r",
            right + "ZZZ|1\r",
            right.replace("EVN||2026", "EVN||x2026"),
            right.replace("AL1|1|DA", "AL1|1|DA~DA"))) {
      assertThrows(HL7Exception.class, () -> Strictly.parsed(wrong), wrong);
    }
  }
}
