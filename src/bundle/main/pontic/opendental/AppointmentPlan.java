package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.Work;
import pontic.lane.Written;
import pontic.mapping.Ownership;
import pontic.mapping.PracticeRules;
import pontic.mapping.TextColumn;
import pontic.person.Asserted;
import pontic.person.Booking;
import pontic.person.Person;
import pontic.person.Persons;

/** Books, moves and cancels one appointment of a known patient. */
final class AppointmentPlan {
  private static final String NOTE = "Note";
  private static final String STATUS = "AptStatus";
  private static final String BROKEN = "Broken";
  private static final String PLANNED = "Planned";

  /** States of a booking. */
  private static final String STANDS = "known";

  private static final String CANCELLED = "cancelled";

  /** What the office has done to a visit that it took off its book. */
  private static final Map<String, String> OFF_THE_BOOK =
      Map.of(BROKEN, "broken", "UnschedList", "unscheduled");

  /** What the front desk has heard from the patient; written by a method of its own. */
  private static final String CONFIRMED = "Confirmed";

  /** Of which kind an appointment is. */
  private static final String KIND = "AppointmentTypeNum";

  /** Fields that no general write of an appointment carries. */
  private static final List<String> APART = List.of(NOTE, STATUS, CONFIRMED);

  private static final String TIME = "AptDateTime";

  /** Fields that say where and when, and who is there. */
  private static final List<String> PLACE =
      List.of(TIME, "Op", "Pattern", STATUS, "ProvNum", "ProvHyg");

  /** Bookings take the kind from here on (open-dental-api.md 2.2). */
  private static final String KIND_SINCE = "22.1";

  private static final String POST = "appointments.post";
  private static final String PLAN = "appointments.planned";
  private static final String SCHEDULE = "appointments.schedule";
  private static final String CONFIRM = "appointments.confirm";
  private static final List<String> BOOKS = List.of(POST, PLAN, SCHEDULE);

  /** In the extensions of an Appointment without a start: its sender says that it was moved. */
  private static final String MOVED = "urn:pontic:fhir:moved";

  private static final String UNBEGUN =
      "it was cancelled before anything of it was written to Open Dental, so nothing was";

  private final Function<String, PracticeRules> rules;
  private final Gate gate;
  private final Function<String, OfficeTerms> offices;
  private final SlotLook slots;
  private final Marker marker;
  private final Columns columns;
  private final Look look;
  private final TextColumn noteColumn;

  AppointmentPlan(
      Function<String, PracticeRules> rules,
      Function<String, OfficeTerms> offices,
      Gate gate,
      SlotLook slots,
      Marker marker,
      Columns columns,
      Look look,
      TextColumn noteColumn) {
    this.noteColumn = noteColumn;
    this.look = look;
    this.offices = offices;
    this.rules = rules;
    this.gate = gate;
    this.slots = slots;
    this.marker = marker;
    this.columns = columns;
  }

  /** Whether the newer of two messages may stand for the older, which takes place. */
  boolean folds(Head head, Wish newer, JsonNode before, JsonNode after) {
    boolean unknown = !head.booking().orElseThrow().known();
    return switch (newer) {
      case TAKES_PLACE -> Played.alikeInForm(without(before), without(after));
      // Where nothing was written, nothing has to be broken; a missed visit is one that was booked.
      case CANCELLED, DELETED -> unknown;
      case MISSED, PLANNED, HAPPENED -> false;
    };
  }

  private static ObjectNode without(JsonNode mapped) {
    ObjectNode slot = mapped.deepCopy();
    slot.remove(List.of(NOTE, STATUS));
    return slot;
  }

  /** Whether it takes place is the sender's word like its time. */
  static ObjectNode says(Wish wish, JsonNode mapped) {
    ObjectNode says = mapped.deepCopy();
    return says.put(
        STATUS,
        switch (wish) {
          case TAKES_PLACE, HAPPENED -> "Scheduled";
          case PLANNED -> PLANNED;
          case CANCELLED, MISSED, DELETED -> BROKEN;
        });
  }

  /**
   * What it cancels was never written, so there is nothing to write, unless the office has that
   * visit already: made by hand, or by a part of the store that was lost.
   *
   * @param said the bookings, and the cancellation as the last
   */
  Decision cancelUnbegun(Head head, List<Played.Said> said) {
    if (head.booking().orElseThrow().known()) {
      return new Decision.Apart();
    }
    Person person = head.person().orElseThrow();
    if (person.known()) {
      List<Asked> pages = head.reads("appointments.search");
      Optional<Integer> more = Reads.nextPage(pages);
      if (more.isPresent()) {
        return new Decision.Ask(Reads.appointmentsOf(person.patNum(), more.get()));
      }
      boolean stands =
          Reads.rows(pages, "AptNum").stream()
                  .filter(row -> row.path(STATUS).asText().equals("Scheduled"))
                  .anyMatch(row -> said.stream().anyMatch(each -> sameTime(row, each.fields())))
              || !LostVisits.of(head, Reads.rows(pages, "AptNum")).isEmpty();
      if (stands || Reads.gap(pages).isPresent()) {
        return new Decision.Apart();
      }
    }
    ObjectNode wanted = said.get(said.size() - 1).fields().deepCopy();
    wanted.put(STATUS, BROKEN);
    return new Decision.Done(
        false,
        person.known() ? Map.of("PatNum", person.patNum()) : Map.of(),
        Map.of(Persons.APPOINTMENT, wanted),
        "",
        List.of(UNBEGUN),
        List.of(),
        Optional.empty());
  }

