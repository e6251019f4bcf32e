package pontic.facade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import pontic.accept.FhirPart;
import pontic.understand.Kinds;

/**
 * Cuts a request into the messages that are stored. What a resource refers to inside of the request
 * goes with it: a message is read long after the request is gone, and by itself.
 */
final class Intake {
  private static final int MOST_ENTRIES = 200;
  private static final String PATIENT = "Patient";
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9.-]{1,64}");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:.*/)?([A-Z][A-Za-z]{1,63})/([A-Za-z0-9.-]{1,64})(?:/_history/.*)?");
  private static final Pattern IDENTIFIER = Pattern.compile("identifier=([^|&,\\s]+)\\|([^|&,]+)");

  /** Elements that name somebody else than whom the resource is about. */
  private static final Set<String> OTHERS = Set.of("subscriber", "policyHolder");

  private final Kinds kinds;
  private final Structure structure;
  private final String practice;
  private final String client;

  Intake(Kinds kinds, Structure structure, String practice, String client) {
    this.kinds = kinds;
    this.structure = structure;
    this.practice = practice;
    this.client = client;
  }

  /**
   * What a request does with one resource.
   *
   * @param id the client's own; "" for a create
   * @param condition the search that goes before, {@code identifier=system|value}; "" for none
   */
  record Wish(String kind, Action action, String id, String condition) {}

  /** A resource in its request. */
  private record Entry(int place, String at, String fullUrl, ObjectNode resource, Wish wish) {
    boolean isA(String kind) {
      return resource.path("resourceType").asText().equals(kind);
    }
  }

  /** Refuses a type that is not taken here, by its name. */
  void taken(String kind, int status, String at) {
    if (kinds.kind(kind).isPresent()) {
      return;
    }
    if (!structure.knows(kind)) {
      throw new FhirFault(
          404, IssueType.NOTFOUND, at, "There is no such resource type or address here");
    }
    String reason = kinds.refusal(kind);
    throw new FhirFault(
        status,
        IssueType.NOTSUPPORTED,
        at,
        kind
            + " is not taken here"
            + (reason.isEmpty() ? "" : ": " + reason)
            + "; taken are "
            + String.join(", ", kinds.taken()));
  }

  /**
   * A create or an update by itself.
   *
   * @param sent the bytes of {@code resource}
   */
  List<Part> alone(ObjectNode resource, byte[] sent, Wish wish, String requestId) {
    Entry entry = new Entry(0, wish.kind(), "", resource, wish);
    check(entry);
    // As sent, where nothing has to go with it.
    if (wish.kind().equals(PATIENT) && wish.condition().isEmpty()) {
      return List.of(new Part(0, wish.kind(), wish.action(), message(wish, requestId, sent)));
    }
    return List.of(part(entry, List.of(entry), type(wish), requestId));
  }

  /** The entries of a transaction, patients first. */
  List<Part> transaction(ObjectNode bundle, String requestId) {
    List<Entry> entries = new ArrayList<>();
    Set<String> named = new HashSet<>();
    JsonNode given = bundle.path("entry");
    bounded(given);
    for (int i = 0; i < given.size(); i++) {
      String at = "Bundle.entry[" + i + "]";
      JsonNode entry = given.get(i);
      JsonNode request = entry.path("request");
      Wish wish = wish(entry, request, at);
      if (!(entry.path("resource") instanceof ObjectNode resource)) {
        throw new FhirFault(
            400, IssueType.REQUIRED, at + ".resource", "the entry has no resource to be taken");
      }
      Entry made =
          new Entry(i, at + ".resource", entry.path("fullUrl").asText(), resource.deepCopy(), wish);
      check(made);
      boolean again =
          !made.fullUrl().isEmpty() && !named.add(made.fullUrl())
              || !wish.id().isEmpty() && !named.add("PUT " + wish.kind() + "/" + wish.id());
      if (again) {
        throw new FhirFault(
            400, IssueType.INVARIANT, at, "two entries of a transaction mean the same resource");
      }
      entries.add(made);
    }
    return parts(entries, entries, entry -> type(entry.wish()), requestId);
  }

  /** The focus of a FHIR message; the other resources go with what refers to them. */
  List<Part> message(ObjectNode bundle, String requestId) {
    JsonNode given = bundle.path("entry");
    bounded(given);
    JsonNode header = given.path(0).path("resource");
    String at = "Bundle.entry[0].resource";
    if (!header.path("resourceType").asText().equals("MessageHeader")) {
      throw new FhirFault(
          400, IssueType.INVARIANT, at, "the first entry of a message is its MessageHeader");
    }
    JsonNode coding = header.path("eventCoding");
    String event =
        coding.isObject()
            ? coding.path("system").asText() + "|" + coding.path("code").asText()
            : header.path("eventUri").asText();
    Kinds.Message meaning = kinds.messages().get(event);
    if (meaning == null) {
      throw new FhirFault(
          422,
          IssueType.NOTSUPPORTED,
          at + ".event",
          "this event is not taken here; taken are "
              + String.join(", ", kinds.messages().keySet().stream().sorted().toList()));
    }
    List<Entry> all = new ArrayList<>();
    Wish wish = new Wish(meaning.kind(), Action.UPDATE, "", "");
    for (int i = 1; i < given.size(); i++) {
      if (given.get(i).path("resource") instanceof ObjectNode resource) {
        all.add(
            new Entry(
                i,
                "Bundle.entry[" + i + "].resource",
                given.get(i).path("fullUrl").asText(),
                resource.deepCopy(),
                wish));
      }
    }
    List<Entry> meant = new ArrayList<>();
    JsonNode focus = header.path("focus");
    for (int i = 0; i < focus.size(); i++) {
      String place = at + ".focus[" + i + "]";
      Entry entry =
          target(focus.get(i).path("reference").asText(), all)
              .orElseThrow(
                  () ->
                      new FhirFault(
                          400, IssueType.NOTFOUND, place, "the message does not hold its focus"));
      if (!entry.isA(meaning.kind())) {
        throw new FhirFault(
            422,
            IssueType.BUSINESSRULE,
            place,
            "the focus of this event is a " + meaning.kind() + " here");
      }
      check(entry);
      meant.add(entry);
    }
    if (meant.isEmpty()) {
      throw new FhirFault(400, IssueType.REQUIRED, at + ".focus", "the message has no focus");
    }
    return parts(meant, all, entry -> Kinds.named(meaning), requestId);
  }

  private static void bounded(JsonNode entries) {
    if (entries.isEmpty()) {
      throw new FhirFault(400, IssueType.REQUIRED, "Bundle.entry", "the Bundle has no entry");
    }
    if (entries.size() > MOST_ENTRIES) {
      throw new FhirFault(
          413,
          IssueType.TOOCOSTLY,
          "Bundle.entry",
          "a Bundle has at most " + MOST_ENTRIES + " entries here");
    }
  }

  /** How the stored type is made of an entry. */
  @FunctionalInterface
  private interface TypeOf {
    String of(Entry entry);
  }

  private List<Part> parts(List<Entry> meant, List<Entry> all, TypeOf type, String requestId) {
    // Whoever is referred to is one patient, even if only a name says who.
    Set<Entry> referred = new HashSet<>();
    for (Entry entry : meant) {
      references(entry.resource(), entry.at())
          .forEach(
              each ->
                  target(each.node().path("reference").asText(), all)
                      .filter(to -> to.isA(PATIENT))
                      .ifPresent(referred::add));
    }
    for (Entry patient : referred) {
      identify(patient.resource(), own("entry"), requestId + "." + (patient.place() + 1));
    }
    return meant.stream()
        .sorted(Comparator.comparingInt(entry -> entry.isA(PATIENT) ? 0 : 1))
        .map(entry -> part(entry, all, type.of(entry), requestId + "." + (entry.place() + 1)))
        .toList();
  }

  private static String type(Wish wish) {
    return wish.kind() + (wish.id().isEmpty() ? "" : "/update");
  }

  private static FhirPart message(Wish wish, String requestId, byte[] body) {
    return new FhirPart(type(wish), requestId, body);
  }

  /** The message of an entry: a Bundle of it and of the patient that it refers to. */
  private Part part(Entry entry, List<Entry> all, String type, String requestId) {
    ObjectNode focus = entry.resource().deepCopy();
    if (isOfChart(entry)) {
      named(focus);
    }
    ObjectNode message =
        JsonNodeFactory.instance
            .objectNode()
            .put("resourceType", "Bundle")
            .put("type", "collection");
    ArrayNode entries = message.putArray("entry");
    ObjectNode first = entries.addObject();
    Matcher condition = IDENTIFIER.matcher(entry.wish().condition());
    if (condition.matches()) {
      if (isOfChart(entry)) {
        // Its first number names the row that is made of it (decision 0262).
        focus
            .withArray("identifier")
            .insertObject(0)
            .put("system", condition.group(1))
            .put("value", condition.group(2));
      } else {
        identify(focus, condition.group(1), condition.group(2));
      }
      if (entry.wish().action() == Action.CREATE) {
        first
            .putObject("request")
            .put("method", "POST")
            .put("url", entry.wish().kind())
            .put("ifNoneExist", entry.wish().condition());
      }
    }
    JsonNode patient = resolve(focus, entry, all);
    first.set("resource", focus);
    if (patient.isObject()) {
      entries.addObject().set("resource", patient);
    }
    return new Part(
        entry.place(),
        entry.wish().kind(),
        entry.wish().action(),
        new FhirPart(type, requestId, message.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** Its references inside of the request, in words that hold outside of it. */
  private JsonNode resolve(ObjectNode focus, Entry entry, List<Entry> all) {
    Map<String, JsonNode> patients = new HashMap<>();
    for (Reference each : references(focus, entry.at())) {
      String reference = each.node().path("reference").asText();
      Optional<Entry> inside = target(reference, all);
      JsonNode contained = contained(focus, reference);
      JsonNode to = inside.<JsonNode>map(Entry::resource).orElse(contained);
      boolean lost =
          to.isMissingNode() && (reference.startsWith("urn:") || reference.startsWith("#"));
      if (lost) {
        throw new FhirFault(
            400,
            IssueType.NOTFOUND,
            each.at() + ".reference",
            "the request does not hold what this refers to");
      }
      boolean isOther = OTHERS.stream().anyMatch(name -> each.at().equals(entry.at() + "." + name));
      if (!entry.isA(PATIENT) && !isOther && isPatient(each.node(), reference, to)) {
        patients.put(
            reference.isEmpty() ? each.node().path("identifier").toString() : reference,
            patient(each, reference, inside, contained));
      }
      if (inside.isPresent()) {
        JsonNode number = to.path("identifier").path(0);
        if (number.isObject() && !each.node().has("identifier")) {
          each.node().set("identifier", number.deepCopy());
        }
        each.node().remove("reference");
        each.node().put("type", to.path("resourceType").asText());
      }
    }
    if (entry.isA(PATIENT)) {
      return MissingNode.getInstance();
    }
    if (patients.size() != 1) {
      throw new FhirFault(
          422,
          IssueType.BUSINESSRULE,
          entry.at(),
          patients.isEmpty()
              ? "this resource refers to no patient"
              : "this resource refers to several patients");
    }
    return patients.values().iterator().next();
  }

  private static boolean isPatient(ObjectNode node, String reference, JsonNode to) {
    if (to.isObject()) {
      return to.path("resourceType").asText().equals(PATIENT);
    }
    Matcher address = ADDRESS.matcher(reference);
    return node.path("type").asText().equals(PATIENT)
        || address.matches() && address.group(1).equals(PATIENT)
        || reference.startsWith(PATIENT + "?");
  }

  private JsonNode patient(
      Reference each, String reference, Optional<Entry> inside, JsonNode contained) {
    ObjectNode patient = JsonNodeFactory.instance.objectNode().put("resourceType", PATIENT);
    if (inside.isPresent()) {
      patient = inside.get().resource().deepCopy();
      Wish wish = inside.get().wish();
      if (!wish.id().isEmpty()) {
        identify(patient, own("patient"), wish.id());
      }
      Matcher condition = IDENTIFIER.matcher(wish.condition());
      if (condition.matches()) {
        identify(patient, condition.group(1), condition.group(2));
      }
      return patient;
    }
    if (contained.isObject()) {
      patient = contained.deepCopy();
      patient.remove("id");
      return patient;
    }
    JsonNode identifier = each.node().path("identifier");
    if (identifier.isObject()) {
      patient.putArray("identifier").add(identifier.deepCopy());
    }
    Matcher search =
        IDENTIFIER.matcher(reference.startsWith(PATIENT + "?") ? reference.substring(8) : "");
    Matcher address = ADDRESS.matcher(reference);
    if (search.matches()) {
      identify(patient, search.group(1), search.group(2));
    } else if (address.matches() && !reference.contains(":")) {
      known(patient, address.group(2));
    } else if (!identifier.isObject()) {
      throw new FhirFault(
          422,
          IssueType.NOTFOUND,
          each.at() + ".reference",
          "nobody here knows a patient of this address; refer to one of the request, or by identifier");
    }
    return patient;
  }

  /** Our own id of a patient, as what we send out bears it, or the client's own. */
  private void known(ObjectNode patient, String id) {
    String ours = practice + "-patient-";
    boolean isOurs = id.startsWith(ours) && NUMBER.matcher(id.substring(ours.length())).matches();
    identify(
        patient,
        isOurs ? "urn:pontic:" + practice + ":patient" : own("patient"),
        isOurs ? id.substring(ours.length()) : id);
  }

  /** Who stands there as subject by his number alone is a patient (decision 0262). */
  private static void named(ObjectNode focus) {
    for (String element : List.of("patient", "subject")) {
      boolean bare =
          focus.path(element).path("identifier").isObject()
              && !focus.path(element).has("reference")
              && !focus.path(element).has("type");
      if (bare && focus.path(element) instanceof ObjectNode subject) {
        subject.put("type", PATIENT);
      }
    }
  }

  private boolean isOfChart(Entry entry) {
    return kinds.kind(entry.wish().kind()).filter(Kinds.Kind::isOfChart).isPresent();
  }

  private String own(String what) {
    return "urn:pontic:client:" + client + ":" + what;
  }

  private static void identify(ObjectNode resource, String system, String value) {
    JsonNode given = resource.path("identifier");
    for (JsonNode each : given) {
      if (each.path("system").asText().equals(system)
          && each.path("value").asText().equals(value)) {
        return;
      }
    }
    resource.withArray("identifier").addObject().put("system", system).put("value", value);
  }

  private static JsonNode contained(ObjectNode focus, String reference) {
    for (JsonNode each : focus.path("contained")) {
      if (reference.equals("#" + each.path("id").asText())) {
        return each;
      }
    }
    return MissingNode.getInstance();
  }

  private static Optional<Entry> target(String reference, List<Entry> all) {
    if (reference.isEmpty()) {
      return Optional.empty();
    }
    Optional<Entry> exact =
        all.stream().filter(entry -> entry.fullUrl().equals(reference)).findFirst();
    return exact.or(
        () ->
            all.stream()
                .filter(
                    entry ->
                        !entry.wish().id().isEmpty()
                                && reference.equals(entry.wish().kind() + "/" + entry.wish().id())
                            || !reference.contains(":")
                                && entry.fullUrl().endsWith("/" + reference))
                .findFirst());
  }

  /** A FHIR Reference in a resource, and where it stands. */
  private record Reference(ObjectNode node, String at) {}

  private static List<Reference> references(JsonNode node, String at) {
    List<Reference> found = new ArrayList<>();
    references(node, at, found);
    return found;
  }

  private static void references(JsonNode node, String at, List<Reference> found) {
    if (node instanceof ObjectNode object) {
      boolean byNumber = object.path("identifier").isObject() && object.path("type").isTextual();
      if (object.path("reference").isTextual() || byNumber) {
        found.add(new Reference(object, at));
        return;
      }
      object
          .properties()
          .forEach(field -> references(field.getValue(), at + "." + field.getKey(), found));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        references(node.get(i), at + "[" + i + "]", found);
      }
    }
  }

  private void check(Entry entry) {
    taken(entry.wish().kind(), 422, entry.at());
    String said = entry.resource().path("resourceType").asText();
    if (!said.equals(entry.wish().kind())) {
      throw new FhirFault(
          400, IssueType.INVALID, entry.at(), "the address and the resource name two types");
    }
    if (entry.wish().action() == Action.CREATE && conditional(entry) && isOfChart(entry)) {
      throw new FhirFault(
          412,
          IssueType.NOTSUPPORTED,
          entry.at(),
          "whether the office has this already by its identifier cannot be told; write PUT "
              + said
              + "?identifier=system|value, which makes it or changes what it made");
    }
    String id = entry.wish().id();
    if (!id.isEmpty() && !entry.resource().path("id").asText().equals(id)) {
      throw new FhirFault(
          400,
          IssueType.INVALID,
          entry.at() + ".id",
          "the resource of an update has the id of the address");
    }
    for (String needed : kinds.kind(said).orElseThrow().needs()) {
      boolean known = needed.equals("identifier") && (!id.isEmpty() || conditional(entry));
      if (!entry.resource().has(needed) && !known) {
        throw new FhirFault(
            422,
            IssueType.REQUIRED,
            entry.at() + "." + needed,
            "nothing can be done with this resource without it");
      }
    }
  }

  private static boolean conditional(Entry entry) {
    return !entry.wish().condition().isEmpty();
  }

  private Wish wish(JsonNode entry, JsonNode request, String at) {
    String method = request.path("method").asText();
    String url = request.path("url").asText();
    String kind = url.split("[/?]", 2)[0];
    String place = at + ".request";
    if (!method.equals("POST") && !method.equals("PUT")) {
      throw new FhirFault(
          422,
          IssueType.NOTSUPPORTED,
          place + ".method",
          "entries are taken by POST and PUT; see /metadata");
    }
    if (request.has("ifMatch") || request.has("ifNoneMatch") || request.has("ifModifiedSince")) {
      throw new FhirFault(
          412, IssueType.NOTSUPPORTED, place, "versions of resources are not kept here");
    }
    if (method.equals("POST") && url.equals(kind)) {
      return new Wish(kind, Action.CREATE, "", condition(request, place));
    }
    String rest = url.substring(kind.length());
    if (method.equals("PUT") && rest.startsWith("/") && ID.matcher(rest.substring(1)).matches()) {
      return new Wish(kind, Action.UPDATE, rest.substring(1), "");
    }
    if (method.equals("PUT") && rest.startsWith("?")) {
      return new Wish(
          kind, Action.UPDATE, "", searched(decoded(rest.substring(1)), place + ".url"));
    }
    throw new FhirFault(
        400,
        IssueType.INVALID,
        place + ".url",
        "write Type for POST, Type/id or Type?identifier=system|value for PUT");
  }

  private static String condition(JsonNode request, String at) {
    String said = request.path("ifNoneExist").asText();
    return said.isEmpty()
        ? ""
        : searched(decoded(said.replaceFirst("^[^?]*\\?", "")), at + ".ifNoneExist");
  }

  private static String decoded(String query) {
    try {
      return java.net.URLDecoder.decode(query, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /**
   * A search that can be answered here.
   *
   * @param query decoded
   * @throws FhirFault 412 for any other
   */
  static String searched(String query, String at) {
    if (!IDENTIFIER.matcher(query).matches()) {
      throw new FhirFault(
          412,
          IssueType.NOTSUPPORTED,
          at,
          "the one condition that is taken here is identifier=system|value");
    }
    return query;
  }

  /** Whether it can be the id of a resource. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }
}
