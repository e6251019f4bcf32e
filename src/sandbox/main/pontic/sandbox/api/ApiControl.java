package pontic.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The API's part of the control server: /faults, /requests and /settings as JSON in and out. Wrong
 * input is an IllegalArgumentException whose text is for the caller.
 */
public final class ApiControl {
  private static final Set<String> FAULT_FIELDS =
      Set.of(
          "practice",
          "fault",
          "count",
          "method",
          "path",
          "after",
          "seconds",
          "immediate",
          "acts",
          "holding");
  private static final Set<String> SETTING_FIELDS =
      Set.of(
          "practice",
          "mode",
          "keyStatus",
          "permissions",
          "queueLength",
          "queueingOnly",
          "waitUncounted",
          "timedOutGoesOn",
          "bareErrorText",
          "overlapRefused",
          "hiddenRefused",
          "closedRefused",
          "unknownFieldsRefused",
          "newerFieldsIgnored",
          "stampsInclusive",
          "deletedPatientsShown",
          "listsBackwards",
          "everyWriteLogged",
          "deleteByReadAll",
          "existingTaken",
          "leastSeconds",
          "anyAnswerCounts",
          "deletedAsAppointment");

  private final OpenDentalApi api;

  public ApiControl(OpenDentalApi api) {
    this.api = api;
  }

  /** GET /faults. */
  public JsonNode faults() {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (Faults.Armed armed : api.faults().list()) {
      Fault fault = armed.fault();
      ObjectNode row = rows.addObject();
      row.put("id", armed.id());
      fault.practice().ifPresent(practice -> row.put("practice", practice));
      row.put("fault", fault.kind().wireName());
      row.put("remaining", armed.remaining());
      row.put("untilCleared", fault.count() == 0);
      row.put("toPass", armed.toPass());
      fault.method().ifPresent(method -> row.put("method", method));
      fault.path().ifPresent(path -> row.put("path", path));
      row.put("seconds", fault.duration().toMillis() / 1000.0);
      row.put("immediate", fault.immediate());
      row.put("acts", fault.acts());
      row.put("holding", fault.holding());
    }
    return rows;
  }

  /**
   * POST /faults: {@code
   * {"practice":"elm","fault":"timeout-after","count":1,"method":"POST","path":"/appointments*"}}.
   *
   * @throws IllegalArgumentException when a field is unknown or has a value that makes no sense
   */
  public JsonNode arm(JsonNode body) {
    onlyKnown(body, FAULT_FIELDS);
    String name =
        text(body, "fault")
            .orElseThrow(() -> new IllegalArgumentException("Give a fault, such as timeout-after"));
    String[] parts = name.split(":", 2);
    FaultKind kind;
    try {
      kind = FaultKind.of(parts[0]);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("There is no fault of that name; see docs/sandbox.md", e);
    }
    Optional<String> practice = text(body, "practice");
    practice.ifPresent(api::settings);
    Fault plain = Fault.of(practice.orElse(""), kind);
    Duration duration =
        parts.length == 2
            ? seconds(JsonNodeFactory.instance.textNode(parts[1]))
            : body.has("seconds") ? seconds(body.get("seconds")) : plain.duration();
    long id =
        api.faults()
            .arm(
                new Fault(
                    practice,
                    kind,
                    number(body, "count").orElse(plain.count()),
                    text(body, "method"),
                    text(body, "path"),
                    number(body, "after").orElse(0),
                    duration,
                    flag(body, "immediate").orElse(false),
                    flag(body, "acts").orElse(false),
                    text(body, "holding").orElse("")));
    return JsonNodeFactory.instance.objectNode().put("id", id);
  }

  /** DELETE /faults[?practice=]. */
  public void clearFaults(Optional<String> practice) {
    practice.ifPresentOrElse(api.faults()::clear, api.faults()::clear);
  }

  /**
   * GET /requests[?practice=&amp;since=].
   *
   * @param since epoch milliseconds; only requests that arrived then or later
   */
  public JsonNode requests(Optional<String> practice, Optional<String> since) {
    long from = since.map(ApiControl::whole).orElse(0L);
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (Requests.Entry entry : api.requests().list()) {
      if (entry.arrival() >= from && (practice.isEmpty() || entry.practice().equals(practice))) {
        rows.add(row(entry));
      }
    }
    return rows;
  }

