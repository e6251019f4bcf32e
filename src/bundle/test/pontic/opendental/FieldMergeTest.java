package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pontic.mapping.Ownership;
import pontic.mapping.Ownership.Field;
import pontic.mapping.Ownership.Owner;

final class FieldMergeTest {
  private static final Ownership OWNERSHIP =
      new Ownership(
          Map.of(
              "HmPhone", new Field(Owner.SHARED, "both keep it"),
              "AptDateTime", new Field(Owner.SENDER, "the sender books"),
              "BillingType", new Field(Owner.OFFICE, "the office bills")));

  /** The API tells each break of a line as a space of its own. */
  @Test
  void aTextOfManyLinesIsItsOwnRow() {
    for (String said :
        List.of(
            "one\n\ntwo", "one \ntwo", "one\r\n \r\ntwo", "one\r\rtwo\n", "one\ttwo", "one  two")) {
      for (String told :
          List.of(
              said,
              said.replace("\r\n", " ").replace('\r', ' ').replace('\n', ' '),
              said.replaceAll("[\r\n]", " "),
              "one two")) {
        assertEquals(text(said), text(told), said);
        assertTrue(merge("Note", said, Optional.empty(), told).changes().isEmpty(), said);
      }
    }
    assertNotEquals(text("one\n\ntwo"), text("onetwo"));
    assertNotEquals(text("one\u00a0two"), text("one two"), "to MariaDB they are two names");
  }

  private static String text(String value) {
    return FieldMerge.text(JsonNodeFactory.instance.textNode(value));
  }

  @Test
  void aRepeatedWordDoesNotUndoWhatTheOfficeChangedSince() {
    FieldMerge merge = merge("HmPhone", "1", Optional.of("1"), "2");
    assertTrue(merge.changes().isEmpty());
  }

  @Test
  void aNewWordOfTheSenderIsWritten() {
    assertEquals(
        "3", merge("HmPhone", "3", Optional.of("1"), "1").changes().path("HmPhone").asText());
  }

  @Test
  void aChangeOnBothSidesTakesTheMessageAndSaysSo() {
    FieldMerge merge = merge("HmPhone", "3", Optional.of("1"), "2");
    assertEquals("3", merge.changes().path("HmPhone").asText());
    assertEquals(1, merge.warnings().size());
  }

  @Test
  void aChangeOnBothSidesLeavesTheOfficesWhereItsWordIsKnownToBeTheLater() {
    for (String field : List.of("HmPhone", "AptDateTime")) {
      FieldMerge merge = merge(field, "3", Optional.of("1"), "2", "2026-11-20 15:00:00");
      assertTrue(merge.changes().isEmpty(), field);
      assertEquals(
          List.of(
              field
                  + " was changed on both sides; the office changed the row after this message had come, so its word stands"),
          merge.warnings());
    }
  }

  @Test
  void whatSaysOneThingTogetherIsTheOfficesAsAWhole() {
    assertEquals(
        List.of("Op goes with what the office changed after this message had come, and was left"),
        besides("AptDateTime", "Op"));
    assertEquals(
        List.of("City goes with what the office changed after this message had come, and was left"),
        besides("Address", "City"));
    assertEquals(List.of(), besides("AptDateTime", "Pattern"));
  }

  /** Warnings about a field that the sender changed, beside one that the office changed later. */
  private static List<String> besides(String offices, String other) {
    ObjectNode row = one(offices, "2").put(other, "1").put("DateTStamp", "2026-11-20 15:00:00");
    FieldMerge merge =
        FieldMerge.of(
            one(offices, "3").put(other, "3"),
            Optional.of(one(offices, "1").put(other, "1")),
            row,
            name -> Owner.SHARED,
            wrote(0),
            laterThan(row),
            7);
    assertEquals(other.equals("Pattern"), merge.changes().has(other));
    return merge.warnings().stream().filter(each -> !each.startsWith(offices)).toList();
  }

  @Test
  void theMessagesWordIsCalledTheNewerOnlyWhereTheRowIsKnownToBeOlder() {
    FieldMerge newer = merge("HmPhone", "3", Optional.of("1"), "2", "2026-11-20 08:00:00");
    assertEquals("3", newer.changes().path("HmPhone").asText());
    assertEquals(
        List.of("HmPhone was changed on both sides; the newer word, the message's, was taken"),
        newer.warnings());
    FieldMerge unknown = merge("HmPhone", "3", Optional.of("1"), "2", "");
    assertEquals("3", unknown.changes().path("HmPhone").asText());
    assertEquals(
        List.of("HmPhone was changed on both sides; the message's word was taken"),
        unknown.warnings());
  }

