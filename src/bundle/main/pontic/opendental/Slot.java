package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Where and when a visit stands in the practice's book; the office's wall clock, from start up to
 * but without end.
 *
 * @param operatory OperatoryNum
 * @param providers ProvNums of dentist and hygienist, as far as they are said
 */
record Slot(LocalDateTime start, LocalDateTime end, long operatory, Set<Long> providers) {
  /** Pattern has a character for each so many minutes (open-dental-api.md 2.2). */
  private static final int MINUTES = 5;

  /** Of an appointment without a pattern. */
  private static final int USUAL_MINUTES = 20;

  /** The API cuts a pattern there; nothing that began earlier than so long before is under way. */
  private static final int LONGEST_MINUTES = 540;

  private static final DateTimeFormatter WALL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final List<String> FIELDS =
      List.of("AptDateTime", "Pattern", "Op", "ProvNum", "ProvHyg");

  Slot {
    providers = Set.copyOf(providers);
  }

  /**
   * Of a row of {@code /appointments}, or of what would be written to one; empty if it has no time
   * or no operatory.
   */
  static Optional<Slot> of(JsonNode row) {
    long operatory = row.path("Op").asLong();
    Optional<LocalDateTime> start = time(row.path("AptDateTime"));
    if (start.isEmpty() || operatory == 0 || start.get().getYear() <= 1) {
      return Optional.empty();
    }
    int signs = row.path("Pattern").asText("").length();
    return Optional.of(
        new Slot(
            start.get(),
            start.get().plusMinutes(signs == 0 ? USUAL_MINUTES : (long) signs * MINUTES),
            operatory,
            LongStream.of(row.path("ProvNum").asLong(), row.path("ProvHyg").asLong())
                .filter(provider -> provider != 0)
                .boxed()
                .collect(Collectors.toSet())));
  }

  /** A time as the API writes it; empty if it is none. */
  static Optional<LocalDateTime> time(JsonNode text) {
    try {
      return Optional.of(LocalDateTime.parse(text.asText(""), WALL));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** What of a row says its slot, for {@link #of} to read again. */
  static ObjectNode fields(JsonNode row) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    FIELDS.stream().filter(row::has).forEach(field -> fields.set(field, row.get(field)));
    return fields;
  }

  boolean meets(Slot other) {
    return start.isBefore(other.end) && other.start.isBefore(end);
  }

  /** Takes no time and no place that the other did not have. */
  boolean isWithin(Slot other) {
    return operatory == other.operatory && !start.isBefore(other.start) && !end.isAfter(other.end);
  }

  /** Days on which something begins that may be under way in this slot. */
  LocalDate firstDay() {
    return start.minusMinutes(LONGEST_MINUTES).toLocalDate();
  }

  LocalDate lastDay() {
    return end.minusNanos(1).toLocalDate();
  }

  long minutes() {
    return Duration.between(start, end).toMinutes();
  }
}