  /**
   * Cancels what Open Dental does not have: that is so already if its sender has said so before.
   *
   * @param otherwise why it is refused if he has not
   */
  Decision cancelUnknown(Head head, JsonNode mapped, String otherwise) {
    Asserted before = head.asserted().get(Persons.APPOINTMENT);
    if (before == null || !before.fields().path(STATUS).asText().equals(BROKEN)) {
      return new Decision.Refuse(otherwise);
    }
    ObjectNode wanted = mapped.deepCopy();
    wanted.put(STATUS, BROKEN);
    return new Decision.Done(
        false,
        Map.of(),
        Map.of(Persons.APPOINTMENT, wanted),
        "",
        List.of(),
        List.of(),
        Optional.empty());
  }

  private static boolean sameTime(JsonNode row, JsonNode said) {
    return FieldMerge.text(row.path("AptDateTime")).equals(said.path("AptDateTime").asText());
  }

  /**
   * @param said the last is what the message says; if they are several, all take place
   */
  Decision next(Head head, Wish wish, List<Played.Said> said) {
    Decision decision = decide(head, wish, said);
    return decision instanceof Decision.Done done ? slots.ended(head, done) : decision;
  }

  private Decision decide(Head head, Wish wish, List<Played.Said> said) {
    JsonNode mapped = said.get(said.size() - 1).fields();
    Booking booking = head.booking().orElseThrow();
    if (wish == Wish.HAPPENED) {
      return happened(head, booking, mapped, said);
    }
    ObjectNode wanted = says(wish, mapped);
    Words words =
        Words.of(
            wanted,
            Optional.ofNullable(head.asserted().get(Persons.APPOINTMENT)),
            head.work().seq());
    if (!words.standing().has(STATUS) && !head.landedAny()) {
      return new Decision.Superseded(words.newest(), words.warnings());
    }
    if (wish.cancels()) {
      return cancel(head, booking, wish, wanted, words, said);
    }
    if (head.landed(POST) || head.landed(PLAN)) {
      return done(head, wanted, true, "known");
    }
    if (booking.known()) {
      return change(head, booking, wish, wanted, words, said);
    }
    return wish == Wish.PLANNED ? plan(head, wanted) : book(head, said);
  }

  /** A visit that is not known here is not booked because somebody came to it. */
  static Decision happenedUnknown(Head head) {
    return new Decision.Refuse(
        "no appointment of this identifier is known here, and none is booked by it; "
            + theOffices(head));
  }

  private static String theOffices(Head head) {
    String status = "";
    for (JsonNode entry : head.work().bundle().path("entry")) {
      if (entry.path("resource").path("resourceType").asText().equals("Appointment")) {
        status = entry.path("resource").path("status").asText();
      }
    }
    return "that the visit is " + status + " (SCH-25, Appointment.status) is the office's to say";
  }

  /**
   * Its patient is there, or it is over (decision 0410). Nothing is booked, moved or brought back
   * by that; what the practice's table makes of the word is written, and a remark.
   */
  private Decision happened(Head head, Booking booking, JsonNode mapped, List<Played.Said> said) {
    if (!booking.known()) {
      return happenedUnknown(head);
    }
    List<Asked> reads = reads(head, booking);
    if (reads.isEmpty()) {
      return new Decision.Ask(Reads.appointment(booking.aptNum()));
    }
    Asked read = reads.get(reads.size() - 1);
    String itself = "AptNum " + booking.aptNum();
    if (read.status() != 200) {
      return new Decision.Refuse(
          itself + " is no longer in Open Dental; the office deleted it, and " + theOffices(head));
    }
    if (read.answer().path("PatNum").asLong() != head.person().orElseThrow().patNum()) {
      return new Decision.Hold(itself + " belongs to another patient", List.of());
    }
    ObjectNode heard = mapped.deepCopy();
    heard.retain(NOTE, CONFIRMED);
    String status = read.answer().path(STATUS).asText();
    if (status.equals("Complete")) {
      // The patient's answer is not written to it any more, so nothing of that is kept as said.
      heard.retain(NOTE);
      return note(head, booking, said).orElseGet(() -> heard(head, booking, heard, List.of()));
    }
    if (!status.equals("Scheduled")) {
      return new Decision.Refuse(
          itself
              + " is "
              + status.toLowerCase(Locale.ROOT)
              + " in Open Dental and stays so; "
              + theOffices(head));
    }
    Optional<Asserted> last = Optional.ofNullable(head.asserted().get(Persons.APPOINTMENT));
    Words words = Words.of(heard, last, head.work().seq());
    Optional<Decision> write = confirm(head, booking, words).or(() -> note(head, booking, said));
    if (write.isPresent()) {
      return write.get();
    }
    String confirmed = FieldMerge.text(heard.path(CONFIRMED));
    boolean stands =
        !confirmed.isEmpty()
            && (head.landed(CONFIRM)
                || confirmed.equals(FieldMerge.text(read.answer().path(CONFIRMED)))
                || last.filter(
                        before ->
                            confirmed.equals(FieldMerge.text(before.fields().path(CONFIRMED))))
                    .isPresent());
    if (!stands && !head.landedAny()) {
      return new Decision.Refuse(itself + " is scheduled in Open Dental; " + theOffices(head));
    }
    return heard(
        head, booking, heard, stands ? List.of() : List.of(theOffices(head) + " and was left"));
  }

