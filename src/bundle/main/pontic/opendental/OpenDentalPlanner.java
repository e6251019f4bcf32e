package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import pontic.capture.ApiFeed;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.Decision;
import pontic.lane.Finding;
import pontic.lane.Head;
import pontic.lane.LogRules;
import pontic.lane.Planner;
import pontic.lane.Standing;
import pontic.lane.Visit;
import pontic.lane.Work;
import pontic.lane.Written;
import pontic.mapping.CodeRefused;
import pontic.mapping.MappingException;
import pontic.mapping.PracticeRules;
import pontic.mapping.RowKind;
import pontic.mapping.Writes;
import pontic.person.Persons;
import pontic.store.Vault;

/** What messages mean for Open Dental's API. */
public final class OpenDentalPlanner implements Planner {
  /** Events of messages that may stand in a newer one, or for an older one. */
  private static final Set<String> FOLDED = Set.of("register", "update", "book", "move", "cancel");

  /** What such a message may carry; a row of a chart has a plan of its own. */
  private static final Set<String> FOLDED_RESOURCES =
      Set.of("Patient", "Appointment", "OperationOutcome");

  /** Says what of a patient has no field. */
  private static final String LEFT = "fhir/patient-left";

  /** Says what of one who comes with an appointment no write of it takes. */
  private static final String BOOKED_LEFT = "fhir/booked-left";

  /** Says which people, places and kinds of an appointment it takes nothing of. */
  private static final String VISIT_LEFT = "fhir/visit-left";

  private final Map<String, OfficeTerms> offices;
  private final ToApiFields patientFields;
  private final ToApiFields appointmentFields;
  private final ToRows chartRows;
  private final Answers answers;
  private final Columns columns;
  private final Gate gate;
  private final ConnectPlan connect;
  private final SubscriptionPlan subscriptions;
  private final Look look;
  private final PatientPlan patients;
  private final SlotLook slots;
  private final AppointmentPlan appointments;
  private final ChartPlan chart;
  private final Writes table;
  private final Settle settle;
  private final Doubles doubles;
  private final OwnLogPlan ownLog;

  /** Whether who sends is also told of records of a kind, and has to know its own again. */
  @FunctionalInterface
  public interface Hears {
    /**
     * @param record {@code AllergyIntolerance:allergy}
     */
    boolean isTold(String practice, String sender, String record);
  }

  public OpenDentalPlanner(
      Collection<OfficeTerms> offices,
      Writes table,
      ToApiFields patientFields,
      ToApiFields appointmentFields,
      ToRows chartRows,
      Function<String, PracticeRules> rules,
      Answers answers,
      LogRules logRules,
      Columns columns,
      Function<String, List<ApiFeed>> feeds,
      Hears hears,
      Vault vault) {
    this.offices = new HashMap<>();
    offices.forEach(office -> this.offices.put(office.practice(), office));
    this.patientFields = patientFields;
    this.appointmentFields = appointmentFields;
    this.chartRows = chartRows;
    this.answers = answers;
    this.columns = columns;
    this.gate = new Gate(answers);
    this.table = table;
    this.connect = new ConnectPlan(table, feeds);
    this.subscriptions = new SubscriptionPlan();
    this.look = new Look(rules, gate);
    this.patients = new PatientPlan(rules, this.offices::get, gate, columns, look);
    Marker marker = new Marker(vault);
    this.slots = new SlotLook(this.offices::get, gate, answers);
    this.appointments =
        new AppointmentPlan(
            rules,
            this.offices::get,
            gate,
            slots,
            marker,
            columns,
            look,
            table.texts("appointments").get("Note"));
    this.chart =
        new ChartPlan(table, chartRows, rules, this.offices::get, gate, marker, columns, hears);
    this.settle = new Settle(table);
    this.doubles = new Doubles(table);
    this.ownLog = new OwnLogPlan(logRules);
  }

  @Override
  public Decision next(Head head) {
    Work work = head.work();
    if (work.event().equals(Work.CONNECT)) {
      return connect.next(head, offices.get(work.practice()));
    }
    if (work.event().equals(Work.SUBSCRIBE)) {
      return subscriptions.next(head, offices.get(work.practice()).hints());
    }
    if (work.event().equals(Work.OWN_LOG)) {
      return ownLog.next(head);
    }
    if (work.event().equals(Work.WATCH)) {
      return doubles.next(head);
    }
    return gate.refused(head)
        .map(refusal -> slots.refused(head, refusal))
        .orElseGet(() -> message(head));
  }

