package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import pontic.accept.Arrival;
import pontic.accept.Inbox;
import pontic.audit.SqlAudit;
import pontic.identify.Identify;
import pontic.lane.ApiRequest;
import pontic.lane.Decision;
import pontic.lane.Landings;
import pontic.lane.Lane;
import pontic.lane.LaneStep;
import pontic.lane.LaneTerms;
import pontic.lane.LogRules;
import pontic.lane.ParkedMessages;
import pontic.lane.Work;
import pontic.lane.Written;
import pontic.mapping.Mappings;
import pontic.mapping.PracticeRules;
import pontic.mapping.Writes;
import pontic.opendental.Families.Human;
import pontic.person.Persons;
import pontic.person.SaidIdentifiers;
import pontic.receipt.Receipts;
import pontic.store.SqlLeases;
import pontic.store.Store;
import pontic.store.Transaction;
import pontic.understand.Understand;
import pontic.understand.Understanding;

/**
 * One practice: the real store, identification, planner and lane, before an office that is a list.
 * Nothing of it waits by itself: {@link #serve} goes on as far as it goes.
 */
final class Town {
  static final Path MAPPINGS = Path.of("../../mappings");
  static final PracticeRules RULES = PracticeRules.shipped(MAPPINGS);
  private static final String PRACTICE = "elm";
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** The office's rows, and whom each is of. */
  static final class Office {
    final Map<Long, ObjectNode> rows = new TreeMap<>();
    final Map<Long, ObjectNode> appointments = new TreeMap<>();
    final Map<Long, Integer> of = new HashMap<>();

    /** What it answers to who asks for free times. */
    final ArrayNode free = JSON.arrayNode();

    /** Rows of its schedule, of whatever type. */
    final ArrayNode worked = JSON.arrayNode();

    final Set<Integer> known = new HashSet<>();

    /** PatNums of those that the API created, by whoever's key is ours. */
    final List<Long> log = new ArrayList<>();

    private final Map<String, List<JsonNode>> born = new HashMap<>();

    long add(JsonNode fields, int human) {
      long patNum = rows.size() + 1;
      ObjectNode row = fields.deepCopy();
      row.put("PatNum", patNum).put("PatStatus", "Patient");
      rows.put(patNum, row);
      of.put(patNum, human);
      known.add(human);
      born.computeIfAbsent(row.path("Birthdate").asText(), day -> new ArrayList<>()).add(row);
      return patNum;
    }

    List<JsonNode> born(String day) {
      return born.getOrDefault(day, List.of());
    }
  }

  final Office office;
  final List<String> wrong = new ArrayList<>();

  /** Requests that the office answers with a 400 that nobody documents, without acting. */
  Predicate<ApiRequest> misunderstood = request -> false;

  /** Requests that find the office away, without acting. */
  Predicate<ApiRequest> unreachable = request -> false;

  /** Requests that never leave, since nobody listens there. */
  Predicate<ApiRequest> unsent = request -> false;

  /** Requests that nobody answers, without acting. */
  Predicate<ApiRequest> silent = request -> false;

  /** Reads that the office answers with a 404 that is known. */
  Predicate<ApiRequest> missing = request -> false;

  /** Requests that the office refuses by a text that is known. */
  Predicate<ApiRequest> refused = request -> false;

  /** What something before the office answers with 200 in its place, which it does not hear of. */
  Function<ApiRequest, Optional<JsonNode>> instead = request -> Optional.empty();

  /** A comment over which the mapping stumbles as nobody foresaw; "" for none. */
  String poison = "";

  /** What happens at the office when a request of this name comes, before it is served; once. */
  final Map<String, Runnable> meanwhile = new HashMap<>();

  /** Names of the requests, in the order in which they came. */
  final List<String> asked = new ArrayList<>();

  /** Requests by name, the last of each. */
  final Map<String, ApiRequest> last = new HashMap<>();

  /** What the office says that it has, once it is asked. */
  String version = "24.3.10.0";

  /** AppointmentTypeNum of what is booked; 0 for none. */
  long kind;

  /** Dentist and hygienist that a message of a visit names; 0 for none. */
  long dentist = 1;

  long hygienist;

  /** In which operatory whom is booked. */
  IntUnaryOperator room = human -> 1;

  /** By which door messages come. */
  String route = "accept-hl7";

  int writes;
  private final Map<String, Integer> messages = new HashMap<>();
  private final Store store;
  private final Inbox inbox;
  private final Understand understand;
  private final Identify identify;
  private final Lane lane;
  private int number;

