package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.Planner;
import pontic.lane.Purpose;

/**
 * Looks at the practice's book right before a visit gets its time and again after, since the desk
 * can book in the second between; nobody knows whether the API refuses an overlap (decisions 0347
 * and 0417).
 */
final class SlotLook {
  private static final String DAY = "appointments.day";
  private static final String FREE = "appointments.slots";

  /** In the baseline of a write that gives a visit its time: what says where it then stands. */
  private static final String SLOT = "slot";

  /** And, of one that moves a visit, where it stood before. */
  private static final String WAS = "was";

  /** And what is to be said of it since nobody works there then. */
  private static final String HOURS = "hours";

  private static final String PROVIDER = "PriProv";
  private static final String PATIENT = "PatNum";

  /** In the baseline of a write that makes a visit: what its note bears. */
  private static final String MARKER = "marker";

  private static final String OF_PATIENT = "appointments.search";

  /** What takes up its time; the others stand in no column of the book or beside it. */
  private static final Set<String> OCCUPIES = Set.of("Scheduled", "Complete", "ASAP");

  /** Lists take an operatory from here on (open-dental-api.md 2.2). */
  private static final String BY_OPERATORY = "23.2.27";

  /** Slots take an operatory from here on (open-dental-api.md 2.2). */
  private static final String SLOTS_BY_OPERATORY = "22.1";

  /** Answers in unknown words after which the book is asked whether the time is to blame. */
  private static final int UNEXPLAINED = 2;

  private final Function<String, OfficeTerms> offices;
  private final Gate gate;
  private final Answers answers;

  SlotLook(Function<String, OfficeTerms> offices, Gate gate, Answers answers) {
    this.offices = offices;
    this.gate = gate;
    this.answers = answers;
  }