  private static Decision heard(Head head, Booking booking, JsonNode heard, List<String> warnings) {
    return new Decision.Done(
        head.landedAny(),
        Map.of("PatNum", head.person().orElseThrow().patNum(), "AptNum", booking.aptNum()),
        Map.of(Persons.APPOINTMENT, heard),
        "",
        both(PatientPlan.landedTexts(head, "warnings"), warnings),
        PatientPlan.landedTexts(head, "flipping"),
        Optional.empty());
  }

  /**
   * An appointment without a time, of a kind that says how long it takes (open-dental-api.md 2.2).
   */
  private Decision plan(Head head, JsonNode wanted) {
    Optional<String> left = left(head, PLAN);
    if (left.isPresent()) {
      return new Decision.Refuse(left.get());
    }
    if (wanted.path(KIND).asLong() == 0) {
      return new Decision.Hold(
          "the message has no time, and of its kind (SCH-8, AIS-3) the practice names no appointment type (codes/appointment-type), without which Open Dental's API plans nothing",
          List.of());
    }
    long patNum = head.person().orElseThrow().patNum();
    Optional<Decision> stop = look.stop(head, List.of(), Look.NOT_BOOKED);
    if (stop.isPresent()) {
      return stop.get();
    }
    Found found = found(head, patNum, reference(head, PLAN));
    if (found.otherwise().isPresent()) {
      return found.otherwise().get();
    }
    Optional<Decision> lost = LostVisits.hold(head, found.rows(), reference(head, PLAN));
    if (lost.isPresent()) {
      return lost.get();
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("PatNum", patNum);
    for (String field : List.of(KIND, "Pattern", "ProvNum")) {
      if (!wanted.path(field).asText("").isEmpty()) {
        body.set(field, wanted.path(field));
      }
    }
    VisitNote note =
        noted(List.of(new VisitNote.Line(wanted.path(NOTE).asText(""), reference(head, PLAN))), "");
    body.put(NOTE, note.text());
    return gate.write(
        head,
        new ApiRequest(
            PLAN, "POST", "/appointments/Planned", "/appointments/Planned", Map.of(), body),
        saying(
            note.in(baseline(reference(head, PLAN), patNum, found.rows())), wanted, body, STANDS));
  }

  /**
   * Gives a planned appointment its time: the API makes another row that points to it and leaves it
   * where it is.
   */
  private Decision schedule(Head head, Booking booking, JsonNode wanted, JsonNode planned) {
    Optional<String> left = left(head, SCHEDULE);
    if (left.isPresent()) {
      return new Decision.Refuse(
          "AptNum " + booking.aptNum() + " is planned, and is given no time: " + left.get());
    }
    Optional<Decision> untold = untold(head, wanted);
    if (untold.isPresent()) {
      return untold.get();
    }
    Optional<Decision> stop = look.stop(head, List.of(), Look.NOT_BOOKED);
    if (stop.isPresent()) {
      return stop.get();
    }
    long patNum = head.person().orElseThrow().patNum();
    String reference = reference(head, SCHEDULE);
    Found found = found(head, patNum, reference);
    if (found.otherwise().isPresent()) {
      return found.otherwise().get();
    }
    for (JsonNode row : found.rows()) {
      boolean isOfPlan =
          row.path("NextAptNum").asLong() == booking.aptNum()
              && row.path(STATUS).asText().equals("Scheduled");
      if (isOfPlan) {
        return sameTime(row, wanted)
            ? new Decision.Booked(row.path("AptNum").asLong())
            : new Decision.Hold(
                "the office has given planned AptNum "
                    + booking.aptNum()
                    + " another time, as AptNum "
                    + row.path("AptNum").asLong(),
                List.of());
      }
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("AptNum", booking.aptNum());
    body.set("AptDateTime", wanted.path("AptDateTime"));
    body.set("Op", wanted.path("Op"));
    body.set(
        "ProvNum",
        wanted.path("ProvNum").asLong() == 0 ? planned.path("ProvNum") : wanted.path("ProvNum"));
    // What is given overwrites what would be copied.
    // What has no room stands in the note of the plan.
    VisitNote.Line line =
        new VisitNote.Line(Marker.without(planned.path(NOTE).asText()), reference);
    body.put(NOTE, noted(List.of(line), "").text());
    ObjectNode stands = Slot.fields(planned);
    stands.setAll(Slot.fields(body));
    return slots.write(
        head,
        new ApiRequest(
            SCHEDULE,
            "POST",
            "/appointments/SchedulePlanned",
            "/appointments/SchedulePlanned",
            Map.of(),
            body),
        saying(baseline(reference, patNum, found.rows()), wanted, body, STANDS),
        stands,
        MissingNode.getInstance());
  }

  /** What a booking must say; empty if it does. */
  private static Optional<Decision> untold(Head head, JsonNode wanted) {
    Optional<String> why = Optional.empty();
    if (wanted.path("AptDateTime").asText().isBlank()) {
      why =
          Optional.of(
              "the message does not say when the appointment starts (SCH-11, TQ1-7, ARQ-11, AIS-4, AIL-6, AIP-6)");
    } else if (wanted.path("Op").asLong() == 0) {
      why =
          Optional.of(
              "the message does not say where the appointment takes place (AIL-3), so no operatory can be chosen");
    }
    return why.map(reason -> without(head, reason));
  }

  /** Who asks hears what is missing; else a person does. */
  private static Decision without(Head head, String reason) {
    return head.work().isRequest()
        ? new Decision.Refuse(reason)
        : new Decision.Hold(reason, List.of());
  }

  /** Whether it says that a visit was moved, and not to what time. */
  static boolean isMovedNowhere(Work work) {
    return StreamSupport.stream(work.bundle().path("entry").spliterator(), false)
        .map(entry -> entry.path("resource"))
        .filter(
            resource ->
                resource.path("resourceType").asText().equals("Appointment")
                    && !resource.has("start"))
        .flatMap(
            appointment -> StreamSupport.stream(appointment.path("extension").spliterator(), false))
        .anyMatch(extension -> extension.path("url").asText().equals(MOVED));
  }

  /**
   * The patient's appointments.
   *
   * @param otherwise what to do before anything is made of them: read on, look at a gap, or take
   *     the one that bears our reference
   */
  private record Found(List<JsonNode> rows, Optional<Decision> otherwise) {}

  private static Found found(Head head, long patNum, String reference) {
    List<Asked> pages = head.reads("appointments.search");
    Optional<Integer> more = Reads.nextPage(pages);
    if (more.isPresent()) {
      return new Found(
          List.of(), Optional.of(new Decision.Ask(Reads.appointmentsOf(patNum, more.get()))));
    }
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      return new Found(
          List.of(),
          Optional.of(
              new Decision.Hold(
                  "Open Dental answered the search for the appointments of PatNum "
                      + patNum
                      + " with "
                      + gap.get(),
                  List.of(patNum))));
    }
    List<JsonNode> rows = Reads.rows(pages, "AptNum");
    return new Found(
        rows,
        rows.stream()
            .filter(row -> row.path(NOTE).asText().contains(reference))
            .findFirst()
            .<Decision>map(row -> new Decision.Booked(row.path("AptNum").asLong())));
  }

  private static ObjectNode baseline(String reference, long patNum, List<JsonNode> rows) {
    ObjectNode baseline =
        JsonNodeFactory.instance.objectNode().put("marker", reference).put("patNum", patNum);
    var keys = baseline.putArray("keys");
    rows.forEach(row -> keys.add(row.path("AptNum").asLong()));
    return baseline;
  }

  /** Why nothing waits for this write: the practice does not want it, or is too old for it. */
  private static Optional<String> left(Head head, String write) {
    JsonNode capability = head.capabilities().path("writes").path(write);
    return capability.path("left").asBoolean()
        ? Optional.of(write + " is off: " + capability.path("reason").asText())
        : Optional.empty();
  }

  private Decision book(Head head, List<Played.Said> said) {
    JsonNode wanted = said.get(0).fields();
    Optional<Decision> untold = untold(head, wanted);
    if (untold.isPresent()) {
      return untold.get();
    }
    long patNum = head.person().orElseThrow().patNum();
    Optional<Decision> stop = look.stop(head, List.of(), Look.NOT_BOOKED);
    if (stop.isPresent()) {
      return stop.get();
    }
    String reference = reference(head, POST);
    Found found = found(head, patNum, reference);
    if (found.otherwise().isPresent()) {
      return found.otherwise().get();
    }
    List<JsonNode> rows = found.rows();
    for (JsonNode row : rows) {
      if (sameTime(row, wanted) && row.path("AptStatus").asText().equals("Scheduled")) {
        return new Decision.Hold(
            "the patient already has AptNum "
                + row.path("AptNum").asLong()
                + " at that time, which this sender did not book"
                + (LostVisits.of(head, List.of(row)).isEmpty()
                    ? ""
                    : "; " + LostVisits.wayOut(reference)),
            List.of());
      }
    }
    Optional<Decision> lost = LostVisits.hold(head, rows, reference);
    if (lost.isPresent()) {
      return lost.get();
    }
    Ownership ownership = rules.apply(head.work().practice()).appointment();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("PatNum", patNum);
    body.setAll(
        Played.created(
            said,
            apart(head),
            field -> ownership.of(head.work().sender(), field),
            ownership.flips()));
    if (!takesKind(head)) {
      body.remove(KIND);
    }
    if (left(head, CONFIRM).isPresent()) {
      body.remove(CONFIRMED);
    }
    // As if each had been played: the note of the first, and what the others add to it.
    List<VisitNote.Line> lines = new ArrayList<>();
    lines.add(new VisitNote.Line(wanted.path(NOTE).asText(""), reference));
    lines.addAll(
        notes(
            head,
            said.subList(1, said.size()),
            Optional.of(
                new Asserted(JsonNodeFactory.instance.objectNode(), Map.of())
                    .with(wanted, said.get(0).seq()))));
    VisitNote note = noted(lines, "");
    body.put(NOTE, note.text());
    return slots.write(
        head,
        new ApiRequest(POST, "POST", "/appointments", "/appointments", Map.of(), body),
        saying(
            note.in(baseline(reference, patNum, rows)),
            says(Wish.TAKES_PLACE, said.get(said.size() - 1).fields()),
            body,
            STANDS),
        body,
        MissingNode.getInstance());
  }

  private Decision change(
      Head head, Booking booking, Wish wish, JsonNode wanted, Words words, List<Played.Said> said) {
    if (wish == Wish.TAKES_PLACE && isMovedNowhere(head.work())) {
      return without(
          head,
          "the message moves the appointment and does not say to what time of which day (SCH-11.4, TQ1-7, ARQ-11, AIS-4, AIL-6, AIP-6, AIG-8)");
    }
    FieldMerge left = FieldMerge.NOTHING;
    if (!head.landed("appointments.put")) {
      List<Asked> reads = reads(head, booking);
      if (reads.isEmpty()) {
        return new Decision.Ask(Reads.appointment(booking.aptNum()));
      }
      Asked read = reads.get(reads.size() - 1);
      if (read.status() != 200) {
        return new Decision.Hold(deleted(booking), List.of());
      }
      if (read.answer().path(NOTE).asText().contains(reference(head, POST))) {
        // This message booked it, and the store does not know: it was restored from a copy made
        // before. What has changed since is not for this message to undo.
        return done(head, wanted, true, "known");
      }
      boolean stands = read.answer().path("AptStatus").asText().equals("Scheduled");
      if (said.size() > 1 && (!stands || booking.state().equals("cancelled"))) {
        // What one of them brings back the other only moves.
        return new Decision.Apart();
      }
      Optional<Decision> stop = look.stop(head, List.of(), Look.GONE);
      if (stop.isPresent()) {
        return stop.get();
      }
      if (wish == Wish.TAKES_PLACE && isPlanned(head, read.answer())) {
        return schedule(head, booking, wanted, read.answer());
      }
      FieldMerge merge =
          offTheBook(head, booking, wish, merge(head, said, read.answer()), read.answer());
      Optional<Decision> lost =
          lostChange(head)
              .ofMove(
                  head,
                  read.answer(),
                  merge.changes(),
                  Optional.ofNullable(head.asserted().get(Persons.APPOINTMENT)));
      if (lost.isPresent()) {
        return lost.get();
      }
      Optional<Decision> put = put(head, booking, wish, words, merge, read.answer());
      if (put.isPresent()) {
        return put.get();
      }
      left = merge;
    }
    FieldMerge unwritten = left;
    Optional<Decision> confirm = confirm(head, booking, words);
    if (confirm.isPresent()) {
      return confirm.get();
    }
    return note(head, booking, said)
        .orElseGet(
            () ->
                head.landedAny() || words.newest() == 0
                    ? done(head, wanted, head.landedAny(), "known", unwritten)
                    : new Decision.Superseded(words.newest(), words.warnings()));
  }

  private LostChange lostChange(Head head) {
    return new LostChange(offices.apply(head.work().practice()).zone());
  }

  private static String deleted(Booking booking) {
    return "AptNum " + booking.aptNum() + " is no longer in Open Dental; the office deleted it";
  }

  /**
   * Whether it is there for which a create on condition asked, be it broken or moved since. One
   * that is gone holds nobody: nothing of the question is written, and nothing is to be chosen.
   */
  Decision onCondition(Head head, Booking booking) {
    if (!booking.known()) {
      return new Decision.NeverMade();
    }
    List<Asked> reads = reads(head, booking);
    if (reads.isEmpty()) {
      return new Decision.Ask(Reads.appointment(booking.aptNum()));
    }
    return reads.get(reads.size() - 1).status() == 200
        ? new Decision.StandsAlready(Map.of("AptNum", booking.aptNum()))
        : new Decision.Refuse(deleted(booking));
  }

  /** Of a planned one that has its time since, the row that was planned is read too. */
  private static List<Asked> reads(Head head, Booking booking) {
    return head.reads("appointments.get").stream()
        .filter(read -> read.request().path().endsWith("/" + booking.aptNum()))
        .toList();
  }

  /** A row of somebody else is for the look at whose it is. */
  private static boolean isPlanned(Head head, JsonNode row) {
    return row.path(STATUS).asText().equals(PLANNED)
        && row.path("PatNum").asLong() == head.person().orElseThrow().patNum();
  }

  /**
   * Says which of the office's definitions the sender's word for the patient's answer is, if that
   * word is another than he said before.
   */
  private Optional<Decision> confirm(Head head, Booking booking, Words words) {
    JsonNode says = words.standing().path(CONFIRMED);
    Optional<Asserted> last = Optional.ofNullable(head.asserted().get(Persons.APPOINTMENT));
    boolean repeats =
        last.filter(
                before ->
                    FieldMerge.text(before.fields().path(CONFIRMED)).equals(FieldMerge.text(says)))
            .isPresent();
    if (FieldMerge.text(says).isEmpty()
        || repeats
        || head.landed(CONFIRM)
        || left(head, CONFIRM).isPresent()) {
      return Optional.empty();
    }
    List<Asked> reads = reads(head, booking);
    if (reads.isEmpty()) {
      return Optional.of(new Decision.Ask(Reads.appointment(booking.aptNum())));
    }
    JsonNode current = reads.get(reads.size() - 1).answer();
    FieldMerge merge = confirmation(head, says, current);
    return merge.changes().isEmpty()
        ? Optional.empty()
        : Optional.of(
            gate.write(
                head,
                new ApiRequest(
                    CONFIRM,
                    "PUT",
                    "/appointments/{AptNum}/Confirm",
                    "/appointments/" + booking.aptNum() + "/Confirm",
                    Map.of(),
                    JsonNodeFactory.instance
                        .objectNode()
                        .set("defNum", merge.changes().path(CONFIRMED))),
                saying(
                    PatientPlan.baseline(merge.warnings(), List.of()),
                    words.standing(),
                    merge.changes(),
                    "")));
  }

  private FieldMerge confirmation(Head head, JsonNode says, JsonNode current) {
    Ownership ownership = rules.apply(head.work().practice()).appointment();
    return FieldMerge.of(
        JsonNodeFactory.instance.objectNode().set(CONFIRMED, says),
        Optional.empty(),
        current,
        field -> ownership.of(head.work().sender(), field),
        new Flipping(List.of(), ownership.flips()),
        Later.UNKNOWN,
        head.work().seq());
  }

  private FieldMerge merge(Head head, List<Played.Said> said, JsonNode current) {
    Ownership ownership = rules.apply(head.work().practice()).appointment();
    return Played.of(
        said,
        apart(head),
        Optional.ofNullable(head.asserted().get(Persons.APPOINTMENT)),
        current,
        field -> ownership.of(head.work().sender(), field),
        Flipping.of(
            head.earlier().stream()
                .filter(
                    call ->
                        call.request()
                            .path()
                            .equals("/appointments/" + head.booking().orElseThrow().aptNum()))
                .toList(),
            List.of("appointments.put"),
            ownership.flips(),
            head.now()),
        isBookedAgain(head, current) ? Later.UNKNOWN : later(head));
  }

  /** Its sender called it off, and his next word schedules it at his time, whoever wrote since. */
  private static boolean isBookedAgain(Head head, JsonNode current) {
    return head.booking().filter(booking -> booking.state().equals(CANCELLED)).isPresent()
        && !current.path(STATUS).asText().equals("Scheduled");
  }

  private Later later(Head head) {
    return Later.of(
        head,
        offices.apply(head.work().practice()).zone(),
        "appointments.get",
        "/appointments/" + head.booking().orElseThrow().aptNum());
  }

  /**
   * What the office took off its book stays so, unless the message gives it another time; either is
   * said (decision 0416). A time that is older than that is none (decision 0430). What its sender
   * called off he may book again.
   */
  private FieldMerge offTheBook(
      Head head, Booking booking, Wish wish, FieldMerge merge, JsonNode current) {
    String status = current.path(STATUS).asText();
    if (wish != Wish.TAKES_PLACE
        || booking.state().equals(CANCELLED)
        || status.equals("Complete")
        || SlotLook.occupies(current)) {
      return merge;
    }
    String off =
        "AptNum "
            + booking.aptNum()
            + " had been "
            + OFF_THE_BOOK.getOrDefault(status, "set to " + status)
            + " by the office";
    boolean isOlder =
        merge.changes().has(TIME)
            && later(head).word(head.work().seq(), STATUS, status) == Later.Word.OFFICE;
    if (isOlder) {
      merge.changes().remove(TIME);
      return merge.with(
          off + " and stays so, since it changed the row after this message had come");
    }
    return merge.with(
        off
            + (merge.changes().has(TIME)
                ? "; the message gives it another time, so it is scheduled again"
                : " and stays so, since the message gives it no other time"));
  }

  private Optional<Decision> put(
      Head head, Booking booking, Wish wish, Words words, FieldMerge merge, JsonNode current) {
    if (current.path("PatNum").asLong() != head.person().orElseThrow().patNum()) {
      return Optional.of(
          new Decision.Hold(
              "AptNum " + booking.aptNum() + " belongs to another patient", List.of()));
    }
    JsonNode slot = words.standing();
    String status = current.path("AptStatus").asText();
    boolean takesPlace = wish == Wish.TAKES_PLACE;
    boolean again =
        takesPlace && booking.state().equals("cancelled") && !status.equals("Scheduled");
    if (merge.changes().isEmpty() && !again) {
      return Optional.empty();
    }
    if (status.equals("Complete")) {
      return Optional.of(
          new Decision.Hold(
              "AptNum " + booking.aptNum() + " is complete; a visit that was is not moved",
              List.of()));
    }
    boolean isMoved = takesPlace && merge.changes().has(TIME);
    if (again || isMoved && !status.equals("Scheduled")) {
      // open-dental-api.md 2.2: rescheduling is a PUT with AptStatus, AptDateTime and Op together.
      merge.changes().put(STATUS, "Scheduled");
      for (String field : List.of(TIME, "Op")) {
        merge.changes().set(field, slot.has(field) ? slot.get(field) : current.path(field));
      }
    }
    ApiRequest request =
        new ApiRequest(
            "appointments.put",
            "PUT",
            "/appointments/{AptNum}",
            "/appointments/" + booking.aptNum(),
            Map.of(),
            merge.changes());
    ObjectNode baseline =
        PatientPlan.baseline(
            Stream.concat(words.warnings().stream(), merge.warnings().stream()).toList(),
            merge.flipping());
    saying(baseline, slot, merge.changes(), STANDS);
    ObjectNode after = current.deepCopy();
    after.setAll(merge.changes());
    boolean placed = SlotLook.occupies(after) && PLACE.stream().anyMatch(merge.changes()::has);
    return Optional.of(
        placed
            ? slots.write(head, request, baseline, after, current)
            : gate.write(head, request, baseline));
  }

  private Decision cancel(
      Head head, Booking booking, Wish wish, JsonNode wanted, Words words, List<Played.Said> said) {
    if (!booking.known()) {
      return cancelUnknown(
          head,
          wanted,
          "there is nothing to cancel: no appointment of this identifier is known here");
    }
    if (!head.landed("appointments.break")) {
      List<Asked> reads = head.reads("appointments.get");
      if (reads.isEmpty()) {
        return new Decision.Ask(Reads.appointment(booking.aptNum()));
      }
      Asked read = reads.get(reads.size() - 1);
      if (read.status() != 200) {
        return done(head, wanted, false, "cancelled");
      }
      if (read.answer().path("PatNum").asLong() != head.person().orElseThrow().patNum()) {
        return new Decision.Hold(
            "AptNum " + booking.aptNum() + " belongs to another patient", List.of());
      }
      switch (read.answer().path("AptStatus").asText()) {
        case "Scheduled" -> {
          Optional<Decision> lost = lostChange(head).ofBreak(head, read.answer(), wanted);
          if (lost.isPresent()) {
            return lost.get();
          }
          ObjectNode body =
              JsonNodeFactory.instance.objectNode().put("sendToUnscheduledList", "false");
          wish.breakType().ifPresent(type -> body.put("breakType", type));
          ObjectNode baseline =
              PatientPlan.baseline(
                  wish == Wish.DELETED
                      ? List.of(
                          "the sender deleted the appointment; Open Dental's API deletes none, so it was broken")
                      : List.of(),
                  List.of());
          return gate.write(
              head,
              new ApiRequest(
                  "appointments.break",
                  "PUT",
                  "/appointments/{AptNum}/Break",
                  "/appointments/" + booking.aptNum() + "/Break",
                  Map.of(),
                  body),
              saying(
                  baseline,
                  wanted,
                  JsonNodeFactory.instance.objectNode().put(STATUS, BROKEN),
                  CANCELLED));
        }
        case "Complete" -> {
          return new Decision.Hold(
              "AptNum " + booking.aptNum() + " is complete; a visit that was is not cancelled",
              List.of());
        }
        case PLANNED -> {
          return done(
              head,
              wanted,
              false,
              "cancelled",
              new FieldMerge(
                  JsonNodeFactory.instance.objectNode(),
                  List.of(
                      "AptNum "
                          + booking.aptNum()
                          + " is planned, and Open Dental's API takes no plan away; the office does"),
                  List.of()));
        }
        default -> {
          return done(head, wanted, false, "cancelled");
        }
      }
    }
    return note(head, booking, said).orElseGet(() -> done(head, wanted, true, "cancelled"));
  }

  /**
   * Appends what the sender says now and did not say before; never overwrites the office's note.
   */
  private Optional<Decision> note(Head head, Booking booking, List<Played.Said> said) {
    if (head.landed("appointments.note")) {
      return Optional.empty();
    }
    List<VisitNote.Line> lines =
        notes(head, said, Optional.ofNullable(head.asserted().get(Persons.APPOINTMENT)));
    VisitNote note = appended(head, lines);
    if (note.text().isEmpty()) {
      return Optional.empty();
    }
    ObjectNode says = said.get(said.size() - 1).fields().deepCopy();
    return Optional.of(
        gate.write(
            head,
            new ApiRequest(
                "appointments.note",
                "PUT",
                "/appointments/{AptNum}/Note",
                "/appointments/" + booking.aptNum() + "/Note",
                Map.of(),
                JsonNodeFactory.instance.objectNode().put(NOTE, note.text())),
            saying(
                note.in(
                    JsonNodeFactory.instance
                        .objectNode()
                        .put("marker", lines.get(lines.size() - 1).reference())),
                says,
                says.deepCopy().retain(NOTE),
                "")));
  }

  /**
   * Remembers beside a write which of the sender's words it makes true: they are his even if the
   * rest of the message is refused.
   *
   * @param written fields of the write; a new row has its note and status too
   * @param state of the booking once it has landed, "" if that says nothing of it
   */
  private static ObjectNode saying(
      ObjectNode baseline, JsonNode wanted, JsonNode written, String state) {
    ObjectNode says = JsonNodeFactory.instance.objectNode();
    boolean isNew = written.has("PatNum") || written.has("AptNum");
    wanted.properties().stream()
        .filter(
            field ->
                written.has(field.getKey())
                    || isNew && List.of(NOTE, STATUS).contains(field.getKey()))
        .forEach(field -> says.set(field.getKey(), field.getValue()));
    Stands.says(baseline, Persons.APPOINTMENT, says, state);
    return baseline;
  }

  private VisitNote noted(List<VisitNote.Line> lines, String before) {
    return VisitNote.of(lines, noteColumn, before);
  }

  /** As it is appended to what stands there. */
  private VisitNote appended(Head head, List<VisitNote.Line> lines) {
    return lines.isEmpty()
        ? new VisitNote("", List.of(), List.of())
        : noted(
            lines,
            head.lastRead("appointments.get").map(row -> row.path(NOTE).asText()).orElse(""));
  }

  /**
   * What of remarks had no room in the note, now that all is written.
   *
   * @return empty text; what had no room, with a warning where nothing of it had
   */
  VisitNote over(Head head, List<Played.Said> said) {
    List<String> over = VisitNote.over(head);
    Optional<JsonNode> read = head.lastRead("appointments.get");
    boolean isAppended =
        !head.landed("appointments.note")
            && BOOKS.stream().noneMatch(head::landed)
            && read.filter(row -> !row.path(NOTE).asText().contains(reference(head, POST)))
                .isPresent();
    if (!isAppended) {
      return new VisitNote("", List.of(), over);
    }
    VisitNote note =
        appended(
            head, notes(head, said, Optional.ofNullable(head.asserted().get(Persons.APPOINTMENT))));
    // What has room was not to be written.
    return note.text().isEmpty() ? note : new VisitNote("", List.of(), over);
  }

  /** What each says that its sender did not say before it, and that does not stand there yet. */
  private List<VisitNote.Line> notes(Head head, List<Played.Said> said, Optional<Asserted> before) {
    List<VisitNote.Line> lines = new ArrayList<>();
    Optional<Asserted> last = before;
    for (Played.Said each : said) {
      String says =
          Words.of(each.fields(), last, each.seq()).standing().path(NOTE).asText().strip();
      String known = last.map(words -> words.fields().path(NOTE).asText().strip()).orElse("");
      String reference = marker.of(head.work().practice(), each.messageId(), "appointments.note");
      // If it stands, the store was restored from a copy made before and does not know.
      boolean stands =
          head.lastRead("appointments.get")
              .filter(row -> row.path(NOTE).asText().contains(reference))
              .isPresent();
      if (!says.isEmpty() && !says.equals(known) && !stands) {
        lines.add(new VisitNote.Line(says, reference));
      }
      last = Optional.of(Played.with(last, each));
    }
    return lines;
  }

  private String reference(Head head, String write) {
    return marker.of(head.work().practice(), head.firstMessage(), write);
  }

  private Decision done(Head head, JsonNode wanted, boolean landed, String state) {
    return done(head, wanted, landed, state, FieldMerge.NOTHING);
  }

  /**
   * @param left of which nothing was written
   */
  private Decision done(Head head, JsonNode wanted, boolean landed, String state, FieldMerge left) {
    Booking booking = head.booking().orElseThrow();
    return new Decision.Done(
        landed,
        Map.of("PatNum", head.person().orElseThrow().patNum(), "AptNum", booking.aptNum()),
        Map.of(Persons.APPOINTMENT, wanted),
        state,
        both(
            both(PatientPlan.landedTexts(head, "warnings"), left.warnings()), unsaid(head, wanted)),
        both(PatientPlan.landedTexts(head, "flipping"), left.flipping()),
        head.lastRead("appointments.get").map(row -> standing(head, wanted, row)));
  }

  /**
   * What the sender says of the patient's answer where the practice wants none of it, and of the
   * kind where the office's version takes none.
   */
  private static List<String> unsaid(Head head, JsonNode wanted) {
    Optional<String> confirmed =
        wanted.path(CONFIRMED).asText("").isEmpty()
            ? Optional.empty()
            : left(head, CONFIRM).map(why -> "Confirmed was left: " + why);
    boolean leavesKind =
        wanted.path(STATUS).asText().equals("Scheduled")
            && wanted.path(KIND).asLong() != 0
            && !takesKind(head);
    Optional<String> kind =
        leavesKind
            ? Optional.of(
                KIND
                    + " was left: needs Open Dental "
                    + KIND_SINCE
                    + ", the office has "
                    + head.capabilities().path("version").asText())
            : Optional.empty();
    return Stream.concat(confirmed.stream(), kind.stream()).toList();
  }

  private static boolean takesKind(Head head) {
    return Version.of(head).atLeast(KIND_SINCE);
  }

  private static List<String> apart(Head head) {
    return takesKind(head) ? APART : Stream.concat(APART.stream(), Stream.of(KIND)).toList();
  }

  private static List<String> both(List<String> some, List<String> more) {
    return Stream.concat(some.stream(), more.stream()).distinct().toList();
  }

  /** The status and the patient are said by the event, not by a field. */
  private Written standing(Head head, JsonNode wanted, JsonNode row) {
    ObjectNode says = JsonNodeFactory.instance.objectNode();
    if (wanted.path(STATUS).asText().equals(BROKEN)) {
      says.put(STATUS, BROKEN);
    } else {
      wanted.properties().forEach(field -> says.set(field.getKey(), field.getValue()));
      says.put("PatNum", head.person().orElseThrow().patNum());
    }
    return columns.standing(Persons.APPOINTMENT, head.booking().orElseThrow().aptNum(), says, row);
  }
}