  /**
   * @param limit after which a request without an answer counts as ended
   */
  Town(Store store, Office office, Duration limit) throws Exception {
    this(store, office, limit, true);
  }

  /**
   * @param folds false: each message is played by itself
   */
  Town(Store store, Office office, Duration limit, boolean folds) throws Exception {
    this(store, office, limit, folds, OfficeTerms.DoubleBooking.PARK, false);
  }

  Town(
      Store store,
      Office office,
      Duration limit,
      boolean folds,
      OfficeTerms.DoubleBooking doubleBooking,
      boolean sameProvider)
      throws Exception {
    this.store = store;
    this.office = office;
    Persons persons = new Persons(store.vault());
    Receipts receipts = new Receipts("test");
    SqlLeases leases = new SqlLeases("test");
    store.write(tx -> leases.voidOwn(tx));
    Mappings mappings = Mappings.load(MAPPINGS);
    JsonNode answers = YAML.readTree(MAPPINGS.resolve("opendental/answers.yaml").toFile());
    OpenDentalPlanner planner =
        new OpenDentalPlanner(
            List.of(
                new OfficeTerms(
                    PRACTICE,
                    ZoneId.of("UTC"),
                    "local",
                    1.0,
                    HintTerms.NONE,
                    "note",
                    "leave",
                    Set.of(),
                    Set.of(),
                    doubleBooking,
                    sameProvider,
                    false)),
            Writes.load(MAPPINGS),
            (practice, resource) ->
                mappings
                    .mapper("inbound/patient")
                    .map(
                        resource,
                        Map.of(
                            "zone", TextNode.valueOf("UTC"),
                            "practice", TextNode.valueOf(practice))),
            (practice, resource) -> fields(resource),
            (practice, mapping, resource) ->
                mappings
                    .mapper(mapping)
                    .map(
                        resource,
                        Map.of("zone", TextNode.valueOf("UTC"), "rest", TextNode.valueOf("note"))),
            practice -> RULES,
            new Answers(texts(answers, "away"), texts(answers, "refused")),
            YAML.readValue(MAPPINGS.resolve("opendental/own-log.yaml").toFile(), LogRules.class),
            new Columns(YAML.readTree(MAPPINGS.resolve("opendental/columns.yaml").toFile())),
            practice -> List.of(),
            (practice, sender, record) -> false,
            store.vault());
    lane =
        new Lane(
            store,
            leases,
            new SqlAudit(),
            persons,
            receipts,
            planner,
            new Landings() {
              @Override
              public void landed(Transaction tx, Work work, Written written) {}

              @Override
              public void brought(Transaction tx, Work work, Decision.Row row) {}
            },
            (tx, practice, messageId, visit) -> {},
            List.of(terms(limit, folds)));
    inbox = new Inbox(store, new SqlAudit(), receipts);
    understand =
        new Understand(
            store,
            leases,
            receipts,
            practice -> false,
            (tx, practice, message) -> lane.parked().read(tx, practice, message));
    identify =
        new Identify(
            store,
            leases,
            persons,
            lane,
            receipts,
            new SaidIdentifiers(store, persons),
            (practice, name) -> mappings.mapper(name),
            practice -> RULES.matching());
    lane.watch();
  }

  static LaneTerms terms(Duration limit) {
    return terms(limit, true);
  }

  private static LaneTerms terms(Duration limit, boolean folds) {
    return new LaneTerms(
        PRACTICE,
        limit,
        limit.dividedBy(10),
        Duration.ZERO,
        1.0,
        true,
        folds,
        1.0,
        LaneTerms.Quiet.never(),
        "");
  }