  /**
   * Two whole snapshots of a patient, two words about one appointment, or its cancellation before
   * anything of it was written.
   */
  @Override
  public boolean folds(Head head, Work newer) {
    Work older = head.work();
    if (!older.bookingId().equals(newer.bookingId())
        // A request may be refused where a notice waits for a person (decision 0359).
        || older.isRequest() != newer.isRequest()
        || !isFolded(older)
        || !isFolded(newer)) {
      return false;
    }
    boolean known = head.person().orElseThrow().known();
    boolean kept = older.isKeptByOffice() || newer.isKeptByOffice();
    try {
      ObjectNode before = patientFields(older);
      ObjectNode after = patientFields(newer);
      if (!look.mayBeOne(older.practice(), before, after)) {
        return false;
      }
      if (head.booking().isEmpty()) {
        return Played.alikeInForm(before, after)
            && chart.alikeInForm(older, newer)
            && (known && !kept || PatientPlan.isSame(before, after));
      }
      return wish(older) == Wish.TAKES_PLACE
          && (known && !kept || before.equals(after))
          && appointments.folds(head, wish(newer), appointment(older), appointment(newer));
    } catch (MappingException e) {
      // Whoever plays it alone says why.
      return false;
    }
  }

  private static boolean isFolded(Work work) {
    return FOLDED.contains(work.event())
        && !AppointmentPlan.isMovedNowhere(work)
        && StreamSupport.stream(work.bundle().path("entry").spliterator(), false)
            .map(entry -> entry.path("resource").path("resourceType").asText())
            .allMatch(FOLDED_RESOURCES::contains);
  }

  @Override
  public Set<String> once(Work work, Set<String> senders) {
    return chart.once(work, senders);
  }

  @Override
  public Set<Long> visits(Work work, List<Asked> calls) {
    return LostVisits.shown(calls);
  }

  @Override
  public Optional<String> another(String practice, JsonNode patient, List<JsonNode> called) {
    return called.isEmpty()
        ? Optional.empty()
        : look.another(practice, patientFields(practice, patient), called);
  }

  @Override
  public Said said(Work folded) {
    return folded.bookingId().isEmpty()
        ? said(patient(folded))
        : new Said(
            Map.of(Persons.APPOINTMENT, AppointmentPlan.says(wish(folded), appointment(folded))),
            List.of());
  }

  private static Said said(Formed formed) {
    return new Said(Map.of(Persons.PATIENT, formed.fields()), formed.warnings());
  }

  private Formed patient(Work work) {
    JsonNode patient = resource(work, "Patient");
    return Formed.of(
        patientFields.map(work.practice(), patient),
        Left.of(chartRows.map(work.practice(), LEFT, patient)),
        table.texts("patients"));
  }

  /**
   * With what an appointment writes of nobody, or of nobody who was there before, and with what of
   * itself a booking takes nothing of.
   */
  private Formed booked(Head head, Wish wish, Formed formed) {
    JsonNode patient = resource(head.work(), "Patient");
    boolean isMade = head.landed("patients.post");
    ArrayNode groups = JsonNodeFactory.instance.arrayNode();
    for (JsonNode group : chartRows.map(head.work().practice(), BOOKED_LEFT, patient)) {
      if (!isMade || !group.path("known").asBoolean()) {
        groups.add(group);
      }
    }
    // Where nothing is booked nobody is chosen.
    Left visit =
        wish == Wish.TAKES_PLACE || wish == Wish.PLANNED
            ? Left.of(
                chartRows.map(
                    head.work().practice(), VISIT_LEFT, resource(head.work(), "Appointment")))
            : Left.NOTHING;
    Left note = new Left(appointmentFitted(head.work()).warnings(), List.of());
    return new Formed(formed.fields(), formed.left().and(Left.of(groups)).and(visit).and(note));
  }

  /** What is written of a patient; what is left, and why, is for his receipt alone. */
  private ObjectNode patientFields(Work work) {
    return patientFields(work.practice(), resource(work, "Patient"));
  }

  private ObjectNode patientFields(String practice, JsonNode patient) {
    return Formed.of(patientFields.map(practice, patient), Left.NOTHING, table.texts("patients"))
        .fields();
  }

  private JsonNode appointment(Work work) {
    Fitted fitted = appointmentFitted(work);
    if (!fitted.refusals().isEmpty()) {
      throw new MappingException(String.join("; ", fitted.refusals()));
    }
    return fitted.fields();
  }

  /** How long its note is to be depends on what stands there. */
  private Fitted appointmentFitted(Work work) {
    return Fitted.of(
        appointmentFields.map(work.practice(), resource(work, "Appointment")).deepCopy(),
        Fitted.but(table.texts("appointments"), List.of("Note")));
  }

