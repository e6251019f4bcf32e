package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.Head;

/**
 * Whether somebody works where and when a visit would stand, by the office's own schedule; nobody
 * knows whether the API refuses closed hours (decision 0397).
 */
final class OpenHours {
  static final String DAY = "schedules.day";
  static final String AROUND = "schedules.around";

  /** Schedules are listed from here on (open-dental-api.md 2.4). */
  private static final String SINCE = "22.1";

  /** An office that has none for so long before and after a day keeps none there. */
  private static final int DAYS = 7;

  private static final String PROVIDER = "Provider";

  private OpenHours() {}

  /**
   * What is known of a time that is not surely open.
   *
   * @param closed nobody works there then; else the office did not say
   * @param words for the receipt
   */
  record Look(boolean closed, String words) {}

  /** The stretch in which a provider works somewhere. */
  private record Stretch(LocalTime start, LocalTime end) {
    static Stream<Stretch> of(JsonNode block) {
      try {
        return Stream.of(
            new Stretch(
                LocalTime.parse(block.path("StartTime").asText()),
                LocalTime.parse(block.path("StopTime").asText())));
      } catch (DateTimeParseException e) {
        return Stream.empty();
      }
    }
  }

  /** What is to be read before {@link #look}; empty once all is. */
  static Optional<ApiRequest> next(Head head, Slot slot) {
    if (!Version.of(head).atLeast(SINCE)) {
      return Optional.empty();
    }
    LocalDate day = slot.start().toLocalDate();
    List<Asked> pages = read(head, DAY, day);
    Optional<Integer> page = Reads.nextPage(pages);
    if (page.isPresent()) {
      return Optional.of(Reads.workedOn(day, page.get()));
    }
    boolean isUnsure = Reads.gap(pages).isEmpty() && blocks(pages).isEmpty();
    return isUnsure && read(head, AROUND, day.minusDays(DAYS)).isEmpty()
        ? Optional.of(Reads.workedAround(day.minusDays(DAYS), day.plusDays(DAYS)))
        : Optional.empty();
  }

  /** Empty if somebody works there then, or if the office keeps no schedule about that day. */
  static Optional<Look> look(Head head, Slot slot) {
    if (!Version.of(head).atLeast(SINCE)) {
      return Optional.empty();
    }
    LocalDate day = slot.start().toLocalDate();
    List<Asked> pages = read(head, DAY, day);
    Optional<String> gap = Reads.gap(pages);
    List<JsonNode> blocks = blocks(pages);
    if (gap.isEmpty() && blocks.isEmpty()) {
      List<Asked> around = read(head, AROUND, day.minusDays(DAYS));
      boolean isAnswered = around.get(0).status() == 200;
      if (isAnswered && blocks(around).isEmpty()) {
        return Optional.empty();
      }
      gap = isAnswered ? gap : Reads.gap(around);
    }
    if (gap.isPresent()) {
      return Optional.of(
          new Look(
              false,
              "Open Dental did not say whether somebody works in operatory "
                  + slot.operatory()
                  + " at that time ("
                  + gap.get()
                  + ")"));
    }
    return isWorked(slot, blocks)
        ? Optional.empty()
        : Optional.of(
            new Look(
                true,
                "by the office's schedule nobody works in operatory "
                    + slot.operatory()
                    + " at that time"));
  }

  /** From its beginning to its end, be it in several stretches that meet. */
  private static boolean isWorked(Slot slot, List<JsonNode> blocks) {
    LocalDate day = slot.start().toLocalDate();
    if (!slot.lastDay().equals(day)) {
      return false;
    }
    LocalTime open = slot.start().toLocalTime();
    List<Stretch> stretches =
        blocks.stream()
            .filter(block -> isIn(block, slot.operatory()))
            .flatMap(Stretch::of)
            .sorted(Comparator.comparing(Stretch::start))
            .toList();
    for (Stretch stretch : stretches) {
      if (!stretch.start().isAfter(open) && stretch.end().isAfter(open)) {
        open = stretch.end();
      }
    }
    return !day.atTime(open).isBefore(slot.end());
  }

  /** A block that names no operatory may be in any. */
  private static boolean isIn(JsonNode block, long operatory) {
    String named = block.path("operatories").asText("");
    return named.isBlank()
        || Arrays.stream(named.split(","))
            .anyMatch(each -> each.strip().equals(Long.toString(operatory)));
  }

  /** When providers work; practice, employees and blockouts open nothing. */
  private static List<JsonNode> blocks(List<Asked> pages) {
    return Reads.rows(pages, "ScheduleNum").stream()
        .filter(row -> row.path("SchedType").asText().equals(PROVIDER))
        .toList();
  }

  private static List<Asked> read(Head head, String name, LocalDate first) {
    return head.reads(name).stream()
        .filter(read -> read.request().query().containsValue(first.toString()))
        .toList();
  }
}
