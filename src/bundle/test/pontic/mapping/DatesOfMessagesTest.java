package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import pontic.hl7.Hl7Json;

/**
 * Digits that look like a date and may be none: beside the patient they are left out and named, and
 * where the message cannot do without them it is refused by the name of their field (decision
 * 0425).
 */
final class DatesOfMessagesTest {
  private static final Mappings MAPPINGS = Mappings.load(Path.of("../../mappings"));
  private static final String PATIENT = "PID|1||1^^^LAKE^MR||One^Ann||%s|F\r";
  private static final String NAMED = "left out: %s (no date of the calendar)";

  @Provide
  static Arbitrary<String> stamps() {
    Arbitrary<String> day =
        Combinators.combine(
                Arbitraries.integers().between(1890, 2100),
                Arbitraries.integers().between(0, 13),
                Arbitraries.integers().between(0, 32))
            .as("%04d%02d%02d"::formatted);
    Arbitrary<String> time =
        Combinators.combine(
                Arbitraries.integers().between(0, 25), Arbitraries.integers().between(0, 61))
            .as("%02d%02d"::formatted);
    Arbitrary<String> offset =
        Combinators.combine(
                Arbitraries.of("+", "-"),
                Arbitraries.integers().between(0, 20),
                Arbitraries.of(0, 30, 59, 60))
            .as("%s%02d%02d"::formatted);
    return Combinators.combine(
            day,
            Arbitraries.oneOf(Arbitraries.just(""), time),
            Arbitraries.oneOf(Arbitraries.just(""), offset))
        .as((a, b, c) -> a + b + c);
  }

  @Property(tries = 2000)
  void noDateOfAnAllergyOrAResultHoldsUpAnUpdate(@ForAll("stamps") String stamp) {
    told(
        "hl7v2/adt",
        "ADT^A08",
        PATIENT.formatted("19840229")
            + "AL1|1|DA|7980^Penicillin^RXN|||"
            + stamp
            + "\rOBX|1|NM|1^Pulse^L||70|||||||||"
            + stamp
            + "\r",
        stamp,
        "AL1-6");
  }

  @Property(tries = 1000)
  void noDateOfADocumentHoldsItUp(@ForAll("stamps") String stamp) {
    told(
        "hl7v2/document",
        "MDM^T02",
        PATIENT.formatted("19840229") + "TXA|1|CN|TX|" + stamp + "\rOBX|1|TX|||Seen\r",
        stamp,
        "TXA-4");
  }

  @Property(tries = 1000)
  void aBirthDateIsReadOrTheMessageIsHeldByItsName(@ForAll("stamps") String stamp) {
    readOrNamed("hl7v2/adt", "ADT^A08", PATIENT.formatted(stamp), stamp, "PID-7");
  }

  @Property(tries = 1000)
  void aTimeOfAVisitIsReadOrTheMessageIsHeldByItsName(@ForAll("stamps") String stamp) {
    readOrNamed(
        "hl7v2/siu",
        "SIU^S12",
        "SCH|PL-1||||||||30|min|^^^" + stamp + "\r" + PATIENT.formatted("19840229"),
        stamp,
        "SCH-11.4");
  }

  /** What is no date is named; what is one stands in what comes out. */
  private static void told(
      String mapping, String type, String segments, String stamp, String field) {
    JsonNode bundle = map(mapping, type, segments);
    List<String> said =
        Stream.concat(Stream.of(""), bundle.findValuesAsText("diagnostics").stream()).toList();
    assertEquals(
        !isDate(stamp),
        said.contains(NAMED.formatted(field)),
        "of a stamp of " + stamp.length() + " characters");
    assertTrue(bundle.findValuesAsText("resourceType").contains("Patient"));
  }

  private static void readOrNamed(
      String mapping, String type, String segments, String stamp, String field) {
    try {
      map(mapping, type, segments);
      assertTrue(isDate(stamp), "no date of the calendar was read");
    } catch (MappingException e) {
      assertFalse(isDate(stamp), e.getMessage());
      assertTrue(e.getMessage().endsWith(": " + field), e.getMessage());
      assertFalse(e.getMessage().contains(stamp), "the reason tells what stands there");
    }
  }

  /** By the calendar of the language, not by our own reader of time stamps. */
  private static boolean isDate(String stamp) {
    try {
      LocalDate.of(number(stamp, 0, 4), number(stamp, 4, 6), number(stamp, 6, 8));
      int at = Math.max(stamp.indexOf('+'), stamp.indexOf('-'));
      int end = at < 0 ? stamp.length() : at;
      if (end > 8) {
        LocalTime.of(number(stamp, 8, 10), number(stamp, 10, 12));
      }
      if (at >= 0) {
        int minutes = number(stamp, at + 1, at + 3) * 60 + number(stamp, at + 3, at + 5);
        return number(stamp, at + 3, at + 5) < 60 && minutes <= 14 * 60;
      }
      return true;
    } catch (DateTimeException none) {
      return false;
    }
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text.substring(from, to));
  }

  private static JsonNode map(String mapping, String type, String segments) {
    String message =
        "MSH|^~\\&|ADT|LAKESIDE|PONTIC|ELM|20260302||" + type + "|1|P|2.5\r" + segments;
    return MAPPINGS
        .mapper(mapping)
        .map(
            new Hl7Json().parse(message.getBytes(StandardCharsets.UTF_8)),
            Map.of(
                "zone",
                TextNode.valueOf("America/New_York"),
                "practice",
                TextNode.valueOf("elm"),
                "sender",
                TextNode.valueOf("ADT|LAKESIDE")));
  }
}