  private static List<String> texts(JsonNode yaml, String field) {
    List<String> texts = new ArrayList<>();
    yaml.path(field).forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private JsonNode fields(JsonNode appointment) {
    if (!poison.isEmpty() && appointment.path("comment").asText().equals(poison)) {
      throw new IllegalStateException("nobody foresaw it");
    }
    ObjectNode fields = JSON.objectNode();
    fields.put("AptDateTime", appointment.path("start").asText());
    fields.put("Op", appointment.path("room").asInt());
    if (dentist != 0) {
      fields.put("ProvNum", dentist);
    }
    if (hygienist != 0) {
      fields.put("ProvHyg", hygienist);
    }
    if (appointment.has("appointmentType")) {
      fields.put("AppointmentTypeNum", appointment.path("appointmentType").asLong());
    }
    if (appointment.has("comment")) {
      fields.put("Note", appointment.path("comment").asText());
    }
    return fields;
  }

  /**
   * @return Pontic's id of the message
   */
  String say(Human human, String hospital) {
    return say(human, hospital, "update", MissingNode.getInstance());
  }

  /** The same, and who is to be called in an emergency. */
  String calling(Human human, String hospital, String called) {
    ObjectNode bundle = bundle(human, hospital);
    ObjectNode contact =
        ((ObjectNode) bundle.path("entry").path(0).path("resource"))
            .putArray("contact")
            .addObject();
    contact.putArray("relationship").addObject().putArray("coding").addObject().put("code", "C");
    contact.putObject("name").put("text", called);
    return send(human, hospital, "update", bundle);
  }

  /**
   * @param start "" for one that is planned
   * @param comment "" for none
   */
  String book(
      Human human, String hospital, String event, String placer, String start, String comment) {
    ObjectNode appointment = JSON.objectNode().put("resourceType", "Appointment");
    appointment.putArray("identifier").addObject().put("system", "urn:id:PL").put("value", placer);
    if (start.isEmpty()) {
      appointment.put("status", "proposed");
    } else {
      appointment.put("start", start);
    }
    appointment.put("room", room.applyAsInt(human.id()));
    if (kind != 0) {
      appointment.put("appointmentType", kind);
    }
    if (!comment.isEmpty()) {
      appointment.put("comment", comment);
    }
    return say(human, hospital, event, appointment);
  }

  private String say(Human human, String hospital, String event, JsonNode appointment) {
    ObjectNode bundle = bundle(human, hospital);
    if (appointment.isObject()) {
      ((ArrayNode) bundle.path("entry")).addObject().set("resource", appointment);
    }
    return send(human, hospital, event, bundle);
  }

  String send(Human human, String hospital, String event, ObjectNode bundle) {
    String id = accepted(human, hospital, bundle);
    Understanding claimed = understand.claim(PRACTICE);
    assertEquals(id, claimed.messageId());
    identify.file(claimed.withBundle(event, bundle));
    return id;
  }

  /** A message over which a mapping stumbles: it is parked before anybody knows whose it is. */
  String stumbles(Human human, String hospital) {
    String id = accepted(human, hospital, bundle(human, hospital));
    reads((understand, read) -> understand.failed(read, new IllegalStateException("a defect")));
    assertEquals("parked", end(id));
    return id;
  }

  private String accepted(Human human, String hospital, ObjectNode bundle) {
    String id =
        inbox
            .accept(
                new Arrival(
                    PRACTICE,
                    route,
                    "EHR|" + hospital,
                    "Patient",
                    "c" + System.identityHashCode(this) + "-" + number++,
                    bundle.toString().getBytes(StandardCharsets.UTF_8),
                    "",
                    "AA",
                    Optional.empty(),
                    false))
            .messageId();
    messages.put(id, human.id());
    return id;
  }

  /** As the route watch-practice does. */
  void watch() {
    lane.watch();
  }

  /** Until the lane has nothing to ask at present. */
  void serve() {
    for (LaneStep step = lane.claim(PRACTICE); !step.isNothing(); step = lane.claim(PRACTICE)) {
      ApiRequest request = step.request();
      last.put(request.name(), request);
      asked.add(request.name());
      Optional.ofNullable(meanwhile.remove(request.name())).ifPresent(Runnable::run);
      if (unsent.test(request)) {
        lane.notSent(step);
        continue;
      }
      if (silent.test(request)) {
        lane.unclear(step);
        continue;
      }
      if (misunderstood.test(request)) {
        lane.answered(step, 400, TextNode.valueOf("What nobody documents"), Duration.ZERO, "");
        continue;
      }
      if (unreachable.test(request)) {
        lane.answered(step, 400, TextNode.valueOf("Office is offline"), Duration.ZERO, "");
        continue;
      }
      if (!request.writes() && missing.test(request)) {
        lane.answered(step, 404, TextNode.valueOf("Operatory not found"), Duration.ZERO, "");
        continue;
      }
      if (request.writes() && refused.test(request)) {
        lane.answered(step, 400, TextNode.valueOf("Operatory not found"), Duration.ZERO, "");
        continue;
      }
      Optional<JsonNode> other = instead.apply(request);
      if (other.isPresent()) {
        lane.answered(step, 200, other.get(), Duration.ZERO, "");
        continue;
      }
      JsonNode body = answer(step, request);
      lane.answered(step, request.method().equals("POST") ? 201 : 200, body, Duration.ZERO, "");
    }
  }

  private JsonNode answer(LaneStep step, ApiRequest request) {
    String[] path = request.path().split("/");
    long key = path.length > 2 && path[2].matches("\\d+") ? Long.parseLong(path[2]) : 0;
    return switch (request.name()) {
      case "securityperms.get" -> {
        ArrayNode granted = JSON.arrayNode();
        for (String each : List.of("ApiPatients", "ApiAppointments", "ApiComm")) {
          granted.addObject().put("Permission", each).put("HasPermission", "true");
        }
        yield granted;
      }
      case "preferences.get" ->
          JSON.arrayNode()
              .add(JSON.objectNode().put("PrefName", "ProgramVersion").put("ValueString", version));
      case "securitylogs.get" -> {
        ArrayNode entries = JSON.arrayNode();
        int from = Integer.parseInt(request.query().get("Offset"));
        int until = from + Integer.parseInt(request.query().get("Limit"));
        for (int i = from; i < Math.min(until, office.log.size()); i++) {
          entries
              .addObject()
              .put("SecurityLogNum", 5000 + 3 * i)
              .put("PermType", "PatientCreate")
              .put("PatNum", office.log.get(i));
        }
        yield entries;
      }
      case "patients.search" -> list(office.born(request.query().get("Birthdate")));
      case "patients.get" -> office.rows.get(key);
      case "patientnotes.read" -> JSON.objectNode().put("PatNum", key);
      case "appointments.get" -> office.appointments.get(key);
      case "appointments.search" ->
          list(
              office.appointments.values().stream()
                  .filter(row -> row.path("PatNum").asText().equals(request.query().get("PatNum")))
                  .toList());
      case "appointments.day" ->
          list(
              office.appointments.values().stream()
                  .filter(
                      row ->
                          !request.query().containsKey("Op")
                              || row.path("Op").asText().equals(request.query().get("Op")))
                  .filter(row -> day(row).compareTo(from(request)) >= 0)
                  .filter(row -> day(row).compareTo(to(request)) <= 0)
                  .toList());
      case "schedules.day", "schedules.around" ->
          list(
              StreamSupport.stream(office.worked.spliterator(), false)
                  .filter(row -> row.path("SchedDate").asText().compareTo(from(request)) >= 0)
                  .filter(row -> row.path("SchedDate").asText().compareTo(to(request)) <= 0)
                  .toList());
      case "appointments.slots" -> {
        String provider = request.query().getOrDefault("ProvNum", "1");
        yield list(
            StreamSupport.stream(office.free.spliterator(), false)
                .filter(row -> row.path("ProvNum").asText().equals(provider))
                .toList());
      }
      default -> write(step, request, key);
    };
  }

  private static String from(ApiRequest request) {
    return request.query().getOrDefault("date", request.query().get("dateStart"));
  }

  private static String to(ApiRequest request) {
    return request.query().getOrDefault("date", request.query().get("dateEnd"));
  }

  private static String day(JsonNode row) {
    return row.path("AptDateTime").asText().substring(0, 10);
  }

  private JsonNode write(LaneStep step, ApiRequest request, long key) {
    writes++;
    int meant = means(step);
    long patNum =
        switch (request.name()) {
          case "patients.post" -> {
            long made = office.add(request.body(), meant);
            office.log.add(made);
            yield made;
          }
          case "patients.put" -> key;
          case "appointments.post" -> request.body().path("PatNum").asLong();
          default -> office.appointments.get(key).path("PatNum").asLong();
        };
    if (office.of.get(patNum) != meant) {
      wrong.add(meant + " written to the row of " + office.of.get(patNum));
    }
    return switch (request.name()) {
      case "patients.post" -> office.rows.get(patNum);
      case "patients.put" -> office.rows.get(key).setAll((ObjectNode) request.body());
      case "appointments.post" -> {
        long aptNum = office.appointments.size() + 1;
        ObjectNode row = request.body().deepCopy();
        row.put("AptNum", aptNum).put("AptStatus", "Scheduled");
        office.appointments.put(aptNum, row);
        yield row;
      }
      case "appointments.put" -> office.appointments.get(key).setAll((ObjectNode) request.body());
      case "appointments.break" -> office.appointments.get(key).put("AptStatus", "Broken");
      case "appointments.note" -> {
        ObjectNode row = office.appointments.get(key);
        yield row.put(
            "Note", row.path("Note").asText() + "\r\n" + request.body().path("Note").asText());
      }
      default -> throw new AssertionError(request.name());
    };
  }

  private static JsonNode list(List<? extends JsonNode> rows) {
    ArrayNode list = JSON.arrayNode();
    rows.forEach(list::add);
    return list;
  }

  private int means(LaneStep step) {
    String message =
        text(
            "select w.message_id from work w join call c on c.work_id = w.id where c.id = ?",
            step.callId());
    return messages.get(message);
  }

  /** As ./pontic release. */
  ParkedMessages.Outcome release(String message) {
    return store.write(tx -> lane.parked().release(tx, message, "test"));
  }

  /** As ./pontic parked drop. */
  ParkedMessages.Outcome drop(String message) {
    return store.write(tx -> lane.parked().drop(tx, message, "not wanted", "test"));
  }

  /** As ./pontic parked edit; it is read again at {@link #reads}. */
  ParkedMessages.Outcome edit(String message) {
    return store.write(
        tx -> {
          byte[] body = lane.parked().body(tx, message).orElseThrow();
          return lane.parked().edit(tx, message, body, "test");
        });
  }

  /** Whatever comes of reading the oldest message that waits for it. */
  void reads(BiConsumer<Understand, Understanding> what) {
    what.accept(understand, understand.claim(PRACTICE));
  }

  /** The same, as a message of this event. */
  void reads(String event) throws IOException {
    Understanding claimed = understand.claim(PRACTICE);
    identify.file(claimed.withBundle(event, YAML.readTree(claimed.bytes())));
  }

  /** The end of a message, "" while it is open. */
  String end(String message) {
    return text("select receipt_end from message where id = ?", message);
  }

  String text(String sql, String parameter) {
    return store.read(tx -> tx.sql(sql).params(parameter).query(String.class).single());
  }

  Map<String, Long> ends() {
    Map<String, Long> ends = new TreeMap<>();
    store.read(
        tx ->
            tx.sql("select receipt_end, count(*) as n from message group by receipt_end")
                .query((row, n) -> ends.put(row.getString("receipt_end"), row.getLong("n")))
                .list()
                .size());
    return ends;
  }

  /** Whose messages this town does not know, since another one of the same office took them. */
  void knows(Town other) {
    messages.putAll(other.messages);
  }

  private static void shared(ArrayNode identifiers, String system, String type, String value) {
    identifiers
        .addObject()
        .put("system", system)
        .put("value", value)
        .putObject("type")
        .putArray("coding")
        .addObject()
        .put("code", type);
  }

  private static ObjectNode bundle(Human human, String hospital) {
    ObjectNode patient = JSON.objectNode().put("resourceType", "Patient");
    ArrayNode identifiers = patient.putArray("identifier");
    identifiers.addObject().put("system", "urn:id:MRN").put("value", hospital + human.bears());
    shared(identifiers, "urn:id:ACCT", "AN", hospital + human.family());
    shared(identifiers, "urn:id:PAYER", "MB", "M" + human.family());
    if (!human.ssn().isEmpty()) {
      identifiers
          .addObject()
          .put("system", "http://hl7.org/fhir/sid/us-ssn")
          .put("value", human.ssn());
    }
    ObjectNode name = patient.putArray("name").addObject().put("family", human.last());
    ArrayNode given = name.putArray("given").add(human.first());
    if (!human.middle().isEmpty()) {
      given.add(human.middle());
    }
    patient.put("gender", human.sex().toLowerCase(Locale.ROOT));
    patient.put("birthDate", human.birth());
    ArrayNode telecom = patient.putArray("telecom");
    if (!human.phone().isEmpty()) {
      telecom.addObject().put("system", "phone").put("use", "home").put("value", human.phone());
    }
    if (!human.email().isEmpty()) {
      telecom.addObject().put("system", "email").put("value", human.email());
    }
    if (!human.street().isEmpty()) {
      ObjectNode address = patient.putArray("address").addObject();
      address.putArray("line").add(human.street());
      address.put("postalCode", human.zip());
    }
    ObjectNode bundle = JSON.objectNode().put("resourceType", "Bundle");
    bundle.putArray("entry").addObject().set("resource", patient);
    return bundle;
  }
}