  private static Wish wish(Work work) {
    return Wish.of(work.event(), resource(work, "Appointment"));
  }

  private Decision message(Head head) {
    try {
      if (head.work().isOnCondition()) {
        return head.booking()
            .map(booking -> appointments.onCondition(head, booking))
            .orElseGet(() -> patients.onCondition(head));
      }
      return look.remembering(head, () -> patientFields(head.work()), plan(head));
    } catch (CodeRefused refused) {
      return new Decision.Hold(refused.getMessage(), List.of());
    } catch (MappingException e) {
      return new Decision.Hold("the mapping cannot take it: " + e.getMessage(), List.of());
    }
  }

  private Decision plan(Head head) {
    if (head.work().event().equals(Work.CHART)) {
      return chartOnly(head);
    }
    Formed formed = patient(head.work());
    boolean aboutAppointment = head.booking().isPresent();
    Wish wish = wish(head.work());
    List<Played.Said> patientSaid = said(head, this::patientFields);
    if (aboutAppointment && wish.cancels() && !head.folded().isEmpty()) {
      return cancelUnbegun(head, patientSaid);
    }
    if (aboutAppointment && wish == Wish.HAPPENED && !head.booking().get().known()) {
      return AppointmentPlan.happenedUnknown(head);
    }
    if (!head.person().orElseThrow().known() && aboutAppointment && wish == Wish.HAPPENED) {
      return patients.findOnly(head, patientSaid);
    }
    if (!head.person().orElseThrow().known()) {
      return aboutAppointment && wish.cancels()
          ? appointments.cancelUnknown(
              head,
              appointment(head.work()),
              "there is nothing to cancel: neither the patient nor the appointment is known here")
          : formed.told(found(head, patientSaid));
    }
    if (aboutAppointment) {
      return look.stranger(head, patientSaid).orElseGet(() -> visit(head, wish, formed));
    }
    return withChart(head, formed.told(patients.update(head, patientSaid)), formed.left());
  }

  /**
   * @param formed of the patient who comes
   */
  private Decision visit(Head head, Wish wish, Formed formed) {
    List<Played.Said> said = said(head, this::appointment);
    Decision decision = appointments.next(head, wish, said);
    if (decision instanceof Decision.Done done) {
      VisitNote over = appointments.over(head, said);
      for (String warning : over.warnings()) {
        done = done.with(warning);
      }
      decision = chart.kept(head, done, over.over());
    }
    // Told at the end alone; before a write too, so that what a mapping cannot take is held while
    // nothing stands.
    boolean isTold = decision instanceof Decision.Done || decision instanceof Decision.Write;
    return (isTold ? booked(head, wish, formed) : formed).told(decision);
  }

  /** Nobody is made because something that he has not is called off. */
  private Decision found(Head head, List<Played.Said> patientSaid) {
    Decision found = patients.find(head, patientSaid);
    return PatientPlan.creates(found) && chart.onlyCallsOff(head)
        ? new Decision.Refuse(
            "there is nothing to call off: nobody in Open Dental is this patient, and none is made for that")
        : found;
  }

  /** Somebody who is not there has no visit; nobody is made for one that does not take place. */
  private Decision cancelUnbegun(Head head, List<Played.Said> patientSaid) {
    Optional<Decision> first =
        head.person().orElseThrow().known()
            ? Optional.empty()
            : Optional.of(patients.find(head, patientSaid))
                .filter(each -> !PatientPlan.creates(each));
    return first.orElseGet(() -> appointments.cancelUnbegun(head, said(head, this::appointment)));
  }

  /** What else the message carries, once nothing is left to do of the patient's own fields. */
  private Decision withChart(Head head, Decision patient, Left left) {
    if (patient instanceof Decision.Done done) {
      return chart.next(head, done, left);
    }
    if (patient instanceof Decision.Superseded superseded && chart.concerns(head)) {
      // The rest of the patient is the newer message's to say.
      return chart.next(head, own(head, superseded.warnings()), Left.NOTHING);
    }
    return patient;
  }

  /** A patient who is only named so that the rest finds whom it is about. */
  private Decision chartOnly(Head head) {
    List<Played.Said> said =
        said(
            head,
            work ->
                Fitted.of(
                        patientFields.map(work.practice(), resource(work, "Patient")).deepCopy(),
                        table.texts("patients"))
                    .fields());
    if (!head.person().orElseThrow().known()) {
      return patients.findOnly(head, said);
    }
    return look.stop(head, said, Look.GONE)
        .orElseGet(() -> chart.next(head, own(head, List.of()), Left.NOTHING));
  }

