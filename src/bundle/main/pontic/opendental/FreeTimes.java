package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import pontic.lane.Asked;

/**
 * What {@code GET /appointments/Slots} offers of one operatory: whole open stretches by the
 * office's schedule (open-dental-api.md 2.2).
 */
final class FreeTimes {
  /** How many days from the wanted one on are asked for. */
  static final int DAYS = 14;

  /** The practice's default provider, for whom Slots answers if it is asked for nobody. */
  static final long DEFAULT = 0;

  /** So many are told; a person who wants more asks the office. */
  private static final int TOLD = 3;

  private static final DateTimeFormatter FROM = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");
  private static final DateTimeFormatter TO = DateTimeFormatter.ofPattern("HH:mm");

  private record Stretch(LocalDateTime start, LocalDateTime end) {
    static Stream<Stretch> of(JsonNode row) {
      Optional<LocalDateTime> end = Slot.time(row.path("DateTimeEnd"));
      return Slot.time(row.path("DateTimeStart")).stream()
          .flatMap(start -> end.stream().map(to -> new Stretch(start, to)));
    }
  }

  private final Slot wanted;
  private final long provider;
  private final int status;
  private final List<Stretch> stretches;

  /**
   * @param provider ProvNum of whom they are, or {@link #DEFAULT}
   */
  FreeTimes(Slot wanted, long provider, Asked slots) {
    this.wanted = wanted;
    this.provider = provider;
    this.status = slots.status();
    this.stretches =
        StreamSupport.stream(slots.answer().spliterator(), false)
            .filter(row -> row.path("OpNum").asLong() == wanted.operatory())
            .flatMap(Stretch::of)
            .sorted(Comparator.comparing(Stretch::start))
            .toList();
  }

  /** Whether the office says that the wanted time is none that it would give. */
  boolean refuses() {
    return status == 200
        && stretches.stream()
            .noneMatch(
                free ->
                    !free.start().isAfter(wanted.start()) && !free.end().isBefore(wanted.end()));
  }

  /** From the wanted time on, in words; no row of the office stands in them. */
  String words(ZoneId zone) {
    if (status != 200) {
      return "what is free there Open Dental did not say (HTTP " + status + ")" + whose();
    }
    List<Stretch> next =
        stretches.stream()
            .map(
                free ->
                    free.start().isBefore(wanted.start())
                        ? new Stretch(wanted.start(), free.end())
                        : free)
            .filter(free -> !free.end().isBefore(free.start().plusMinutes(wanted.minutes())))
            .limit(TOLD)
            .toList();
    return next.isEmpty()
        ? "Open Dental offers nothing so long there in the " + DAYS + " days from then" + whose()
        : next.stream()
            .map(free -> FROM.format(free.start()) + " to " + TO.format(free.end()))
            .collect(Collectors.joining(", ", "next free there: ", " (" + zone + ")" + whose()));
  }

  private String whose() {
    return ", for "
        + (provider == DEFAULT ? "the practice's default provider" : "ProvNum " + provider);
  }
}