  /**
   * Writes what gives a visit its time, if nobody else has it and the practice wants it at that
   * time.
   *
   * @param after the row as it would stand
   * @param before the row as it stands; missing if it is new
   */
  Decision write(
      Head head, ApiRequest request, ObjectNode baseline, JsonNode after, JsonNode before) {
    Optional<Slot> wanted = Slot.of(after);
    if (wanted.isEmpty()) {
      return gate.write(head, request, baseline);
    }
    Optional<Slot> stands = Optional.of(before).filter(SlotLook::occupies).flatMap(Slot::of);
    baseline.set(SLOT, Slot.fields(after));
    if (stands.isPresent()) {
      baseline.set(WAS, Slot.fields(before));
    }
    Decision first = gate.write(head, request, baseline);
    if (!(first instanceof Decision.Write)) {
      return first;
    }
    Slot slot = wanted.get();
    // What stands at such a time already the office has wanted so.
    Optional<Decision> hours =
        stands.filter(slot::isWithin).isPresent() ? Optional.empty() : hours(head, slot, baseline);
    if (hours.isPresent()) {
      return hours.get();
    }
    Decision write = gate.write(head, request, baseline);
    boolean unexplained = unexplained(head, request.name()) >= UNEXPLAINED;
    OfficeTerms office = office(head);
    if (office.doubleBooking() == OfficeTerms.DoubleBooking.TELL && !unexplained) {
      return write;
    }
    List<Asked> pages = head.reads(DAY);
    Optional<Decision> more = more(head, slot, pages);
    if (more.isPresent()) {
      return more.get();
    }
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      return new Decision.Hold(
          "Open Dental answered the look for other appointments at that time with " + gap.get(),
          List.of());
    }
    // It came late, after the patient's own appointments had been read.
    Optional<JsonNode> made =
        Reads.rows(pages, "AptNum").stream().filter(row -> bears(row, baseline)).findFirst();
    if (made.isPresent()) {
      return new Decision.Booked(made.get().path("AptNum").asLong());
    }
    // What it overlapped already the office has wanted so.
    List<JsonNode> others =
        others(head, pages, slot, before.path("AptNum").asLong())
            .filter(row -> stands.filter(was -> meets(head, was, row)).isEmpty())
            .toList();
    boolean own = stands.filter(slot::meets).isPresent();
    if (others.isEmpty() && (!unexplained || own)) {
      return write;
    }
    Optional<Decision> unasked = askFree(head, slot);
    if (unasked.isPresent()) {
      return unasked.get();
    }
    if (others.isEmpty() && !refuses(head, slot)) {
      return write;
    }
    String reason =
        (others.isEmpty()
                ? "slot not free: Open Dental did not take "
                    + request.name()
                    + " and does not offer operatory "
                    + slot.operatory()
                    + " at that time (closed, blocked or hidden)"
                : "slot taken: " + taken(head, slot, others))
            + "; "
            + offered(head, slot);
    return office.doubleBooking() == OfficeTerms.DoubleBooking.REFUSE || head.work().isRequest()
        ? new Decision.Refuse(reason)
        : new Decision.Hold(reason, List.of());
  }

  /**
   * What is to be done first where nobody works at that time; what is written all the same is told
   * by {@link #ended}.
   */
  private Optional<Decision> hours(Head head, Slot slot, ObjectNode baseline) {
    Optional<ApiRequest> unread = OpenHours.next(head, slot);
    if (unread.isPresent()) {
      return Optional.of(new Decision.Ask(unread.get()));
    }
    Optional<OpenHours.Look> look = OpenHours.look(head, slot);
    if (look.filter(OpenHours.Look::closed).isPresent() && office(head).refusesClosed()) {
      Optional<Decision> unasked = askFree(head, slot);
      return unasked.isPresent()
          ? unasked
          : Optional.of(
              new Decision.Refuse(
                  "slot closed: " + look.get().words() + "; " + offered(head, slot)));
    }
    look.ifPresent(
        each ->
            baseline.put(
                HOURS,
                each.closed() ? "outside of the office's hours: " + each.words() : each.words()));
    return Optional.empty();
  }

  /** Looks again once what gave a visit its time has landed. */
  Decision ended(Head head, Decision.Done ended) {
    Optional<Asked> placed = last(head, CallState.LANDED);
    if (placed.isEmpty()) {
      return ended;
    }
    String hours = placed.get().baseline().path(HOURS).asText();
    Decision.Done told = hours.isEmpty() ? ended : ended.with(hours);
    Slot slot = Slot.of(placed.get().baseline().path(SLOT)).orElseThrow();
    List<Asked> pages = head.reads(DAY);
    Optional<Decision> more = more(head, slot, pages);
    if (more.isPresent()) {
      return more.get();
    }
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      return told.with(
          "Open Dental did not say, after it was written, whether another appointment stands at that time ("
              + gap.get()
              + ")");
    }
    Elsewhere elsewhere = elsewhere(head, placed.get(), pages);
    if (elsewhere.unread().isPresent()) {
      return elsewhere.unread().get();
    }
    long aptNum = told.keys().getOrDefault("AptNum", 0L);
    // The desk may have moved or broken it in the meantime.
    Optional<Slot> stands =
        Reads.rows(pages, "AptNum").stream()
            .filter(row -> row.path("AptNum").asLong() == aptNum && occupies(row))
            .findFirst()
            .flatMap(Slot::of);
    Optional<Slot> stood = stood(head);
    List<JsonNode> others =
        stands.stream()
            .flatMap(now -> others(head, pages, now, aptNum))
            .filter(row -> !bears(row, placed.get().baseline()))
            .filter(row -> stood.filter(was -> meets(head, was, row)).isEmpty())
            .toList();
    Decision.Done done =
        stands
            .flatMap(
                now ->
                    elsewhere.said(
                        row ->
                            row.path("AptNum").asLong() != aptNum
                                && !bears(row, placed.get().baseline())
                                && (!meets(head, now, row) || isOurs(head, row))
                                && isAtTheTimeOf(now, row)
                                && stood.filter(was -> isAtTheTimeOf(was, row)).isEmpty()))
            .map(told::with)
            .orElse(told);
    if (others.isEmpty()) {
      return done;
    }
    Slot now = stands.orElseThrow();
    Optional<Decision> unasked = askFree(head, now);
    if (unasked.isPresent()) {
      return unasked.get();
    }
    return done.doublyBooked(
        "landed as AptNum "
            + aptNum
            + ", but doubly booked: "
            + taken(head, now, others)
            + "; "
            + offered(head, now),
        office(head).doubleBooking() != OfficeTerms.DoubleBooking.TELL);
  }

  /** With what is free, if the API refused a time that somebody else has. */
  Decision refused(Head head, Decision refusal) {
    Optional<Asked> call = last(head, CallState.REFUSED);
    if (call.isEmpty() || !(refusal instanceof Decision.Refuse refuse)) {
      return refusal;
    }
    Slot slot = Slot.of(call.get().baseline().path(SLOT)).orElseThrow();
    // What was read before it was sent showed nobody.
    List<Asked> pages =
        head.reads(DAY).stream().filter(read -> read.ordinal() > call.get().ordinal()).toList();
    Optional<Decision> more = more(head, slot, pages);
    if (more.isPresent()) {
      return more.get();
    }
    List<JsonNode> others =
        others(head, pages, slot, head.booking().orElseThrow().aptNum()).toList();
    if (others.isEmpty()) {
      return refusal;
    }
    return askFree(head, slot)
        .orElseGet(
            () ->
                new Decision.Refuse(
                    refuse.reason()
                        + "; "
                        + taken(head, slot, others)
                        + "; "
                        + offered(head, slot)));
  }

  private static Optional<Asked> last(Head head, CallState state) {
    return head.calls().stream()
        .filter(call -> call.is(Purpose.CALL, state) && call.baseline().has(SLOT))
        .reduce((older, newer) -> newer);
  }

  /** That the office was away says nothing about the time. */
  private long unexplained(Head head, String write) {
    return head.calls().stream()
        .filter(call -> call.name().equals(write) && call.is(Purpose.CALL, CallState.NOT_LANDED))
        .filter(call -> call.status() / 100 == 4)
        .filter(
            call -> answers.meaning(call.status(), call.answer()) != Planner.Meaning.OFFICE_AWAY)
        .count();
  }

  private Optional<Decision> more(Head head, Slot slot, List<Asked> pages) {
    OptionalLong operatory =
        readsEveryOperatory(head) ? OptionalLong.empty() : OptionalLong.of(slot.operatory());
    return Reads.nextPage(pages)
        .map(
            page ->
                new Decision.Ask(
                    Reads.appointmentsBetween(slot.firstDay(), slot.lastDay(), operatory, page)));
  }

  /** Others are of interest where a provider is to be in one at a time. */
  private boolean readsEveryOperatory(Head head) {
    return office(head).sameProvider() || !Version.of(head).atLeast(BY_OPERATORY);
  }

  /**
   * Appointments of the same patient, in whatever operatory.
   *
   * @param unread what is to be read first
   * @param gap why they are not known
   */
  private record Elsewhere(List<JsonNode> rows, Optional<Decision> unread, Optional<String> gap) {

    /**
     * A hygienist and a dentist may well have one patient on one morning, and who shifts two of his
     * visits does so one by one: it is told, no more.
     */
    Optional<String> said(Predicate<JsonNode> concerns) {
      return gap.or(
          () ->
              rows.stream()
                  .filter(SlotLook::occupies)
                  .filter(concerns)
                  .findFirst()
                  .map(
                      row ->
                          "the patient is in two places at that time: AptNum "
                              + row.path("AptNum").asLong()
                              + " stands in operatory "
                              + row.path("Op").asLong()));
    }
  }

  /** As the look shows them, or as they were read right before the write, or now. */
  private Elsewhere elsewhere(Head head, Asked placed, List<Asked> day) {
    if (readsEveryOperatory(head)) {
      List<JsonNode> own =
          Reads.rows(day, "AptNum").stream().filter(row -> isOfPatient(head, row)).toList();
      return new Elsewhere(own, Optional.empty(), Optional.empty());
    }
    List<Asked> before =
        head.calls().stream()
            .filter(call -> call.name().equals(OF_PATIENT) && call.cycle() == placed.cycle())
            .filter(call -> call.is(Purpose.PLAN, CallState.ANSWERED))
            .toList();
    List<Asked> pages = before.isEmpty() ? head.reads(OF_PATIENT) : before;
    long patNum = head.person().orElseThrow().patNum();
    return new Elsewhere(
        Reads.rows(pages, "AptNum"),
        Reads.nextPage(pages).map(page -> new Decision.Ask(Reads.appointmentsOf(patNum, page))),
        pages.isEmpty()
            ? Optional.empty()
            : Reads.gap(pages)
                .map(
                    why ->
                        "Open Dental did not say whether the patient is elsewhere at that time ("
                            + why
                            + ")"));
  }

  private static boolean isAtTheTimeOf(Slot slot, JsonNode row) {
    return Slot.of(row).filter(slot::meets).isPresent();
  }

  private static boolean isOfPatient(Head head, JsonNode row) {
    return row.path(PATIENT).asLong() == head.person().orElseThrow().patNum();
  }

  /**
   * Whether a row is what this write makes: it did so late, or twice, which is looked for apart.
   */
  private static boolean bears(JsonNode row, JsonNode baseline) {
    String marker = baseline.path(MARKER).asText();
    return !marker.isEmpty() && row.path("Note").asText().contains(marker);
  }

  /** Where the visit stood before its sender's word; empty if it had no time. */
  private static Optional<Slot> stood(Head head) {
    return head.calls().stream()
        .filter(call -> call.is(Purpose.CALL, CallState.LANDED) && call.baseline().has(SLOT))
        .findFirst()
        .flatMap(call -> Slot.of(call.baseline().path(WAS)));
  }

  /** What is free is asked of each whose visit it is, since Slots answers for one at a time. */
  private static Optional<Decision> askFree(Head head, Slot slot) {
    return whose(head, slot).stream()
        .filter(provider -> answer(head, provider).isEmpty())
        .findFirst()
        .map(provider -> new Decision.Ask(free(head, slot, provider)));
  }

  /** In words, for each of them. */
  private String offered(Head head, Slot slot) {
    return times(head, slot)
        .map(times -> times.words(office(head).zone()))
        .collect(Collectors.joining("; "));
  }

  /** Whether the office offers that time for none of those whose visit it would be. */
  private static boolean refuses(Head head, Slot slot) {
    boolean known = !slot.providers().isEmpty() || ownProvider(head).isPresent();
    return known && times(head, slot).allMatch(FreeTimes::refuses);
  }

  private static Stream<FreeTimes> times(Head head, Slot slot) {
    return whose(head, slot).stream()
        .flatMap(
            provider ->
                answer(head, provider).stream()
                    .map(answer -> new FreeTimes(slot, provider, answer)));
  }

  /**
   * Those whom the visit names, else whom the office would give it: the patient's own, else the
   * practice's default provider (open-dental-api.md 2.2), who is {@link FreeTimes#DEFAULT}.
   */
  private static List<Long> whose(Head head, Slot slot) {
    return slot.providers().isEmpty()
        ? List.of(ownProvider(head).orElse(FreeTimes.DEFAULT))
        : slot.providers().stream().sorted().toList();
  }

  /** As the patient's row had it when it was read or made. */
  private static Optional<Long> ownProvider(Head head) {
    long patNum = head.person().orElseThrow().patNum();
    List<Asked> searched =
        head.calls().stream()
            .filter(call -> call.name().equals("patients.search"))
            .filter(call -> call.is(Purpose.PLAN, CallState.ANSWERED))
            .toList();
    Stream<JsonNode> made =
        head.calls().stream()
            .filter(call -> call.name().equals("patients.post"))
            .filter(call -> call.is(Purpose.CALL, CallState.LANDED))
            .map(Asked::answer);
    return Stream.concat(
            head.lastRead("patients.get").stream(),
            Stream.concat(made, Reads.rows(searched, "PatNum").stream()))
        .filter(row -> row.path("PatNum").asLong() == patNum && row.has(PROVIDER))
        .map(row -> row.path(PROVIDER).asLong())
        .findFirst();
  }

  private static Optional<Asked> answer(Head head, long provider) {
    String asked = provider == FreeTimes.DEFAULT ? "" : Long.toString(provider);
    return head.reads(FREE).stream()
        .filter(read -> read.request().query().getOrDefault("ProvNum", "").equals(asked))
        .reduce((older, newer) -> newer);
  }

  private static ApiRequest free(Head head, Slot slot, long provider) {
    return Reads.freeTimes(
        slot.start().toLocalDate(),
        slot.start().toLocalDate().plusDays(FreeTimes.DAYS - 1L),
        slot.minutes(),
        provider == FreeTimes.DEFAULT ? OptionalLong.empty() : OptionalLong.of(provider),
        Version.of(head).atLeast(SLOTS_BY_OPERATORY)
            ? OptionalLong.of(slot.operatory())
            : OptionalLong.empty());
  }

  /**
   * Other appointments in that time: that it is the same patient's makes no room in a chair, unless
   * a message made it, whose sender may be about to move or cancel it.
   */
  private Stream<JsonNode> others(Head head, List<Asked> pages, Slot slot, long own) {
    return Reads.rows(pages, "AptNum").stream()
        .filter(row -> row.path("AptNum").asLong() != own)
        .filter(row -> !isOurs(head, row))
        .filter(SlotLook::occupies)
        .filter(row -> meets(head, slot, row));
  }

  private static boolean isOurs(Head head, JsonNode row) {
    return isOfPatient(head, row) && !Marker.all(row.path("Note").asText()).isEmpty();
  }

  private boolean meets(Head head, Slot slot, JsonNode row) {
    return Slot.of(row)
        .filter(slot::meets)
        .filter(
            other ->
                other.operatory() == slot.operatory()
                    || (office(head).sameProvider()
                        && other.providers().stream().anyMatch(slot.providers()::contains)))
        .isPresent();
  }

  /** Whether a row takes up the time at which it stands. */
  static boolean occupies(JsonNode row) {
    return OCCUPIES.contains(row.path("AptStatus").asText());
  }

  private static String taken(Head head, Slot slot, List<JsonNode> others) {
    JsonNode first = others.get(0);
    boolean sameRoom = first.path("Op").asLong() == slot.operatory();
    return "AptNum "
        + first.path("AptNum").asLong()
        + (isOfPatient(head, first) ? ", the same patient's," : "")
        + (sameRoom
            ? " stands in operatory " + slot.operatory() + " at that time"
            : " has the same provider at that time")
        + (others.size() > 1 ? ", and " + (others.size() - 1) + " more" : "");
  }

  private OfficeTerms office(Head head) {
    return offices.apply(head.work().practice());
  }
}