  /** GET /requests/violations[?practice=&amp;tolerance=], tolerance in milliseconds. */
  public JsonNode violations(Optional<String> practice, Optional<String> tolerance) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (Requests.Violation violation :
        api.requests().violations(tolerance.map(ApiControl::whole).orElse(0L))) {
      if (practice.isEmpty() || violation.early().practice().equals(practice)) {
        ObjectNode row = rows.addObject();
        row.put("tooEarlyMillis", violation.millis());
        row.set("before", row(violation.before()));
        row.set("early", row(violation.early()));
      }
    }
    return rows;
  }

  /** DELETE /requests. */
  public void clearRequests() {
    api.requests().clear();
  }

  /** GET /settings?practice=. */
  public JsonNode settings(String practice) {
    OfficeSettings settings = api.settings(practice);
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("practice", practice);
    row.put("mode", settings.mode().name().toLowerCase(Locale.ROOT));
    row.put("keyStatus", settings.keyStatus().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    ArrayNode permissions = row.putArray("permissions");
    new TreeSet<>(settings.permissions()).forEach(permissions::add);
    row.put("queueLength", settings.queueLength());
    row.put("queueingOnly", settings.queueingOnly());
    row.put("waitUncounted", settings.queue().waitUncounted());
    row.put("timedOutGoesOn", settings.queue().timedOutGoesOn());
    row.put("bareErrorText", settings.bareErrorText());
    row.put("overlapRefused", settings.bookings().overlapRefused());
    row.put("hiddenRefused", settings.bookings().hiddenRefused());
    row.put("closedRefused", settings.bookings().closedRefused());
    row.put("unknownFieldsRefused", settings.unknownFieldsRefused());
    row.put("newerFieldsIgnored", settings.newerFieldsIgnored());
    row.put("stampsInclusive", settings.stampsInclusive());
    row.put("deletedPatientsShown", settings.deletedPatientsShown());
    row.put("listsBackwards", settings.listsBackwards());
    row.put("everyWriteLogged", settings.everyWriteLogged());
    row.put("deleteByReadAll", settings.events().deleteByReadAll());
    row.put("existingTaken", settings.events().existingTaken());
    row.put("leastSeconds", settings.events().leastSeconds());
    row.put("anyAnswerCounts", settings.events().anyAnswerCounts());
    row.put("deletedAsAppointment", settings.events().deletedAsAppointment());
    return row;
  }

  /**
   * POST /settings: the practice and the settings to change, as GET writes them.
   *
   * @throws IllegalArgumentException when a field is unknown or has a value that makes no sense
   */
  public JsonNode change(JsonNode body) {
    onlyKnown(body, SETTING_FIELDS);
    String practice =
        text(body, "practice").orElseThrow(() -> new IllegalArgumentException("Give a practice"));
    api.change(practice, old -> changed(old, body));
    return settings(practice);
  }

  private static OfficeSettings changed(OfficeSettings old, JsonNode body) {
    return new OfficeSettings(
        text(body, "mode").map(name -> member(Mode.class, name)).orElse(old.mode()),
        text(body, "keyStatus").map(name -> member(KeyStatus.class, name)).orElse(old.keyStatus()),
        permissions(body).orElse(old.permissions()),
        number(body, "queueLength").orElse(old.queueLength()),
        flag(body, "queueingOnly").orElse(old.queueingOnly()),
        new QueueDoubts(
            flag(body, "waitUncounted").orElse(old.queue().waitUncounted()),
            flag(body, "timedOutGoesOn").orElse(old.queue().timedOutGoesOn())),
        flag(body, "bareErrorText").orElse(old.bareErrorText()),
        new BookingDoubts(
            flag(body, "overlapRefused").orElse(old.bookings().overlapRefused()),
            flag(body, "hiddenRefused").orElse(old.bookings().hiddenRefused()),
            flag(body, "closedRefused").orElse(old.bookings().closedRefused())),
        flag(body, "unknownFieldsRefused").orElse(old.unknownFieldsRefused()),
        flag(body, "newerFieldsIgnored").orElse(old.newerFieldsIgnored()),
        flag(body, "stampsInclusive").orElse(old.stampsInclusive()),
        flag(body, "deletedPatientsShown").orElse(old.deletedPatientsShown()),
        flag(body, "listsBackwards").orElse(old.listsBackwards()),
        flag(body, "everyWriteLogged").orElse(old.everyWriteLogged()),
        new EventDoubts(
            flag(body, "deleteByReadAll").orElse(old.events().deleteByReadAll()),
            flag(body, "existingTaken").orElse(old.events().existingTaken()),
            number(body, "leastSeconds").orElse(old.events().leastSeconds()),
            flag(body, "anyAnswerCounts").orElse(old.events().anyAnswerCounts()),
            flag(body, "deletedAsAppointment").orElse(old.events().deletedAsAppointment())));
  }

  /** GET /events?practice=: what runs at the workstations and what was sent. */
  public JsonNode events(String practice) {
    api.settings(practice);
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("practice", practice);
    ArrayNode running = row.putArray("running");
    for (Events.Program program : api.events().running(practice)) {
      running
          .addObject()
          .put("workstation", program.workstation())
          .put("service", program.service());
    }
    ArrayNode sent = row.putArray("sent");
    for (Events.Sent one : api.events().sent(practice)) {
      sent.addObject()
          .put("workstation", one.workstation())
          .put("type", one.type())
          .put("rows", one.rows())
          .put("status", one.status());
    }
    return row;
  }

  /**
   * POST /events: {@code {"practice":"elm","running":[{"workstation":"FRONT","service":false}]}} or
   * {@code {"practice":"elm","workstation":"FRONT","select":12}}.
   *
   * @throws IllegalArgumentException when a field is unknown or has a value that makes no sense
   */
  public JsonNode run(JsonNode body) {
    onlyKnown(body, Set.of("practice", "running", "workstation", "select"));
    String practice =
        text(body, "practice").orElseThrow(() -> new IllegalArgumentException("Give a practice"));
    api.settings(practice);
    if (body.has("running")) {
      List<Events.Program> programs = new ArrayList<>();
      for (JsonNode program : body.get("running")) {
        onlyKnown(program, Set.of("workstation", "service"));
        programs.add(
            new Events.Program(
                text(program, "workstation")
                    .orElseThrow(() -> new IllegalArgumentException("Give a workstation")),
                flag(program, "service").orElse(false)));
      }
      api.events().run(practice, programs);
    }
    if (body.has("select")) {
      api.events()
          .select(
              practice,
              text(body, "workstation")
                  .orElseThrow(() -> new IllegalArgumentException("Give a workstation")),
              number(body, "select").orElse(0));
    }
    return events(practice);
  }

  private static <E extends Enum<E>> E member(Class<E> type, String name) {
    try {
      return Enum.valueOf(type, name.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "There is no " + type.getSimpleName() + " of that name", e);
    }
  }

  private static Optional<Set<String>> permissions(JsonNode body) {
    if (!body.has("permissions")) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    body.get("permissions").forEach(name -> names.add(name.asText()));
    if (!Permissions.ALL.containsAll(names)) {
      throw new IllegalArgumentException(
          "permissions are names such as ApiReadAll, as GET /securityperms gives them");
    }
    return Optional.of(Set.copyOf(names));
  }

  private static ObjectNode row(Requests.Entry entry) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("number", entry.number());
    row.put("arrival", entry.arrival());
    entry.end().ifPresent(end -> row.put("end", end));
    entry.practice().ifPresent(practice -> row.put("practice", practice));
    row.put("method", entry.method());
    row.put("path", entry.template());
    row.put("status", entry.status());
    entry.fault().ifPresent(fault -> row.put("fault", fault));
    entry.landed().ifPresent(landed -> row.put("landed", landed));
    if (!entry.fields().isEmpty()) {
      row.put("fields", String.join(" ", entry.fields()));
    }
    return row;
  }

  private static void onlyKnown(JsonNode body, Set<String> names) {
    if (!body.isObject()) {
      throw new IllegalArgumentException("Send a JSON object");
    }
    body.fieldNames()
        .forEachRemaining(
            name -> {
              if (!names.contains(name)) {
                throw new IllegalArgumentException(
                    "Unknown field; known are " + new TreeSet<>(names));
              }
            });
  }

  private static Optional<String> text(JsonNode body, String name) {
    if (!body.hasNonNull(name)) {
      return Optional.empty();
    }
    if (!body.get(name).isTextual()) {
      throw new IllegalArgumentException(name + " must be text");
    }
    return Optional.of(body.get(name).textValue());
  }

  private static Optional<Integer> number(JsonNode body, String name) {
    if (!body.hasNonNull(name)) {
      return Optional.empty();
    }
    if (!body.get(name).canConvertToInt() || !body.get(name).isIntegralNumber()) {
      throw new IllegalArgumentException(name + " must be a whole number");
    }
    return Optional.of(body.get(name).intValue());
  }

  private static Optional<Boolean> flag(JsonNode body, String name) {
    if (!body.hasNonNull(name)) {
      return Optional.empty();
    }
    if (!body.get(name).isBoolean()) {
      throw new IllegalArgumentException(name + " must be true or false");
    }
    return Optional.of(body.get(name).booleanValue());
  }

  private static Duration seconds(JsonNode value) {
    double seconds;
    try {
      seconds = Double.parseDouble(value.asText());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("seconds must be a number", e);
    }
    if (!(seconds >= 0 && seconds <= 86_400)) {
      throw new IllegalArgumentException("seconds must be between 0 and 86400");
    }
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  private static long whole(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("since and tolerance are whole milliseconds", e);
    }
  }
}