  /** Nothing was written of the patient's own fields. */
  private static Decision.Done own(Head head, List<String> warnings) {
    return new Decision.Done(
        false,
        Map.of("PatNum", head.person().orElseThrow().patNum()),
        Map.of(),
        "",
        warnings,
        List.of(),
        Optional.empty());
  }

  @Override
  public Finding examine(Head head, Asked unclear, List<Asked> round) {
    return settle.examine(head, unclear, round);
  }

  @Override
  public Meaning meaning(ApiRequest request, int status, JsonNode body) {
    Meaning meaning = answers.meaning(status, body);
    // The list is looked at again and two alike are no harm: a text that nobody knows is a no.
    if (meaning == Meaning.UNCLEAR
        && status / 100 == 4
        && request.writes()
        && request.name().startsWith("subscriptions.")) {
      return Meaning.REFUSED;
    }
    // What is only told on a receipt stops no booking.
    if (meaning == Meaning.UNCLEAR
        && status / 100 == 4
        && (request.name().equals(OpenHours.DAY) || request.name().equals(OpenHours.AROUND))) {
      return Meaning.REFUSED;
    }
    if (meaning == Meaning.OK && request.writes() && !Reads.isOfWrite(request, body)) {
      return Meaning.UNCLEAR;
    }
    // Its parts need the key: who does not tell it is asked for the row.
    boolean needsKey =
        request.method().equals("POST")
            && table.kindOf(request.name()).filter(kind -> kind.parts().isPresent()).isPresent();
    if (meaning == Meaning.OK && needsKey && key(request, body, "") == 0) {
      return Meaning.UNCLEAR;
    }
    return meaning == Meaning.OK && !request.writes() && !Reads.shaped(request, body)
        ? Meaning.UNCLEAR
        : meaning;
  }

  /** The returned object first, the location header second (open-dental-api.md 1.7). */
  @Override
  public long key(ApiRequest request, JsonNode body, String location) {
    String field =
        switch (effect(request.name())) {
          case PERSON -> "PatNum";
          case BOOKING -> "AptNum";
          // That of a definition is for people, if what was to point to it is refused.
          case ROW, NONE -> table.kindOf(request.name()).map(RowKind::key).orElse("");
        };
    if (field.isEmpty()) {
      return 0;
    }
    long key = body.path(field).asLong(0);
    if (key != 0) {
      return key;
    }
    String last = location.substring(location.lastIndexOf('/') + 1);
    return last.matches("\\d{1,18}") ? Long.parseLong(last) : 0;
  }

  @Override
  public Effect effect(String name) {
    return switch (name) {
      case "patients.post" -> Effect.PERSON;
      case "appointments.post", "appointments.planned", "appointments.schedule" -> Effect.BOOKING;
      default ->
          table
              .kindOf(name)
              .map(kind -> kind.takes().isBlank() && !table.isPart(kind) ? Effect.NONE : Effect.ROW)
              .orElse(Effect.NONE);
    };
  }

  @Override
  public boolean isOfChart(String write) {
    return table.kindOf(write).isPresent();
  }

  @Override
  public String visible(Head head) {
    return chart.visible(head);
  }

  @Override
  public Optional<Visit> visit(Head head, Decision.Done done) {
    long aptNum = done.keys().getOrDefault("AptNum", 0L);
    return aptNum == 0
        ? Optional.empty()
        : StandingVisit.of(head.calls(), aptNum, offices.get(head.work().practice()).zone());
  }

  @Override
  public Standing standing(Head head) {
    return Stands.of(head, table);
  }

  @Override
  public List<Reread> reread(Head head) {
    return chart.reread(head);
  }

  @Override
  public Optional<Written> written(ApiRequest request, long key) {
    return columns.written(request, key);
  }

  @Override
  public Optional<JsonNode> watch(Head head, Asked landed) {
    return doubles.later(head, landed);
  }

  /** What it stands for and itself, oldest first. */
  private static List<Played.Said> said(Head head, Function<Work, JsonNode> fields) {
    return Stream.concat(head.folded().stream(), Stream.of(head.work()))
        .map(work -> new Played.Said(work.messageId(), work.seq(), fields.apply(work)))
        .toList();
  }

  private static JsonNode resource(Work work, String type) {
    for (JsonNode entry : work.bundle().path("entry")) {
      if (entry.path("resource").path("resourceType").asText().equals(type)) {
        return entry.path("resource");
      }
    }
    return MissingNode.getInstance();
  }
}
