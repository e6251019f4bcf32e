package pontic.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A record of the patient.
 *
 * @param number its place on the page, to be pointed to
 * @param zone the office's
 */
record Told(int number, JsonNode record, ZoneId zone) {
  private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

  /** Where a resource says when it was, by the parts of its paths. */
  private static final List<String> WHEN =
      List.of(
          "/effectiveDateTime",
          "/performedDateTime",
          "/performedPeriod/start",
          "/performedPeriod/end",
          "/period/start",
          "/start",
          "/authoredOn",
          "/onsetDateTime",
          "/recordedDate",
          "/sent",
          "/date",
          "/created",
          "/restriction/period/start",
          "/restriction/period/end",
          "/executionPeriod/start",
          "/planningHorizon/start",
          "/reaction/0/onset",
          "/period/end");

  JsonNode resource() {
    return record.path("resource");
  }

  String type() {
    return resource().path("resourceType").asText();
  }

  String kind() {
    return record.path("kind").asText();
  }

  String anchor() {
    return "r" + number;
  }

  /** {@code Type/id}, as others refer to it. */
  String reference() {
    return type() + "/" + resource().path("id").asText();
  }

  String text(String path) {
    return resource().at(path).asText();
  }

  Concept concept(String path) {
    return new Concept(resource().at(path));
  }

  boolean isWithdrawn() {
    return text("/status").equals("entered-in-error")
        || concept("/verificationStatus")
            .node()
            .findValuesAsText("code")
            .contains("entered-in-error");
  }

  /** When it was, as it is told; "" if it does not say. */
  private String told() {
    return WHEN.stream().map(this::text).filter(each -> !each.isEmpty()).findFirst().orElse("");
  }

  /** The day by the office's calendar; empty if it is not told, or no day. */
  Optional<LocalDate> day() {
    return Stream.of(told())
        .filter(each -> !each.isEmpty())
        .flatMap(each -> day(each).stream())
        .findFirst();
  }

  private Optional<LocalDate> day(String told) {
    try {
      return Optional.of(
          told.contains("T")
              ? LocalDate.ofInstant(instant(told), zone)
              : LocalDate.parse(
                  told.length() == 4 ? told + "-01-01" : told.length() == 7 ? told + "-01" : told));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Instant instant(String told) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(told, Instant::from);
  }

  /** The same in words, times by the office's clock. */
  String when() {
    return at(told());
  }

  String at(String told) {
    try {
      return told.contains("T") ? MINUTES.withZone(zone).format(instant(told)) : told;
    } catch (DateTimeException e) {
      return told;
    }
  }
}
