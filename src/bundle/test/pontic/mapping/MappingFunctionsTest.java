package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.schibsted.spt.data.jslt.Parser;
import java.io.StringReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappingFunctionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "local-to-instant(\"2026-03-09 09:30:00\", \"America/New_York\")|2026-03-09T13:30:00Z",
        "local-to-instant(\"2026-03-08 02:30:00\", \"America/New_York\")|2026-03-08T07:30:00Z",
        "local-to-instant(\"2026-11-01 01:30:00\", \"America/New_York\")|2026-11-01T05:30:00Z",
        "instant-to-local(\"2026-03-09T13:30:00Z\", \"America/Denver\")|2026-03-09 07:30:00",
        "instant-to-local(\"2026-03-09T13:30:00.250+02:00\", \"UTC\")|2026-03-09 11:30:00",
        "hl7-to-date(\"2026\")|2026",
        "hl7-to-date(\"202603\")|2026-03",
        "hl7-to-date(\"20260309133000.1234-0500\")|2026-03-09",
        "hl7-to-datetime(\"202603\", \"America/New_York\")|2026-03",
        "hl7-to-datetime(\"2026030913\", \"America/New_York\")|2026-03-09T13:00:00-04:00",
        "hl7-to-datetime(\"202603091330+0215\", \"America/New_York\")|2026-03-09T13:30:00+02:15",
        "hl7-to-instant(\"202603091330\", \"America/New_York\")|2026-03-09T17:30:00Z",
        "hl7-to-instant(\"20260309133059-0100\", \"America/New_York\")|2026-03-09T14:30:59Z",
        "hl7-readable(\"20260228\")|20260228",
        "hl7-readable(\"20260231\")|null",
        "hl7-readable(\"20190931\")|null",
        "hl7-readable(\"202603091330+1900\")|null",
        "hl7-readable(\"202603091330-1401\")|null",
        "hl7-readable(\"202603091330+1400\")|202603091330+1400",
        "hl7-readable(\"March\")|null",
        "hl7-to-instant(\"99991231233000\", \"America/New_York\")|null",
        "practice-day(\"2026-03-10\", \"America/Chicago\")|2026-03-10",
        "practice-day(\"2026-03-10T01:30:00Z\", \"America/Chicago\")|2026-03-09",
        "practice-day(\"2026-03-10T00:00:00Z\", \"America/Chicago\")|2026-03-10",
        "practice-day(\"2026-03-10T00:00:00.000+00:00\", \"America/Chicago\")|2026-03-10",
        "practice-day(\"2026-03-10T00:00:00+01:00\", \"America/Chicago\")|2026-03-09",
        "practice-day(\"2026-03-10T23:30:00.125-05:00\", \"America/Chicago\")|2026-03-10",
        "practice-day(\"2026-03-10T23:30:00\", \"America/Chicago\")|2026-03-10",
        "practice-day(\"2026-03\", \"America/Chicago\")|null",
        "practice-day(\"2026\", \"America/Chicago\")|null",
        "practice-day(\"2026-02-31\", \"America/Chicago\")|null",
        "practice-day(\"some day\", \"America/Chicago\")|null",
        "add-minutes(\"2026-03-09T13:30:00Z\", 45)|2026-03-09T14:15:00Z",
        "minutes-between(\"2026-03-09T13:30:00Z\", \"2026-03-09T09:15:00-05:00\")|45",
        "format-date(\"2026-03-09\", \"MM/dd/yyyy\")|03/09/2026",
        "digits(\"+1 (740) 555\")|1740555",
        "us-phone(\"+1 740.555.0101\")|(740)555-0101",
        "us-phone(\"740-555-0103 x12\")|740-555-0103 x12",
        "us-phone(\"+36 1 555 0101\")|+36 1 555 0101",
        "urn-part(\"A B/Ü\")|A%20B%2F%C3%9C",
        "minutes-to-pattern(20)|/XX/",
        "minutes-to-pattern(5)|X",
        "minutes-to-pattern(11)|/X/",
        "pattern-to-minutes(\"/XX/\")|20",
        "number-to-text(3)|3",
        "number-to-text(0.0005)|0.0005",
        "number-to-text(12000000.0)|12000000",
        "text-to-base64(\"Zähne\")|WsOkaG5l",
        "base64-to-base64(\"WsOk aG5l\")|WsOkaG5l",
        "base64-to-base64(\"%%%\")|null",
        "base64-to-base64(\"\")|null"
      },
      quoteCharacter = '\u0007')
  void aFunctionGives(String call, String expected) {
    assertEquals(expected, run(call).asText());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hl7-to-date(\"20260230\")",
        "hl7-to-date(\"00000000\")",
        "hl7-to-date(\"March\")",
        "hl7-to-instant(\"202603092530\", \"UTC\")",
        "hl7-to-instant(\"202603091330\", \"Mars/Base\")",
        "hl7-to-instant(\"202603091330+1900\", \"UTC\")",
        "practice-day(\"2026-03-10\", \"Mars/Base\")",
        "local-to-instant(\"soon\", \"UTC\")",
        "minutes-to-pattern(541)",
        "minutes-to-pattern(0)",
        "format-date(\"2026-03-09\", \"bbb\")",
        "hl7-to-date([1])",
        "code(\"none-such\", \"a\")"
      })
  void whatCannotBeReadIsRefused(String call) {
    assertThrows(MappingException.class, () -> run(call));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hl7-to-date(null)",
        "digits(null)",
        "digits(\"none\")",
        "us-phone(null)",
        "minutes-to-pattern(null)",
        "hl7-to-instant(\"20260309\", \"UTC\")",
        "local-to-instant(\"0001-01-01 00:00:00\", \"UTC\")",
        "local-to-instant(\"9999-12-31 23:00:00\", \"America/New_York\")",
        "add-minutes(\"9999-12-31T23:50:00Z\", 15)"
      })
  void nothingStaysNothing(String call) {
    assertEquals(NullNode.instance, run(call));
  }

  @Test
  void everyPatternGivesItsMinutesBack() {
    for (int minutes = 5; minutes <= 540; minutes += 5) {
      assertEquals(minutes, run("pattern-to-minutes(minutes-to-pattern(" + minutes + "))").asInt());
    }
  }

  @Test
  void aMessageIsCutWhereASegmentBeginsAndItsPartsCanBeCutAgain() {
    String message =
        """
        {"OBR": [{"1": 1}, {"1": 2}], "NTE": [{"3": "a"}, {"3": "b"}, {"3": "c"}, {"3": "d"}],
         "OBX": [{"5": "x"}, {"5": "y"}], "PV1": [{}],
         "segments": ["NTE", "OBR", "NTE", "OBX", "NTE", "PV1", "NTE", "OBR", "OBX"]}
        """;
    String orders = "hl7-split(" + message + ", \"OBR\")";
    assertEquals("[{\"3\":\"a\"}]", run(orders + ".head.NTE").toString());
    assertEquals("[1,2]", run("[for (" + orders + ".groups) .OBR[0].\"1\"]").toString());
    assertEquals("[{\"3\":\"b\"}]", run(orders + ".groups[0].notes").toString());
    String results = "hl7-split(" + orders + ".groups[0], \"OBX\")";
    assertEquals("[{\"3\":\"c\"}]", run(results + ".groups[0].notes").toString());
    assertEquals("[{\"3\":\"c\"},{\"3\":\"d\"}]", run(results + ".groups[0].NTE").toString());
    assertEquals("[{\"5\":\"y\"}]", run(orders + ".groups[1].OBX").toString());
    assertThrows(MappingException.class, () -> run("hl7-split(\"text\", \"OBR\")"));
  }

  private static JsonNode run(String call) {
    return new Parser(new StringReader(call))
        .withFunctions(new MappingFunctions(new UnderWay()).all())
        .compile()
        .apply(NullNode.instance);
  }
}
