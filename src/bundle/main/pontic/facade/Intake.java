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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import pontic.accept.FhirPart;
import pontic.understand.Event;
import pontic.understand.Kinds;
import pontic.understand.LogicalId;

/**
 * Cuts a request into the messages that are stored. What a resource refers to inside of the request
 * goes with it: a message is read long after the request is gone, and by itself.
 */
final class Intake {
  private static final int MOST_ENTRIES = 200;

  /** What entries share goes with each: all together may be so many times what may be sent. */
  private static final int MOST_TIMES = 2;

  private static final String PATIENT = "Patient";
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9.-]{1,64}");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:.*/)?([A-Z][A-Za-z]{1,63})/([A-Za-z0-9.-]{1,64})(?:/_history/.*)?");
  private static final Pattern IDENTIFIER = Pattern.compile("identifier=([^|&,\\s]+)\\|([^|&,]+)");

  /** Elements that name somebody else than whom the resource is about. */
  private static final Set<String> OTHERS = Set.of("subscriber", "policyHolder");

  /** Events whose patient is found or the message ends. */
  private static final Set<String> MAKES_NOBODY = Set.of(Event.CHART, Event.KNOWN, "cancel");

  private final Kinds kinds;
  private final Offer offer;
  private final Structure structure;
  private final String practice;
  private final String client;
  private final Set<String> practices;
  private final int largest;

  /**
   * @param practices all that there are: what we call a row of another leads to none here
   * @param largest bytes of a request
   */
  Intake(
      Kinds kinds,
      Offer offer,
      Structure structure,
      String practice,
      String client,
      Set<String> practices,
      int largest) {
    this.kinds = kinds;
    this.offer = offer;
    this.structure = structure;
    this.practice = practice;
    this.client = client;
    this.practices = practices;
    this.largest = largest;
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
    if (kinds.carries(kind)) {
      throw new FhirFault(
          422, IssueType.BUSINESSRULE, at, kind + " is not taken by itself: " + reason);
    }
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

  /** Refuses what the practice has switched off (decision 0396). */
  void offered(String kind, Action action, int status, String at) {
    offer
        .refusal(kind, action)
        .ifPresent(
            reason -> {
              throw new FhirFault(status, IssueType.NOTSUPPORTED, at, reason);
            });
  }

  /** Events of FHIR messages of which something can become of the focus, in order. */
  static List<String> events(Kinds kinds, Offer offer) {
    return kinds.messages().entrySet().stream()
        .filter(event -> offer.puts(event.getValue().kind()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /**
   * A create or an update by itself.
   *
   * @param sent the bytes of {@code resource}
   */
  Cut alone(ObjectNode resource, byte[] sent, Wish wish, String requestId) {
    Entry entry = new Entry(0, wish.kind(), "", resource, wish);
    taken(wish.kind(), 422, wish.kind());
    check(entry);
    // As sent, where nothing has to go with it.
    if (wish.kind().equals(PATIENT) && wish.condition().isEmpty()) {
      Part part = new Part(0, wish.kind(), wish.action(), Set.of(), message(wish, requestId, sent));
      return new Cut(List.of(part), List.of());
    }
    return new Cut(
        List.of(part(entry, List.of(entry), type(wish), requestId, new TreeMap<>(), List.of())),
        List.of());
  }

  /** The entries of a transaction, patients first; files go with the documents of theirs. */
  Cut transaction(ObjectNode bundle, String requestId) {
    List<Entry> entries = new ArrayList<>();
    List<Entry> files = new ArrayList<>();
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
      (kinds.carries(wish.kind()) ? files : entries).add(made);
    }
    Map<Integer, Set<Integer>> into = new TreeMap<>();
    List<Entry> all = new ArrayList<>(entries);
    all.addAll(files);
    List<Part> parts = parts(entries, all, entry -> type(entry.wish()), requestId, into, List.of());
    List<Cut.Carried> carried = new ArrayList<>();
    for (Entry file : files) {
      if (!into.containsKey(file.place())) {
        throw new FhirFault(
            422,
            IssueType.BUSINESSRULE,
            file.at(),
            "nothing of the request refers to this: " + kinds.refusal(file.wish().kind()));
      }
      carried.add(
          new Cut.Carried(
              file.place(),
              file.wish().kind(),
              file.wish().action(),
              List.copyOf(into.get(file.place()))));
    }
    return new Cut(parts, carried);
  }

  /** The focus of a FHIR message; the other resources go with what refers to them. */
  Cut message(ObjectNode bundle, String requestId) {
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
          "this event is not taken here; taken are " + String.join(", ", events(kinds, offer)));
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
    return new Cut(
        parts(
            meant,
            all,
            entry -> Kinds.named(meaning),
            requestId,
            new TreeMap<>(),
            noFocus(meant, all)),
        List.of());
  }

  /** What a message holds beside its matter, and would be a row or go along with one. */
  private List<String> noFocus(List<Entry> meant, List<Entry> all) {
    Set<Integer> along = new HashSet<>();
    for (Entry entry : meant) {
      references(entry.resource(), entry.at()).stream()
          .flatMap(each -> target(each.node().path("reference").asText(), all).stream())
          .filter(each -> each.isA(PATIENT))
          .forEach(each -> along.add(each.place()));
      for (JsonNode content : entry.resource().path("content")) {
        target(content.at("/attachment/url").asText(), all)
            .ifPresent(each -> along.add(each.place()));
      }
    }
    Set<String> left = new TreeSet<>();
    for (Entry entry : all) {
      String type = entry.resource().path("resourceType").asText();
      boolean isCarried = entry.isA(PATIENT) || kinds.carries(type);
      boolean isNamed = isCarried ? !along.contains(entry.place()) : kinds.kind(type).isPresent();
      if (isNamed && !meant.contains(entry)) {
        left.add(
            type
                + " was left: "
                + (isCarried
                    ? "no focus of the message refers to it"
                    : "it is no focus of the message"));
      }
    }
    return List.copyOf(left);
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

  /**
   * @param into filled: by place of a file, of those that it goes with
   * @param left what is said to be left, on the receipt of the first
   */
  private List<Part> parts(
      List<Entry> meant,
      List<Entry> all,
      TypeOf type,
      String requestId,
      Map<Integer, Set<Integer>> into,
      List<String> left) {
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
    List<Part> parts = new ArrayList<>();
    long bytes = 0;
    for (Entry entry :
        meant.stream()
            .sorted(Comparator.comparingInt(each -> each.isA(PATIENT) ? 0 : 1))
            .toList()) {
      Part part =
          part(
              entry,
              all,
              type.of(entry),
              requestId + "." + (entry.place() + 1),
              into,
              parts.isEmpty() ? left : List.of());
      bytes += part.message().body().length;
      if (bytes > (long) MOST_TIMES * largest) {
        throw new FhirFault(
            413,
            IssueType.TOOCOSTLY,
            entry.at(),
            "with what its entries share, this request is larger than any may be; send it as"
                + " several");
      }
      parts.add(part);
    }
    return parts;
  }

  private static String type(Wish wish) {
    return wish.kind() + (wish.id().isEmpty() ? "" : "/update");
  }

  private static FhirPart message(Wish wish, String requestId, byte[] body) {
    return new FhirPart(type(wish), requestId, body);
  }

  /** The message of an entry: a Bundle of it and of the patient that it refers to. */
  private Part part(
      Entry entry,
      List<Entry> all,
      String type,
      String requestId,
      Map<Integer, Set<Integer>> into,
      List<String> left) {
    ObjectNode focus = entry.resource().deepCopy();
    Set<String> brings = new TreeSet<>();
    if (entry.isA("DocumentReference")) {
      JsonNode contained = focus.path("contained");
      for (int i = 0; i < contained.size(); i++) {
        if (contained.get(i).path("resourceType").asText().equals("Binary")) {
          whose(contained.get(i), entry.at() + ".contained[" + i + "]", focus, all);
        }
      }
      Set<Integer> files = new Attachments(url -> file(url, focus, all)).fill(focus, entry.at());
      files.forEach(
          place -> into.computeIfAbsent(place, none -> new TreeSet<>()).add(entry.place()));
      all.stream()
          .filter(other -> files.contains(other.place()))
          .filter(Intake::standsForNobody)
          .map(other -> other.resource().path("resourceType").asText())
          .forEach(brings::add);
    }
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
        // Its first number names the row that is made of it (decision 0262); that of a document
        // which is its master's would go before.
        JsonNode master = focus.path("masterIdentifier");
        if (master.isObject()) {
          focus.withArray("identifier").add(master.deepCopy());
          focus.remove("masterIdentifier");
        }
        focus
            .withArray("identifier")
            .insertObject(0)
            .put("system", condition.group(1))
            .put("value", condition.group(2));
      } else {
        identify(focus, condition.group(1), condition.group(2));
      }
      ObjectNode request = first.putObject("request");
      if (entry.wish().action() == Action.CREATE) {
        request
            .put("method", "POST")
            .put("url", entry.wish().kind())
            .put("ifNoneExist", entry.wish().condition());
      } else {
        request
            .put("method", "PUT")
            .put("url", entry.wish().kind() + "?" + entry.wish().condition());
      }
    }
    JsonNode patient = resolve(focus, entry, all);
    first.set("resource", focus);
    if (patient.isObject()) {
      entries.addObject().set("resource", patient);
      boolean isMade =
          patient.has("name") && kinds.event(type).filter(MAKES_NOBODY::contains).isEmpty();
      boolean isAnEntry =
          all.stream().anyMatch(other -> other.isA(PATIENT) && !standsForNobody(other));
      if (isMade && !isAnEntry) {
        brings.add(PATIENT);
      }
    }
    if (!left.isEmpty()) {
      ArrayNode issues =
          entries
              .addObject()
              .putObject("resource")
              .put("resourceType", "OperationOutcome")
              .putArray("issue");
      left.forEach(
          words ->
              issues
                  .addObject()
                  .put("severity", "warning")
                  .put("code", "informational")
                  .put("diagnostics", words));
    }
    return new Part(
        entry.place(),
        entry.wish().kind(),
        entry.wish().action(),
        brings,
        new FhirPart(type, requestId, message.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** What a FHIR message holds beside its focus says nothing of what is to be done with it. */
  private static boolean standsForNobody(Entry entry) {
    return !entry.isA(entry.wish().kind());
  }

  /** The Binary of the request that a document refers to; of another patient it is none of it. */
  private Optional<Attachments.File> file(String url, ObjectNode document, List<Entry> all) {
    Optional<Entry> found = target(url, all).filter(entry -> entry.isA("Binary"));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    whose(found.get().resource(), found.get().at(), document, all);
    return Optional.of(
        new Attachments.File(found.get().place(), found.get().at(), found.get().resource()));
  }

  /** Refuses a Binary that names a patient who is not surely its document's. */
  private void whose(JsonNode binary, String at, ObjectNode document, List<Entry> all) {
    JsonNode context = binary.path("securityContext");
    String about = context.path("reference").asText();
    boolean isLost = about.startsWith("urn:") && target(about, all).isEmpty();
    Set<String> named = names(context, document, all);
    boolean isAnothers =
        namesPatient(context, document, all)
            && names(document.path("subject"), document, all).stream().noneMatch(named::contains);
    if (isLost || isAnothers) {
      throw new FhirFault(
          isLost ? 400 : 422,
          isLost ? IssueType.NOTFOUND : IssueType.BUSINESSRULE,
          at + ".securityContext",
          isLost
              ? "the request does not hold what this refers to"
              : "the Binary is about another patient than the document that refers to it");
    }
  }

  /** Whether a reference means a patient, or does not say what; one by an address alone does. */
  private static boolean namesPatient(JsonNode context, JsonNode document, List<Entry> all) {
    String reference = context.path("reference").asText();
    Optional<JsonNode> here = held(reference, document, all);
    if (here.isPresent()) {
      return here.get().path("resourceType").asText().equals(PATIENT);
    }
    Matcher address = ADDRESS.matcher(reference);
    String type = context.path("type").asText(PATIENT);
    return reference.isEmpty()
        ? context.has("identifier") && type.equals(PATIENT)
        : context.path("type").asText().equals(PATIENT)
            || address.matches() && address.group(1).equals(PATIENT)
            || reference.startsWith(PATIENT + "?");
  }

  /** What the request says of whom a reference means: addresses and numbers, each for itself. */
  private Set<String> names(JsonNode meant, JsonNode document, List<Entry> all) {
    String reference = meant.path("reference").asText();
    Set<String> names = new HashSet<>();
    if (reference.isEmpty()) {
      number(meant.path("identifier")).ifPresent(names::add);
      return names;
    }
    names.add(reference.replaceFirst("/_history/.*", ""));
    Matcher search =
        IDENTIFIER.matcher(reference.startsWith(PATIENT + "?") ? reference.substring(8) : "");
    if (search.matches()) {
      names.add(search.group(1) + "|" + search.group(2));
    }
    held(reference, document, all)
        .ifPresent(
            patient ->
                patient.path("identifier").forEach(each -> number(each).ifPresent(names::add)));
    target(reference, all)
        .ifPresent(
            entry -> {
              names.add("entry " + entry.place());
              if (!entry.wish().id().isEmpty()) {
                names.add(PATIENT + "/" + entry.wish().id());
              }
            });
    return names;
  }

  /** What the request or the document holds under a reference. */
  private static Optional<JsonNode> held(String reference, JsonNode document, List<Entry> all) {
    return reference.startsWith("#")
        ? Optional.of(contained(document, reference)).filter(JsonNode::isObject)
        : target(reference, all).map(Entry::resource);
  }

  private static Optional<String> number(JsonNode identifier) {
    String value = identifier.path("value").asText();
    return value.isEmpty()
        ? Optional.empty()
        : Optional.of(identifier.path("system").asText() + "|" + value);
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
        known(patient, wish.id());
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
    LogicalId number = LogicalId.of(practice, client, PATIENT, id);
    identify(patient, number.system(), number.value());
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

  private static JsonNode contained(JsonNode focus, String reference) {
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
    boolean isCarried = kinds.carries(entry.wish().kind());
    if (!isCarried) {
      taken(entry.wish().kind(), 422, entry.at());
      offered(entry.wish().kind(), entry.wish().action(), 422, entry.at());
    }
    String said = entry.resource().path("resourceType").asText();
    if (!said.equals(entry.wish().kind())) {
      throw new FhirFault(
          400, IssueType.INVALID, entry.at(), "the address and the resource name two types");
    }
    String id = entry.wish().id();
    if (!id.isEmpty() && !entry.resource().path("id").asText().equals(id)) {
      throw new FhirFault(
          400,
          IssueType.INVALID,
          entry.at() + ".id",
          "the resource of an update has the id of the address");
    }
    boolean isNothingHere =
        !LogicalId.isOurs(practice, said, id)
            && practices.stream().anyMatch(one -> LogicalId.isLike(one, said, id));
    if (isNothingHere) {
      throw new FhirFault(
          422,
          IssueType.NOTFOUND,
          entry.at() + ".id",
          "this is an id of Pontic's, and of nothing in this practice; name what you mean by an"
              + " identifier: PUT "
              + said
              + "?identifier=system|value");
    }
    if (isCarried && conditional(entry)) {
      throw new FhirFault(
          412,
          IssueType.NOTSUPPORTED,
          entry.at(),
          said + " is not kept by itself, so none is found by a condition");
    }
    List<String> needs = kinds.kind(said).map(Kinds.Kind::needs).orElse(List.of());
    for (String needed : needs) {
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