  @Test
  void whatOnlyTheSenderChangedIsWrittenHoweverLateTheRowWasTouched() {
    FieldMerge merge = merge("HmPhone", "3", Optional.of("1"), "1", "2026-11-20 15:00:00");
    assertEquals("3", merge.changes().path("HmPhone").asText());
    assertTrue(merge.warnings().isEmpty());
  }

  @Test
  void aSenderThatNeverSetAFieldFillsItOnlyIfItIsEmpty() {
    assertEquals(
        "3", merge("HmPhone", "3", Optional.empty(), "").changes().path("HmPhone").asText());
    FieldMerge left = merge("HmPhone", "3", Optional.empty(), "2");
    assertTrue(left.changes().isEmpty());
    assertEquals(1, left.warnings().size());
  }

  @Test
  void theOfficesOwnFieldIsNeverWritten() {
    assertTrue(merge("BillingType", "x", Optional.of("y"), "y").changes().isEmpty());
  }

  @Test
  void theSendersOwnFieldIsWrittenWithoutAWord() {
    FieldMerge merge =
        merge("AptDateTime", "2027-01-01 10:00:00", Optional.empty(), "2027-01-01 09:00:00");
    assertEquals("2027-01-01 10:00:00", merge.changes().path("AptDateTime").asText());
    assertTrue(merge.warnings().isEmpty());
  }

  @Test
  void numbersThatTheApiQuotesAreEqualToNumbers() {
    ObjectNode now = JsonNodeFactory.instance.objectNode().put("AptDateTime", 5);
    ObjectNode current = JsonNodeFactory.instance.objectNode().put("AptDateTime", "5");
    assertTrue(
        FieldMerge.of(
                now,
                Optional.empty(),
                current,
                field -> OWNERSHIP.of("", field),
                wrote(0),
                Later.UNKNOWN,
                1)
            .changes()
            .isEmpty());
  }

  private static FieldMerge merge(String field, String now, Optional<String> last, String current) {
    return FieldMerge.of(
        one(field, now),
        last.map(value -> one(field, value)),
        one(field, current),
        name -> OWNERSHIP.of("", name),
        wrote(0),
        Later.UNKNOWN,
        1);
  }

  /** The message was accepted at nine, the row was last changed at a time, and now it is five. */
  private static FieldMerge merge(
      String field, String now, Optional<String> last, String current, String stamp) {
    ObjectNode row = one(field, current).put("DateTStamp", stamp);
    return FieldMerge.of(
        one(field, now),
        last.map(value -> one(field, value)),
        row,
        name -> OWNERSHIP.of("", name),
        wrote(0),
        laterThan(row),
        7);
  }

  private static Later laterThan(ObjectNode row) {
    return new Later(
        Map.of(7L, Instant.parse("2026-11-20T09:00:00Z")),
        List.of(row),
        List.of(),
        ZoneOffset.UTC,
        Instant.parse("2026-11-20T17:00:00Z"));
  }

  private static ObjectNode one(String field, String value) {
    return JsonNodeFactory.instance.objectNode().put(field, value);
  }

  @Test
  void aValueThatWasWrittenThreeTimesAndNeverStandsIsLeftAndTheRestGoesOn() {
    JsonNode now = one("HmPhone", "3").put("AptDateTime", "2027-01-01 10:00:00");
    JsonNode current = one("HmPhone", "2").put("AptDateTime", "2027-01-01 09:00:00");
    FieldMerge merge =
        FieldMerge.of(
            now,
            Optional.of(one("HmPhone", "2")),
            current,
            f -> OWNERSHIP.of("", f),
            wrote(3),
            Later.UNKNOWN,
            1);
    assertEquals(List.of("AptDateTime"), List.copyOf(names(merge.changes())));
    assertEquals(List.of("HmPhone"), merge.flipping());
    assertTrue(merge.warnings().get(0).startsWith("HmPhone was left: "), "" + merge.warnings());
    assertEquals(
        List.of("HmPhone", "AptDateTime"),
        List.copyOf(
            names(
                FieldMerge.of(
                        now,
                        Optional.of(one("HmPhone", "2")),
                        current,
                        f -> OWNERSHIP.of("", f),
                        wrote(2),
                        Later.UNKNOWN,
                        1)
                    .changes())));
  }

  private static List<String> names(JsonNode fields) {
    return fields.properties().stream().map(Map.Entry::getKey).toList();
  }

  /** The phone 3 so often, and others between. */
  private static Flipping wrote(int times) {
    List<JsonNode> written = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      written.add(one("HmPhone", "3"));
      written.add(one("HmPhone", "2"));
    }
    return new Flipping(written, new Ownership.Flips(3, Duration.ofHours(24)));
  }
}
