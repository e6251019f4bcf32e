package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.Planner;
import pontic.lane.Purpose;
import pontic.lane.Work;
import pontic.lane.Written;
import pontic.mapping.Ownership;
import pontic.mapping.PracticeRules;
import pontic.mapping.RowKind;
import pontic.mapping.TextColumn;
import pontic.mapping.WriteTerms;
import pontic.mapping.Writes;
import pontic.person.Asserted;
import pontic.record.Kind;

/**
 * Makes and changes the rows of a known patient that a message's resources become, one after the
 * other, as {@code mappings/write} says of each (decision 0261). What cannot be written is said on
 * the receipt and holds up nothing.
 */
final class ChartPlan {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** By their own plans; and what a message itself says of it, which is on its receipt. */
  private static final Set<String> TAKEN_ELSEWHERE =
      Set.of("Patient", "Appointment", "OperationOutcome");

  /** Elements by which a resource says which others it puts into words. */
  private static final List<String> TELLS = List.of("/about", "/context/related");

  /** Messages whose own matter the rows are: one that lacks its permission is waited for. */
  private static final Set<String> WAITING = Set.of(Work.CHART, Work.REFER);

  private static final Set<String> CALLED_OFF = Set.of("revoked", "entered-in-error");

  private static final String APPOINTMENT = "Appointment";

  /** Entries of the communication log that one text may take; more than a door lets in. */
  private static final int MOST_ENTRIES = 300;

  /** In the baseline of a write: fields that were left since two systems flip them. */
  private static final String FLIPPING = "flipping";

  /** How the system of the id begins under which a client updates (understand.Translate). */
  private static final String CLIENT_IDS = "urn:pontic:client:";

  /** Of so many numbers of a resource each is one by which it is found again. */
  private static final int MOST_NUMBERS = 10;

  private final Writes table;
  private final ToRows toRows;
  private final Function<String, PracticeRules> rules;
  private final Function<String, OfficeTerms> offices;
  private final Gate gate;
  private final Marker marker;
  private final Columns columns;
  private final OpenDentalPlanner.Hears hears;
  private final WholePlan wholes;
  private final PatientRest patientRest;

  ChartPlan(
      Writes table,
      ToRows toRows,
      Function<String, PracticeRules> rules,
      Function<String, OfficeTerms> offices,
      Gate gate,
      Marker marker,
      Columns columns,
      OpenDentalPlanner.Hears hears) {
    this.table = table;
    this.toRows = toRows;
    this.rules = rules;
    this.offices = offices;
    this.gate = gate;
    this.marker = marker;
    this.columns = columns;
    this.hears = hears;
    this.wholes = new WholePlan(table, gate, marker);
    this.patientRest = new PatientRest(table, offices, marker);
  }

  /** What became of one row. */
  sealed interface Outcome {
    /** Something is to be asked or written first, or somebody has to look. */
    record First(Decision decision) implements Outcome {}

    /**
     * @param key of the row, 0 if nobody told it
     * @param asserted what the sender said of it
     * @param said what of that stands in columns, unless a write told it already
     * @param flipping fields that were left since two systems set them against each other
     */
    record Ended(
        boolean landed,
        long key,
        Optional<JsonNode> asserted,
        List<String> warnings,
        Optional<Written> said,
        List<String> flipping)
        implements Outcome {
      Ended(
          boolean landed,
          long key,
          Optional<JsonNode> asserted,
          List<String> warnings,
          Optional<Written> said) {
        this(landed, key, asserted, warnings, said, List.of());
      }

      Ended(boolean landed, long key, Optional<JsonNode> asserted, List<String> warnings) {
        this(landed, key, asserted, warnings, Optional.empty());
      }
    }

    /**
     * There is one that meets the condition of a create.
     *
     * @param key of the row, 0 if nobody told it
     */
    record Stands(long key) implements Outcome {}

    /** The API said no. */
    record Refused(String words) implements Outcome {}

    /**
     * Nothing of it was written, and Open Dental does not have it: its sender is told that it was
     * not taken (decision 0408).
     */
    record NotTaken(String words) implements Outcome {}

    /** Its sender takes it back, it stands, and no write takes it away: a person decides. */
    record Withdrawn(String words) implements Outcome {}
  }

  /** Whether a message carries anything that may become a row. */
  boolean concerns(Head head) {
    return stream(head.work().bundle().path("entry"))
        .map(entry -> entry.path("resource").path("resourceType").asText())
        .anyMatch(type -> !TAKEN_ELSEWHERE.contains(type));
  }

  /** Whether all that a message carries are orders that are called off. */
  boolean onlyCallsOff(Head head) {
    List<JsonNode> carried =
        stream(head.work().bundle().path("entry"))
            .map(entry -> entry.path("resource"))
            .filter(resource -> !TAKEN_ELSEWHERE.contains(resource.path("resourceType").asText()))
            .toList();
    return !carried.isEmpty()
        && carried.stream()
            .allMatch(
                resource ->
                    resource.path("resourceType").asText().equals("ServiceRequest")
                        && CALLED_OFF.contains(resource.path("status").asText()));
  }

  /** Whether two messages say the same fields of the same rows of their patient. */
  boolean alikeInForm(Work some, Work other) {
    return forms(some).equals(forms(other));
  }

  private Set<String> forms(Work work) {
    Set<String> forms = new TreeSet<>();
    for (JsonNode entry : work.bundle().path("entry")) {
      JsonNode resource = entry.path("resource");
      String type = resource.path("resourceType").asText();
      for (RowKind kind : table.taking(type)) {
        JsonNode mapped = toRows.map(work.practice(), kind.mappings().get(type), resource);
        for (JsonNode said : mapped.isArray() ? mapped : JSON.arrayNode().add(mapped)) {
          if (said.isObject()) {
            Set<String> fields = new TreeSet<>();
            said.path("row").fieldNames().forEachRemaining(fields::add);
            forms.add(kind.name() + texts(said, kind.same()) + fields);
          }
        }
      }
    }
    return forms;
  }

  /**
   * @param patient what became of the patient's own fields
   * @param left what of the patient has no field
   */
  Decision next(Head head, Decision.Done patient, Left left) {
    List<String> notTaken = new ArrayList<>();
    List<Fit> items = items(head, notTaken);
    patientRest.item(head, left).ifPresent(rest -> items.addAll(fits(head, rest)));
    return rows(head, patient, items, notTaken);
  }

  /**
   * What of an appointment's note did not fit, as the practice wants it.
   *
   * @param over in words; a patient's
   */
  Decision kept(Head head, Decision.Done appointment, List<String> over) {
    if (over.isEmpty()) {
      return appointment;
    }
    String goes = offices.apply(head.work().practice()).rest();
    String text = "Note: " + String.join("; ", over);
    // Whatever becomes of it, the appointment itself is written.
    String tag = String.join("/", APPOINTMENT, "0", RestRow.COMMLOGS) + ChartItem.LEFT;
    String reference =
        marker.of(head.work().practice(), head.work().messageId() + "|" + APPOINTMENT, "Note.over");
    return rows(
        head,
        appointment.with("the rest of Note " + RestRow.where(goes)),
        rests(head, goes, APPOINTMENT, tag, reference, text),
        List.of());
  }

  private Decision rows(Head head, Decision.Done patient, List<Fit> items, List<String> left) {
    boolean landed = patient.landed();
    boolean said = false;
    Map<String, Long> keys = new LinkedHashMap<>(patient.keys());
    Map<String, JsonNode> asserted = new LinkedHashMap<>(patient.asserted());
    List<String> warnings = new ArrayList<>(patient.warnings());
    Set<String> flipping = new LinkedHashSet<>(patient.flipping());
    List<String> refusals = new ArrayList<>();
    List<String> notTaken = new ArrayList<>(left);
    List<String> withdrawn = new ArrayList<>();
    List<ChartItem> before = new ArrayList<>();
    Map<String, Long> made = new HashMap<>();
    List<Decision.Row> rows = new ArrayList<>();
    Set<String> standing = new HashSet<>();
    Set<String> unwritten = new HashSet<>();
    Map<Integer, String> stood = new TreeMap<>();
    Set<Integer> half = new HashSet<>();
    warnings.addAll(notTaken);
    for (Fit fit : items) {
      ChartItem item = fit.item();
      if (item.isRest() && standing.contains(item.whole())) {
        continue;
      }
      Outcome outcome = item(head, fit, before, made);
      before.add(item);
      if (outcome instanceof Outcome.First first) {
        return first.decision();
      }
      if (outcome instanceof Outcome.Stands stands) {
        standing.add(item.tag());
        stood.put(item.place(), item.resource());
        made.putIfAbsent(item.beside(item.kind()), 0L);
        if (stands.key() != 0) {
          made.put(item.beside(item.kind()), stands.key());
          key(keys, item.kind().key(), stands.key());
        }
      } else if (outcome instanceof Outcome.Refused refused) {
        String stands = stands(head, item, before, made);
        // Of the patient himself something was taken: the message is not refused for his rest.
        if (!item.isLeft()) {
          refusals.add(refused.words());
          half.add(item.place());
        }
        warnings.add(
            item.subject()
                + (stands.isEmpty() ? " was left: " : " was left in part: ")
                + refused.words()
                + stands);
      } else if (outcome instanceof Outcome.NotTaken not) {
        warnings.add(not.words());
        unwritten.add(item.tag());
        if (!item.isLeft()) {
          notTaken.add(not.words());
        }
      } else if (outcome instanceof Outcome.Withdrawn back) {
        withdrawn.add(back.words());
      } else if (outcome instanceof Outcome.Ended ended) {
        // What was left for a reason of its own says nothing of what was refused.
        // What is kept of a row in words is not the row.
        boolean isOwn = !item.isRest() || !unwritten.contains(item.whole());
        said |=
            !item.isLeft()
                && isOwn
                && (ended.landed() || ended.asserted().isPresent() || ended.warnings().isEmpty());
        landed |= ended.landed() && isOwn;
        warnings.addAll(ended.warnings());
        flipping.addAll(ended.flipping());
        ended.asserted().ifPresent(fields -> asserted(item, fields, asserted));
        if (ended.landed() && !item.isLeft()) {
          half.add(item.place());
        }
        made.putIfAbsent(item.beside(item.kind()), 0L);
        if (ended.key() != 0) {
          made.put(item.beside(item.kind()), ended.key());
          key(keys, item.kind().key(), ended.key());
          if (!item.kind().tells().isBlank()) {
            rows.add(
                new Decision.Row(
                    item.kind().tells(), ended.key(), identifiers(head, item), ended.said()));
          }
        }
      }
    }
    // Of one that was half there the rest was made now, or refused.
    stood.keySet().removeAll(half);
    said |= !stood.isEmpty();
    stood
        .values()
        .forEach(
            type ->
                warnings.add(
                    type
                        + " was left: there is one already that matches the condition of this create"));
    if (!withdrawn.isEmpty()) {
      // The rest has landed by now; of what is taken back somebody at the office decides.
      return new Decision.Hold(String.join("; ", new LinkedHashSet<>(withdrawn)), List.of());
    }
    // Of a message about the patient himself the rows are not the matter.
    List<String> no = isWaitedFor(head) ? both(refusals, notTaken) : refusals;
    if (!no.isEmpty() && !said && !landed) {
      return new Decision.Refuse(
          no.get(0),
          warnings.stream().distinct().filter(each -> !each.contains(no.get(0))).toList());
    }
    return new Decision.Done(
        landed,
        keys,
        asserted,
        patient.bookingState(),
        warnings.stream().distinct().toList(),
        List.copyOf(flipping),
        patient.stands(),
        rows,
        patient.doublyBooked());
  }

  private static List<String> both(List<String> some, List<String> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** Its sender may look for it by each of its numbers (decision 0385). */
  private static void asserted(ChartItem item, JsonNode fields, Map<String, JsonNode> all) {
    all.put(item.assertion(), fields);
    item.others().forEach(other -> all.put(item.alias(other), item.underReference()));
  }

  /**
   * Rows that the message made for one that was then refused. Pontic takes none of them away: the
   * next message finds them, and the office may use them by now (decision 0360).
   *
   * @return by their keys, as the end of a sentence; "" if there are none
   */
  private String stands(Head head, ChartItem item, List<ChartItem> before, Map<String, Long> made) {
    List<String> rows = new ArrayList<>();
    item.definitions(head)
        .forEach(
            call -> {
              RowKind list = table.kindOf(call.name()).orElseThrow();
              rows.add(
                  call.resultKey() == 0
                      ? "a row of " + list.name()
                      : list.key() + " " + call.resultKey());
            });
    item.kind()
        .define()
        .flatMap(define -> table.kind(define.in()))
        .ifPresent(
            in ->
                before.stream()
                    .filter(other -> other.beside(in).equals(item.beside(in)))
                    .filter(other -> other.kind().equals(in) && other.landed(head).isPresent())
                    .map(other -> in.key() + " " + made.getOrDefault(item.beside(in), 0L))
                    .forEach(rows::add));
    return rows.isEmpty() ? "" : "; of it stands " + String.join(", ", rows);
  }

  /**
   * What the sender calls the row, where it speaks of it as the type that others are told: its
   * number of a MedicationStatement is none of a MedicationRequest.
   */
  private static List<JsonNode> identifiers(Head head, ChartItem item) {
    boolean isSame =
        new Kind(item.kind().tells()).fhirType().equals(item.resource()) && !item.isRest();
    if (!isSame) {
      return List.of();
    }
    JsonNode resource = head.work().bundle().path("entry").path(item.place()).path("resource");
    return Stream.concat(
            Stream.of(resource.path("masterIdentifier")), stream(resource.path("identifier")))
        .filter(JsonNode::isObject)
        .toList();
  }

  /** What of half-written rows stands in the practice; "" if nothing does. */
  String visible(Head head) {
    return wholes.visible(head);
  }

  /** Rows that took several writes, now that their work ends. */
  List<Planner.Reread> reread(Head head) {
    return wholes.reread(head);
  }

  static void key(Map<String, Long> keys, String name, long key) {
    String free = name;
    for (int n = 2; keys.containsKey(free) && keys.get(free) != key; n++) {
      free = name + " " + n;
    }
    keys.put(free, key);
  }

  /**
   * @param notTaken resources of which the API takes nothing, in words
   */
  private List<Fit> items(Head head, List<String> notTaken) {
    List<ChartItem> items = new ArrayList<>();
    Set<String> told = told(head);
    int number = 0;
    for (JsonNode entry : head.work().bundle().path("entry")) {
      JsonNode resource = entry.path("resource");
      String type = resource.path("resourceType").asText();
      int made = items.size();
      boolean isTold = told.contains(type + "/" + resource.path("id").asText());
      // Of a patient who is only named nothing is said.
      boolean isNamed = type.equals("Patient") && head.work().event().equals(Work.CHART);
      for (RowKind kind : isNamed ? List.<RowKind>of() : table.taking(type)) {
        JsonNode mapped = toRows.map(head.work().practice(), kind.mappings().get(type), resource);
        int part = 0;
        for (JsonNode said : mapped.isArray() ? mapped : JSON.arrayNode().add(mapped)) {
          if (said instanceof ObjectNode own
              && !entry.at("/request/ifNoneExist").asText().isEmpty()) {
            own.put(ChartItem.ONLY_NEW, true);
          }
          // Another resource of the message puts it into words already.
          boolean isWanted = !isTold || !said.path("unless-told").asBoolean();
          if (said.isObject() && isWanted) {
            items.add(
                item(
                    head,
                    new Said(
                        kind, type + "/" + number + "/" + kind.name() + "/" + part, entry, said),
                    part));
            part++;
          }
        }
      }
      if (items.size() == made && !TAKEN_ELSEWHERE.contains(type) && !isTold) {
        notTaken.add(type + " was left: Open Dental's API takes nothing of it");
      }
      number++;
    }
    List<Fit> all = new ArrayList<>();
    items.forEach(item -> all.addAll(fits(head, item)));
    return all;
  }

  /** Resources that another one of the message puts into words: {@code ServiceRequest/order-1}. */
  private static Set<String> told(Head head) {
    Set<String> told = new HashSet<>();
    head.work()
        .bundle()
        .path("entry")
        .forEach(
            entry ->
                TELLS.forEach(
                    element ->
                        entry
                            .path("resource")
                            .at(element)
                            .forEach(other -> told.add(other.path("reference").asText()))));
    return told;
  }

  /** An item with the rows that take what has no room in its own. */
  private List<Fit> fits(Head head, ChartItem item) {
    if (!item.unfit().isEmpty() || !item.withdrawn().isEmpty()) {
      return List.of(new Fit(item, Optional.empty()));
    }
    Held held = held(head, item);
    return Stream.concat(
            Stream.of(new Fit(item, Optional.of(held))), over(head, item, held).stream())
        .toList();
  }

  /**
   * What takes the words of a resource that have no field, where the practice wants a file; and
   * those that are too long for theirs, as it wants it.
   */
  private List<Fit> over(Head head, ChartItem item, Held held) {
    return held.over().isEmpty()
        ? List.of()
        : rests(head, held.goes(), item.resource(), item.tag(), item.reference(), held.over());
  }

  /**
   * @param reference of what it is more of
   */
  private List<Fit> rests(
      Head head, String goes, String resource, String tag, String reference, String text) {
    Stream<ChartItem> rests =
        RestRow.kind(table, goes).stream()
            .flatMap(
                kind ->
                    kind.name().equals(RestRow.COMMLOGS)
                        ? entries(head, kind, resource, tag, reference, text).stream()
                        : Stream.of(file(head, kind, resource, tag, reference, text)));
    return rests.map(rest -> new Fit(rest, Optional.empty())).toList();
  }

  private ChartItem file(
      Head head, RowKind kind, String resource, String tag, String reference, String text) {
    ObjectNode said = RestRow.file(kind, "More of a " + resource, text).said();
    // Another text is another file: no file is ever changed.
    String mark = marker.of(head.work().practice(), reference, text);
    return new ChartItem(kind, tag + ChartItem.REST, resource, mark, mark, List.of(), said);
  }

  /** Entries of the communication log, as many as it takes. */
  private List<ChartItem> entries(
      Head head, RowKind kind, String resource, String tag, String reference, String text) {
    TextColumn column = table.texts(kind.name()).get(kind.note());
    String of = " of " + (resource.matches("[AEIOU].*") ? "an " : "a ") + resource + ": ";
    List<ChartItem> entries = new ArrayList<>();
    // Once, and by place: a note of 16 MiB is hundreds of entries.
    String whole = marker.of(head.work().practice(), reference, text);
    String left = Fitted.storable(text).stripTrailing();
    int from = 0;
    while (from < left.length() && entries.size() < MOST_ENTRIES) {
      String begins = (entries.isEmpty() ? "More" : "Still more") + of;
      String mark = marker.of(head.work().practice(), reference, entries.size() + "|" + whole);
      String piece = column.cut(left, from, begins.length() + mark.length() + 1);
      ObjectNode said = RestRow.entry(kind, begins + piece).said();
      String end = entries.isEmpty() ? "" : "/" + entries.size();
      entries.add(
          new ChartItem(kind, tag + ChartItem.REST + end, resource, mark, mark, List.of(), said));
      from += piece.length();
      while (from < left.length() && Character.isWhitespace(left.charAt(from))) {
        from++;
      }
    }
    return entries;
  }

  /**
   * What a resource says of one row.
   *
   * @param entry of the message
   * @param row what the mapping made of it
   */
  private record Said(RowKind kind, String tag, JsonNode entry, JsonNode row) {
    JsonNode resource() {
      return entry.path("resource");
    }

    String type() {
      return resource().path("resourceType").asText();
    }

    /** Not a row of its own kind of resource, but one that the patient's brings along. */
    boolean isOfThePatient() {
      return type().equals("Patient");
    }

    /** By what its sender calls it, its master's number first; none of a patient is one of this. */
    List<JsonNode> numbers() {
      JsonNode identifier = resource().path("identifier");
      return isOfThePatient()
          ? List.of()
          : Stream.concat(
                  Stream.of(resource().path("masterIdentifier")),
                  identifier.isArray() ? stream(identifier) : Stream.of(identifier))
              .filter(JsonNode::isObject)
              .toList();
    }

    /** Those of them that mean the same to everybody: of a system, and no id of a client's. */
    List<JsonNode> businessNumbers() {
      return numbers().stream()
          .filter(ChartPlan::isNumber)
          .filter(number -> !number.path("system").asText().isBlank())
          .filter(number -> !isClientId(number))
          .limit(MOST_NUMBERS)
          .toList();
    }

    /** It is looked for by its first number. */
    boolean isConditional() {
      return !entry.at("/request/ifNoneExist").asText().isEmpty()
          || entry.at("/request/url").asText().contains("?");
    }
  }

  private ChartItem item(Head head, Said said, int part) {
    if (said.kind().isOnce() && said.numbers().stream().anyMatch(ChartPlan::isNumber)) {
      return once(head, said, part);
    }
    String first = reference(head, said, part);
    String reference = said.isConditional() ? known(head, said, first) : first;
    List<String> others =
        said.numbers().stream()
            .filter(ChartPlan::isNumber)
            .limit(MOST_NUMBERS)
            .map(number -> reference(head, said, number, part))
            .filter(other -> !other.equals(reference))
            .distinct()
            .toList();
    if (said.row() instanceof ObjectNode own
        && said.numbers().stream().noneMatch(ChartPlan::isNumber)) {
      own.put(ChartItem.NAMELESS, true);
    }
    JsonNode bytes = said.row().path("row").path(RestRow.BYTES);
    // No file is ever changed: other bytes under the same number are another file.
    String mark =
        bytes.isTextual()
            ? marker.of(head.work().practice(), reference, bytes.textValue())
            : reference;
    return new ChartItem(said.kind(), said.tag(), said.type(), reference, mark, others, said.row());
  }

  /**
   * What is booked once under each of its numbers, whoever tells of it (decision 0420). The row
   * bears a mark of each; it is found by the marks that its numbers had before too, and by what its
   * sender calls the resource.
   */
  private ChartItem once(Head head, Said said, int part) {
    String practice = head.work().practice();
    List<String> named = references(practice, head.work().sender(), said, said.numbers(), part);
    List<String> meant = onceMarks(practice, said, part);
    List<String> marks = meant.isEmpty() ? named.subList(0, 1) : meant;
    ChartItem bare =
        new ChartItem(
            said.kind(),
            said.tag(),
            said.type(),
            marks.get(0),
            marks.get(0),
            List.of(),
            said.row());
    String reference =
        Stream.concat(marks.stream(), named.stream())
            .flatMap(candidate -> spokenUnder(head, bare, candidate).stream())
            .findFirst()
            .orElse(marks.get(0));
    List<String> older =
        Stream.concat(
                named.stream(),
                head.spoken().senders().stream()
                    .flatMap(sender -> references(practice, sender, said, part).stream()))
            .filter(mark -> !marks.contains(mark))
            .distinct()
            .toList();
    boolean isKnownById =
        said.numbers().stream()
            .filter(number -> isNumber(number) && isClientId(number))
            .map(number -> reference(head, said, number, part))
            .anyMatch(id -> spokenUnder(head, bare, id).isPresent());
    if (isKnownById && said.row() instanceof ObjectNode own) {
      own.put(ChartItem.BY_ID, true);
    }
    List<String> others =
        Stream.concat(marks.stream(), named.stream())
            .filter(other -> !other.equals(reference))
            .distinct()
            .toList();
    return new ChartItem(
        said.kind(),
        said.tag(),
        said.type(),
        reference,
        marks.get(0),
        marks.subList(1, marks.size()),
        older,
        others,
        said.row());
  }

  /** The reference under which the sender has spoken of it, if he has under this one. */
  private static Optional<String> spokenUnder(Head head, ChartItem item, String reference) {
    if (head.asserted().containsKey(item.assertion(reference))) {
      return Optional.of(reference);
    }
    List<String> leads = new ArrayList<>();
    Optional.ofNullable(head.asserted().get(item.alias(reference)))
        .ifPresent(known -> known.fields().fieldNames().forEachRemaining(leads::add));
    return leads.size() == 1 ? Optional.of(leads.get(0)) : Optional.empty();
  }

  /** Of each business number one, the same whoever tells it. */
  private List<String> onceMarks(String practice, Said said, int part) {
    return said.businessNumbers().stream()
        .map(
            number ->
                marker.of(
                    practice,
                    String.join(
                        "|",
                        said.type(),
                        number.path("system").asText(),
                        number.path("value").asText(),
                        Integer.toString(part)),
                    said.kind().name() + ".once"))
        .distinct()
        .toList();
  }

  /** Of each of its numbers that mean the same to everybody the one that is a sender's alone. */
  private List<String> references(String practice, String sender, Said said, int part) {
    return references(practice, sender, said, said.businessNumbers(), part);
  }

  private List<String> references(
      String practice, String sender, Said said, List<JsonNode> numbers, int part) {
    return numbers.stream()
        .filter(ChartPlan::isNumber)
        .limit(MOST_NUMBERS)
        .map(number -> reference(practice, sender, said, number, part))
        .distinct()
        .toList();
  }

  /**
   * Under which words anybody may have told of what a message tells and what is booked once.
   *
   * @param senders who may have told it before each had the same reference for it
   */
  Set<String> once(Work work, Set<String> senders) {
    Set<String> keys = new LinkedHashSet<>();
    for (JsonNode entry : work.bundle().path("entry")) {
      String type = entry.at("/resource/resourceType").asText();
      for (RowKind kind : table.taking(type)) {
        Said said = new Said(kind, "", entry, JSON.objectNode());
        if (kind.isOnce()) {
          // A number of such a kind is one row.
          Stream.of(
                  onceMarks(work.practice(), said, 0).stream(),
                  references(work.practice(), work.sender(), said, said.numbers(), 0).stream(),
                  senders.stream()
                      .flatMap(sender -> references(work.practice(), sender, said, 0).stream()))
              .flatMap(each -> each)
              .forEach(
                  reference -> {
                    keys.add(ChartItem.assertion(type, kind, reference));
                    keys.add(ChartItem.alias(type, kind, reference));
                  });
        }
      }
    }
    return keys;
  }

  /** Under its numbers something was told, and is not among the rows of this patient. */
  private static Optional<Outcome> toldBefore(Head head, ChartItem item) {
    Set<Long> patients = new TreeSet<>();
    Stream.of(
            Stream.of(item.mark(), item.reference()), item.marks().stream(), item.older().stream())
        .flatMap(each -> each)
        .flatMap(each -> Stream.of(item.assertion(each), item.alias(each)))
        .map(key -> head.spoken().patients().getOrDefault(key, Set.of()))
        .forEach(patients::addAll);
    long own = head.person().orElseThrow().patNum();
    if (patients.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        patients.contains(own)
            ? ended(
                item.subject()
                    + " was left: what was made under its number is no longer in Open Dental, and it is the office's to take away")
            : notTaken(
                item.subject()
                    + " was left: under its number one was told of "
                    + patients.stream().map(n -> "PatNum " + n).collect(Collectors.joining(", "))
                    + ", and one number is one row"));
  }

  /** Under which of its other numbers the sender has spoken of it, if it has under one of them. */
  private static String known(Head head, Said said, String first) {
    ChartItem item =
        new ChartItem(said.kind(), said.tag(), said.type(), first, first, List.of(), said.row());
    List<String> others = new ArrayList<>();
    Optional.ofNullable(head.asserted().get(item.alias(first)))
        .ifPresent(known -> known.fields().fieldNames().forEachRemaining(others::add));
    boolean isMet =
        !head.asserted().containsKey(item.assertion())
            && (others.size() == 1 || !others.isEmpty() && item.onlyNew());
    return isMet ? others.get(0) : first;
  }

  private static boolean isClientId(JsonNode number) {
    return number.path("system").asText().startsWith(CLIENT_IDS);
  }

  private static boolean isNumber(JsonNode number) {
    return !number.path("value").asText().isBlank();
  }

  private String reference(Head head, Said said, JsonNode number, int part) {
    return reference(head.work().practice(), head.work().sender(), said, number, part);
  }

  private String reference(String practice, String sender, Said said, JsonNode number, int part) {
    return marker.of(
        practice,
        String.join(
            "|",
            sender,
            said.type(),
            number.path("system").asText(),
            number.path("value").asText(),
            Integer.toString(part)),
        said.kind().name() + ".post");
  }

  /**
   * The same whenever this sender speaks of this row: by its own number for it, else by what names
   * it or the fields that do, else by the message.
   */
  private String reference(Head head, Said said, int part) {
    RowKind kind = said.kind();
    List<JsonNode> numbers = said.numbers();
    if (!numbers.isEmpty() && isNumber(numbers.get(0))) {
      return reference(head, said, numbers.get(0), part);
    }
    String name = said.row().path("define").path("name").asText().strip().toLowerCase(Locale.ROOT);
    String own;
    if (kind.marker().isBlank()) {
      // Without a definition it is named by what its rows are told apart by.
      List<String> fields = new ArrayList<>(kind.same());
      fields.addAll(kind.apart());
      List<String> besides =
          kind.same().stream().filter(field -> said.row().path("row").has(field)).toList();
      own =
          String.join("|", head.work().sender(), said.type(), name)
              + texts(said.row(), kind.define().isPresent() ? besides : fields);
    } else if (kind.named().isEmpty() && !said.isOfThePatient()) {
      own = head.work().messageId() + "|" + said.tag();
    } else if (kind.named().isEmpty()) {
      // What is said of a patient himself is the same each time his sender says it.
      own =
          String.join("|", head.work().sender(), said.type())
              + texts(said.row(), List.of(kind.marker()));
    } else {
      own = String.join("|", head.work().sender(), said.type()) + texts(said.row(), kind.named());
    }
    return marker.of(head.work().practice(), own, kind.name() + ".post");
  }

  /**
   * @param made keys of rows by what became of resources before, see {@link ChartItem#beside}; 0 if
   *     nobody told it, or none is made for a reason that is no refusal
   */
  private Outcome item(Head head, Fit fit, List<ChartItem> before, Map<String, Long> made) {
    ChartItem item = fit.item();
    if (!item.withdrawn().isEmpty()) {
      return withdrawn(head, item);
    }
    if (!item.unfit().isEmpty()) {
      return notTaken(item.subject() + " was left: " + item.unfit());
    }
    Held held = fit.held().orElseGet(() -> held(head, item));
    if (!held.refusal().isEmpty()) {
      return notTaken(item.subject() + " was left: " + held.refusal());
    }
    if (item.onlyNew() && item.kind().parts().isEmpty()) {
      Optional<Asserted> said = Optional.ofNullable(head.asserted().get(item.assertion()));
      if (said.isPresent()) {
        return standing(head, item, said.get().fields());
      }
    }
    if (item.kind().parts().isPresent()) {
      ChartItem marked = wholes.marked(head.work().practice(), item);
      Held own = held(head, marked);
      return wholes.next(head, item, marked, own.fields(), own.warnings());
    }
    Optional<Asked> refused = item.refused(head);
    if (refused.isPresent()) {
      return new Outcome.Refused(
          "Open Dental refused " + refused.get().name() + ": " + gate.words(refused.get()));
    }
    Optional<Asked> landed = item.landed(head);
    if (landed.isPresent()) {
      return landed(head, item, landed.get());
    }
    List<String> warnings = held.warnings();
    // By now nothing else reads them: what the row points to is added.
    ObjectNode wanted = held.fields();
    Optional<RowKind.Define> define = item.kind().define();
    if (!isWaitedFor(head) && repeats(head, item, wanted)) {
      return new Outcome.Ended(false, 0, Optional.empty(), List.of());
    }
    if (define.isPresent() && item.key().isEmpty()) {
      RowKind in = table.kind(define.get().in()).orElseThrow();
      Outcome defined =
          in.takes().isBlank()
              ? define(
                  head,
                  item,
                  define.get(),
                  item.said().path("define"),
                  item.definition(),
                  List.of(item.kind()),
                  wanted)
              : beside(item, define.get(), Optional.ofNullable(made.get(item.beside(in))), wanted);
      if (defined != DEFINED) {
        return defined;
      }
    }
    boolean twice =
        before.stream()
            .filter(other -> other.kind().equals(item.kind()) && other.landed(head).isPresent())
            .anyMatch(
                other ->
                    !item.kind().same().isEmpty()
                        && match(
                                    item.kind(),
                                    List.of(other.landed(head).get().request().body()),
                                    wanted)
                                .size()
                            == 1);
    return twice
        ? ended(item.subject() + " was left: the message says the same thing twice")
        : row(head, item, wanted, warnings);
  }

  /**
   * What its sender has spoken of stands, and nothing is changed. Where others of the same resource
   * point to it, and may not stand yet, they are given its key.
   */
  private Outcome standing(Head head, ChartItem item, JsonNode said) {
    boolean isPointedTo =
        table.taking(item.resource()).stream()
            .flatMap(kind -> kind.define().stream())
            .anyMatch(define -> define.in().equals(item.kind().name()));
    if (!isPointedTo) {
      return new Outcome.Stands(0);
    }
    ChartReads reads =
        new ChartReads(item.kind(), whose(head, item.kind(), said), head.answeredReads());
    if (reads.next().isPresent()) {
      return new Outcome.First(new Decision.Ask(reads.next().get()));
    }
    List<JsonNode> meant = reads.gap().isPresent() ? List.of() : meant(item, reads.rows(), said);
    return new Outcome.Stands(
        meant.size() == 1 ? meant.get(0).path(item.kind().key()).asLong() : 0);
  }

  /**
   * Of a row that was made, and whose key no answer told, the list tells it: but only where its
   * sender is told of such rows and has to know it again.
   */
  private Outcome landed(Head head, ChartItem item, Asked write) {
    JsonNode said = write.baseline().path("said");
    List<String> warnings = texts(write.baseline().path("warnings"));
    List<String> flipping = texts(write.baseline().path(FLIPPING));
    long told = write.resultKey() == 0 ? write.baseline().path("key").asLong() : write.resultKey();
    boolean isLookedFor =
        told == 0
            && !item.kind().tells().isBlank()
            && !item.kind().same().isEmpty()
            && hears.isTold(head.work().practice(), head.work().sender(), item.kind().tells());
    if (!isLookedFor) {
      return new Outcome.Ended(true, told, Optional.of(said), warnings, Optional.empty(), flipping);
    }
    ChartReads reads =
        new ChartReads(
            item.kind(),
            write.baseline().path("patNum").asLong(),
            head.answeredReads().stream()
                .filter(read -> read.ordinal() > write.ordinal())
                .toList());
    if (reads.next().isPresent()) {
      return new Outcome.First(new Decision.Ask(reads.next().get()));
    }
    Set<Long> before = new HashSet<>();
    write.baseline().path("keys").forEach(key -> before.add(key.asLong()));
    List<Long> keys =
        reads.gap().isPresent()
            ? List.of()
            : match(item.kind(), reads.rows(), said).stream()
                .map(row -> row.path(item.kind().key()).asLong())
                .filter(key -> !before.contains(key))
                .toList();
    // Of several, or of a list that cannot be read, nobody knows: it is told as any other row.
    return keys.size() == 1
        ? new Outcome.Ended(
            true,
            keys.get(0),
            Optional.of(said),
            warnings,
            columns.written(write.request(), keys.get(0)))
        : new Outcome.Ended(true, 0, Optional.of(said), warnings);
  }

  private static boolean isWaitedFor(Head head) {
    return WAITING.contains(head.work().event());
  }

  /** An update lists each time what its sender knows: what it said before needs no look. */
  private static boolean repeats(Head head, ChartItem item, JsonNode wanted) {
    Optional<JsonNode> last =
        Optional.ofNullable(head.asserted().get(item.assertion()))
            .map(said -> unmarked(item.kind(), said.fields()));
    return last.isPresent()
        && unmarked(item.kind(), wanted).properties().stream()
            .allMatch(
                field ->
                    FieldMerge.text(field.getValue())
                        .equals(FieldMerge.text(last.get().path(field.getKey()))));
  }

  /**
   * Which of its numbers a row that is booked once bears, and which it is told by, is no matter.
   */
  private static JsonNode unmarked(RowKind kind, JsonNode fields) {
    if (!kind.isOnce() || !(fields instanceof ObjectNode own) || !own.has(kind.marker())) {
      return fields;
    }
    return own.deepCopy()
        .put(kind.marker(), Marker.without(own.path(kind.marker()).asText()).strip());
  }

  private static final Outcome DEFINED =
      new Outcome.Ended(false, 0, Optional.empty(), List.of("defined"));

  private static Outcome notTaken(String words) {
    return new Outcome.NotTaken(words);
  }

  private static Outcome ended(String warning) {
    return new Outcome.Ended(false, 0, Optional.empty(), List.of(warning));
  }

  /**
   * What the message says of a row, as far as this office's version takes it and its columns hold
   * it: the one place where that is decided (decisions 0423 and 0424).
   *
   * @param goes where words go that do not fit: note, document or leave
   * @param over what goes there; "" if nothing does
   * @param refusal why it cannot be written; "" if it can
   */
  private record Held(
      ObjectNode fields, List<String> warnings, String goes, String over, String refusal) {}

  /**
   * One row of the message while it is planned.
   *
   * @param held formed already where it was asked what has no room; else when it is its turn
   */
  private record Fit(ChartItem item, Optional<Held> held) {}

  private Held held(Head head, ChartItem item) {
    RowKind kind = item.kind();
    Map<String, TextColumn> columns = table.texts(kind.name());
    List<String> warnings = new ArrayList<>();
    List<String> last =
        Stream.of(kind.note(), kind.marker()).filter(each -> !each.isBlank()).distinct().toList();
    Fitted fitted = Fitted.of(taken(head, item, warnings), Fitted.but(columns, last));
    ObjectNode wanted = fitted.fields();
    warnings.addAll(fitted.warnings());
    List<String> changed = new ArrayList<>(fitted.changed());
    List<Left.Word> words = new ArrayList<>(fitted.over());
    List<String> refusals = new ArrayList<>(fitted.refusals());
    defined(kind, item.said().path("define"))
        .forEach(
            definition -> {
              warnings.addAll(definition.warnings());
              changed.addAll(definition.changed());
              words.addAll(definition.over());
              refusals.addAll(definition.refusals());
            });
    if (!item.kept().isBlank()) {
      warnings.add(item.subject() + ": " + item.kept());
    }
    OfficeTerms office = offices.apply(head.work().practice());
    String goes = item.resource().equals("Patient") ? office.patientRest() : office.rest();
    boolean noted = office.rest().equals("note") && !kind.note().isBlank();
    // A row that is not written takes nothing along.
    boolean isNoted = noted && goes.equals("note") && refusals.isEmpty();
    if (!item.rest().isEmpty()) {
      warnings.add(
          item.resource()
              + ": no field for "
              + String.join(", ", item.elements())
              + (noted
                  ? ", kept in " + kind.note()
                  : office.rest().equals("document") ? ", kept as a file" : ", left out"));
    }
    String behind = "; the rest ";
    String where = isNoted ? "kept in " + kind.note() : RestRow.where(goes);
    changed.forEach(
        each -> warnings.add(each + (each.contains(" was cut ") ? behind : "; ") + where));
    String unfit = text(words);
    boolean isWritten = refusals.isEmpty();
    String intoNote =
        joined(noted && isWritten ? Fitted.storable(item.rest()) : "", isNoted ? unfit : "");
    boolean isBeside = goes.equals("document") || noted && !isWritten && goes.equals("note");
    String over = joined(isBeside ? item.rest() : "", isNoted ? "" : unfit);
    if (!intoNote.isEmpty()) {
      String text = wanted.path(kind.note()).asText("");
      wanted.put(kind.note(), text.isBlank() ? intoNote : text + "; " + intoNote);
    }
    for (String name : last) {
      boolean isMarked = name.equals(kind.marker()) && item.key().isEmpty();
      int reserved = isMarked ? item.allMarks().length() + 1 : 0;
      TextColumn column = columns.get(name);
      String text = wanted.path(name).asText("");
      if (!column.holds(text, reserved)) {
        String cut = column.cut(text, reserved);
        wanted.put(name, cut);
        warnings.add(Fitted.cut(name, column, reserved) + behind + RestRow.where(goes));
        over = joined(over, name + ": " + Fitted.rest(text, cut));
      }
      if (isMarked) {
        wanted.put(name, Marker.join(wanted.path(name).asText(""), item.allMarks()));
      }
    }
    String refusal =
        refusals.isEmpty() ? "" : String.join("; ", refusals) + "; " + RestRow.where(goes);
    return new Held(wanted, warnings, goes, over, refusal);
  }

  /** The fields that this office's version takes. */
  private static ObjectNode taken(Head head, ChartItem item, List<String> warnings) {
    ObjectNode fields = item.fields();
    Version version = new Version(head.capabilities().path("version").asText());
    for (String name : item.fields().properties().stream().map(Map.Entry::getKey).toList()) {
      String since =
          Optional.ofNullable(item.kind().fields().get(name)).map(RowKind.Field::since).orElse("");
      if (!since.isBlank() && !version.atLeast(since)) {
        fields.remove(name);
        warnings.add(name + " was left out: needs Open Dental " + since);
      }
    }
    return fields;
  }

  /** The definition that a row points to, as its columns hold it, and what that points to. */
  private List<Fitted> defined(RowKind kind, JsonNode meant) {
    Optional<RowKind> in =
        kind.define()
            .flatMap(define -> table.kind(define.in()))
            .filter(list -> list.takes().isBlank() && meant.isObject());
    List<Fitted> fitted = new ArrayList<>();
    in.ifPresent(
        list -> {
          fitted.add(fitted(list, meant));
          fitted.addAll(defined(list, meant.path("define")));
        });
    return fitted;
  }

  private Fitted fitted(RowKind definitions, JsonNode meant) {
    return Fitted.of(ChartItem.defined(definitions, meant), table.texts(definitions.name()));
  }

  private static String text(List<Left.Word> words) {
    return words.stream()
        .map(word -> word.element() + ": " + word.text())
        .collect(Collectors.joining("; "));
  }

  private static String joined(String some, String more) {
    return some.isEmpty() ? more : more.isEmpty() ? some : some + "; " + more;
  }

  /**
   * Points {@code wanted} to the row of another kind that the same resource became. Where the
   * office has taken that one away, this one is no more refused than that.
   *
   * @param key empty if that was not taken
   */
  private static Outcome beside(
      ChartItem item, RowKind.Define define, Optional<Long> key, ObjectNode wanted) {
    if (key.orElse(0L) == 0) {
      String left =
          item.subject()
              + " was left in "
              + item.kind().name()
              + ": it has no row in "
              + define.in()
              + " to point to";
      return key.isPresent() ? ended(left) : notTaken(left);
    }
    wanted.put(define.as(), key.get());
    return DEFINED;
  }

  /**
   * Points {@code wanted} to the definition, which is found by code, by name, or made; and that to
   * its own first.
   *
   * @param meant what the mapping says of it
   * @param tag of the request that makes it
   * @param above what is to point to it in the end, row or definition; if one of them cannot be
   *     written nothing is made for it
   */
  private Outcome define(
      Head head,
      ChartItem item,
      RowKind.Define define,
      JsonNode meant,
      String tag,
      List<RowKind> above,
      ObjectNode wanted) {
    RowKind definitions = table.kind(define.in()).orElseThrow();
    ObjectNode body = fitted(definitions, meant).fields();
    if (definitions.define().isPresent()) {
      Outcome first =
          define(
              head,
              item,
              definitions.define().get(),
              meant.path("define"),
              tag + ChartItem.DEFINITION,
              Stream.concat(above.stream(), Stream.of(definitions)).toList(),
              body);
      if (first != DEFINED) {
        return first;
      }
    }
    ChartReads reads = ChartReads.definitions(definitions, head, body, head.answeredReads());
    Optional<ApiRequest> more = reads.next();
    if (more.isPresent()) {
      return new Outcome.First(new Decision.Ask(more.get()));
    }
    Optional<String> gap = reads.gap();
    if (gap.isPresent()) {
      return notTaken(
          item.subject()
              + " was left: the office's list "
              + definitions.name()
              + " could not be read: "
              + gap.get());
    }
    List<JsonNode> found = definitions(definitions, reads.rows(), meant, body);
    // Of two names alike the first is as good; of two that lean on others, as plans do, it is not.
    if (found.size() > 1 && definitions.define().isPresent()) {
      return notTaken(
          item.subject()
              + " was left: "
              + found.size()
              + " rows of the office's list "
              + definitions.name()
              + " fit, and nothing tells which is meant");
    }
    if (!found.isEmpty()) {
      wanted.set(define.as(), found.get(0).path(define.takes(definitions)));
      return DEFINED;
    }
    if (item.onlyKnown()) {
      return new Outcome.Ended(false, 0, Optional.empty(), List.of());
    }
    if (definitions.post().isEmpty()) {
      return none(item, definitions);
    }
    for (RowKind next : above) {
      Optional<Outcome> never =
          next.post().isEmpty()
              ? Optional.of(none(item, next))
              : off(head, item, next.post().get());
      if (never.isPresent()) {
        return never.get();
      }
    }
    Optional<Asked> made = made(head, definitions, body, tag);
    if (made.isPresent()) {
      long key = made.get().resultKey();
      return new Outcome.Refused(
          "Pontic has made "
              + (key == 0 ? "a row" : definitions.key() + " " + key)
              + " in the office's list "
              + definitions.name()
              + ", which does not show it by the name that was sent; it is not made again");
    }
    ObjectNode baseline = JSON.objectNode().put("item", tag);
    return write(head, item, definitions.post().get(), body, 0, baseline);
  }

  /**
   * The request by which this message has made the definition. A list that does not tell a name as
   * it was sent would let it be made again and again.
   */
  private static Optional<Asked> made(Head head, RowKind definitions, JsonNode body, String tag) {
    String post = definitions.post().orElseThrow().name();
    return head.calls().stream()
        .filter(call -> call.name().equals(post) && call.is(Purpose.CALL, CallState.LANDED))
        .filter(
            call ->
                call.baseline().path("item").asText().equals(tag)
                    || ChartItem.isNamed(definitions, body, call.request().body()))
        .findFirst();
  }

  private static Outcome none(ChartItem item, RowKind definitions) {
    return notTaken(
        item.subject()
            + " was left: the office's list "
            + definitions.name()
            + " has none of that name, and Pontic makes none");
  }

  /** By a code that both know, else by name; those that are not hidden first. */
  private static List<JsonNode> definitions(
      RowKind definitions, List<JsonNode> rows, JsonNode meant, JsonNode body) {
    List<JsonNode> sorted =
        rows.stream()
            .filter(
                row ->
                    definitions.skip().isBlank()
                        || !row.path(definitions.skip()).asText().equalsIgnoreCase("true"))
            .sorted(java.util.Comparator.comparing(ChartPlan::isHidden))
            .toList();
    for (JsonNode coding : meant.path("codes")) {
      for (Map.Entry<String, String> column : definitions.codes().entrySet()) {
        if (column.getValue().equals(coding.path("system").asText())) {
          List<JsonNode> same =
              sorted.stream()
                  .filter(
                      row ->
                          row.path(column.getKey())
                              .asText()
                              .strip()
                              .equalsIgnoreCase(coding.path("code").asText().strip()))
                  .toList();
          if (!same.isEmpty()) {
            return same;
          }
        }
      }
    }
    List<JsonNode> named =
        sorted.stream().filter(row -> ChartItem.isNamed(definitions, body, row)).toList();
    List<JsonNode> shown = named.stream().filter(row -> !isHidden(row)).toList();
    return shown.isEmpty() ? named : shown;
  }

  private static boolean isHidden(JsonNode row) {
    return row.path("IsHidden").asText().equalsIgnoreCase("true");
  }

  private Outcome row(Head head, ChartItem item, ObjectNode wanted, List<String> warnings) {
    RowKind kind = item.kind();
    ChartReads reads = new ChartReads(kind, whose(head, kind, wanted), head.answeredReads());
    Optional<ApiRequest> more = reads.next();
    if (more.isPresent()) {
      return new Outcome.First(new Decision.Ask(more.get()));
    }
    Optional<String> gap = reads.gap();
    if (gap.isPresent()) {
      return notTaken(
          item.subject()
              + " was left: the patient's "
              + kind.name()
              + " could not be read: "
              + gap.get());
    }
    List<JsonNode> rows = reads.rows();
    List<JsonNode> meant =
        item.key().isPresent()
            ? rows.stream()
                .filter(row -> row.path(kind.key()).asLong() == item.key().getAsLong())
                .toList()
            : kind.single() ? rows : meant(item, rows, wanted);
    if (meant.size() > 1) {
      return notTaken(
          item.subject()
              + " was left: "
              + meant.size()
              + " rows of the patient fit, and nothing tells which is meant");
    }
    if (meant.isEmpty()) {
      return item.onlyKnown()
          ? new Outcome.Ended(false, 0, Optional.empty(), List.of())
          : create(head, item, wanted, rows, warnings);
    }
    JsonNode row = meant.get(0);
    // Our reference is this sender's number; a row that is merely alike has none.
    boolean isNumbered = item.isMarked(row);
    if (item.onlyNew() && isNumbered) {
      return new Outcome.Stands(row.path(kind.key()).asLong());
    }
    if (kind.isOnce() && item.key().isEmpty() && item.isCrossed(row)) {
      return notTaken(
          item.subject()
              + " was left: "
              + kind.key()
              + " "
              + row.path(kind.key()).asLong()
              + " bears one of its numbers and one that it has not, and nothing tells whether it is the same");
    }
    Optional<String> not =
        item.onlyKnown() && item.key().isEmpty() && !isNumbered
            ? notToTakeBack(head, item, wanted, row.path(kind.key()).asLong())
            : Optional.empty();
    return not.isPresent() ? ended(not.get()) : change(head, item, wanted, row, warnings);
  }

  /**
   * What somebody takes back is his own word: not what the office or another has, and not what he
   * says himself of the same row in another order (decision 0385).
   */
  private static Optional<String> notToTakeBack(
      Head head, ChartItem item, JsonNode wanted, long key) {
    RowKind kind = item.kind();
    String row = kind.key() + " " + key + ", which stands as it is";
    if (!head.asserted().containsKey(item.assertion())) {
      return Optional.of(
          item.subject() + " was left: it takes back what this sender has not said of " + row);
    }
    boolean isSaidBeside =
        !kind.apart().isEmpty()
            && head.asserted().entrySet().stream()
                .filter(said -> said.getKey().contains("#" + kind.name() + "/["))
                .filter(said -> !said.getKey().equals(item.assertion()))
                .anyMatch(
                    said -> match(kind, List.of(said.getValue().fields()), wanted).size() == 1);
    return isSaidBeside
        ? Optional.of(
            item.subject()
                + " was left: something else that this sender says of the same row is not taken back: "
                + row)
        : Optional.empty();
  }

  /**
   * What its sender told of before and takes back, where no write of the API takes it away: it is
   * looked for by each of its numbers, and a person at the office decides if it stands.
   */
  private Outcome withdrawn(Head head, ChartItem item) {
    RowKind kind = item.kind();
    if (item.isNameless()) {
      return notTaken(
          item.subject()
              + " was left: "
              + item.withdrawn()
              + ", and no number says which one is meant");
    }
    List<JsonNode> told = told(head, item);
    if (told.isEmpty()) {
      return ended(
          item.subject()
              + ": "
              + item.withdrawn()
              + ", and this sender has told nothing of it here");
    }
    ChartReads reads = new ChartReads(kind, whose(head, kind, told.get(0)), head.answeredReads());
    if (reads.next().isPresent()) {
      return new Outcome.First(new Decision.Ask(reads.next().get()));
    }
    if (reads.gap().isPresent()) {
      return new Outcome.Withdrawn(
          item.subject()
              + ": "
              + item.withdrawn()
              + ", and whether it stands could not be read: "
              + reads.gap().get());
    }
    List<Long> keys =
        reads.rows().stream()
            .filter(
                row ->
                    kind.isOnce() && item.isMarked(row)
                        || told.stream().anyMatch(said -> isMadeOf(kind, row, said)))
            .map(row -> row.path(kind.key()).asLong())
            .toList();
    return keys.isEmpty()
        ? new Outcome.Ended(false, 0, Optional.empty(), List.of())
        : stands(item, item.withdrawn(), keys);
  }

  private static Outcome stands(ChartItem item, String why, List<Long> keys) {
    return new Outcome.Withdrawn(
        item.subject()
            + ": "
            + why
            + ", and "
            + keys.stream()
                .map(key -> item.kind().key() + " " + key)
                .collect(Collectors.joining(", "))
            + (keys.size() == 1 ? " stands" : " stand")
            + " in Open Dental, whose API does not take it away: the office does, or keeps it");
  }

  /** What this sender has said of it, under whatever number. */
  private static List<JsonNode> told(Head head, ChartItem item) {
    Set<String> references = new LinkedHashSet<>();
    Stream.concat(Stream.of(item.reference()), item.others().stream())
        .forEach(
            reference -> {
              references.add(reference);
              Optional.ofNullable(head.asserted().get(item.alias(reference)))
                  .ifPresent(
                      known -> known.fields().fieldNames().forEachRemaining(references::add));
            });
    return references.stream()
        .map(reference -> head.asserted().get(item.assertion(reference)))
        .filter(java.util.Objects::nonNull)
        .map(Asserted::fields)
        .toList();
  }

  private static boolean isMadeOf(RowKind kind, JsonNode row, JsonNode said) {
    String mark = kind.marker().isBlank() ? "" : Marker.in(said.path(kind.marker()).asText());
    return mark.isEmpty()
        ? match(kind, List.of(row), said).size() == 1
        : row.path(kind.marker()).asText().contains(mark);
  }

  /** Whose row it is: of the patient, or of whom the message names as its owner. */
  private static long whose(Head head, RowKind kind, JsonNode wanted) {
    long named = kind.patient().isBlank() ? 0 : wanted.path(kind.patient()).asLong();
    return named == 0 ? head.person().orElseThrow().patNum() : named;
  }

  /** Rows that may be the one that is meant. */
  private static List<JsonNode> meant(ChartItem item, List<JsonNode> rows, JsonNode wanted) {
    RowKind kind = item.kind();
    if (!kind.marker().isBlank()) {
      List<JsonNode> marked = rows.stream().filter(item::isMarked).toList();
      if (!marked.isEmpty() || kind.same().isEmpty()) {
        return marked;
      }
    }
    return match(kind, rows, wanted);
  }

  private static List<JsonNode> match(RowKind kind, List<JsonNode> rows, JsonNode wanted) {
    List<JsonNode> same =
        rows.stream()
            .filter(
                row ->
                    kind.same().stream()
                        .allMatch(
                            field ->
                                FieldMerge.text(row.path(field))
                                    .equalsIgnoreCase(FieldMerge.text(wanted.path(field)))))
            .filter(row -> kind.apart().stream().noneMatch(field -> differ(row, wanted, field)))
            .toList();
    List<JsonNode> equal =
        same.stream()
            .filter(
                row ->
                    !kind.apart().isEmpty()
                        && kind.apart().stream()
                            .allMatch(
                                field ->
                                    FieldMerge.text(row.path(field))
                                        .equals(FieldMerge.text(wanted.path(field)))))
            .toList();
    return equal.isEmpty() ? same : equal;
  }

  private static boolean differ(JsonNode row, JsonNode wanted, String field) {
    String stands = FieldMerge.text(row.path(field));
    String says = FieldMerge.text(wanted.path(field));
    return !FieldMerge.empty(stands) && !FieldMerge.empty(says) && !stands.equals(says);
  }

  private Outcome create(
      Head head, ChartItem item, ObjectNode wanted, List<JsonNode> rows, List<String> warnings) {
    RowKind kind = item.kind();
    if (kind.post().isEmpty()) {
      return notTaken(item.subject() + " was left: Open Dental's API makes no such row");
    }
    Optional<Outcome> before = toldBefore(head, item);
    if (before.isPresent()) {
      return before.get();
    }
    if (repeats(head, item, wanted)) {
      return ended(
          item.subject()
              + " was left: what was made of the same words is no longer in Open Dental, and it is the office's to take away");
    }
    ObjectNode body = JSON.objectNode();
    if (!kind.patient().isBlank()) {
      body.put(kind.patient(), whose(head, kind, wanted));
    }
    wanted.properties().stream()
        .filter(field -> !field.getValue().asText().isEmpty())
        .forEach(field -> body.set(field.getKey(), field.getValue()));
    ObjectNode baseline =
        JSON.objectNode().put("item", item.tag()).put("patNum", whose(head, kind, wanted));
    if (!kind.marker().isBlank()) {
      baseline.put("marker", item.mark());
    }
    var keys = baseline.putArray("keys");
    rows.forEach(row -> keys.add(row.path(kind.key()).asLong()));
    Stands.says(baseline, item.assertion(), wanted, "");
    baseline.set("warnings", PatientPlan.array(warnings));
    return write(head, item, kind.post().get(), body, 0, baseline);
  }

  private Outcome change(
      Head head, ChartItem item, ObjectNode wanted, JsonNode row, List<String> told) {
    RowKind kind = item.kind();
    long key = row.path(kind.key()).asLong();
    Optional<Asserted> last = Optional.ofNullable(head.asserted().get(item.assertion()));
    Words words = Words.of(wanted, last, head.work().seq());
    Optional<WriteTerms> put = kind.put();
    ObjectNode standing = words.standing();
    List<String> warnings = new ArrayList<>(told);
    warnings.addAll(words.warnings());
    ObjectNode comparable = JSON.objectNode();
    // What the list does not show, as the bytes of a file, cannot be compared.
    standing.properties().stream()
        .filter(field -> row.has(field.getKey()))
        .filter(field -> !kind.same().contains(field.getKey()))
        .forEach(field -> comparable.set(field.getKey(), field.getValue()));
    Ownership ownership = rules.apply(head.work().practice()).row(kind);
    FieldMerge merge =
        FieldMerge.of(
            unmarked(kind, comparable),
            last.map(said -> unmarked(kind, said.fields())),
            unmarked(kind, row),
            field -> ownership.of(head.work().sender(), field),
            Flipping.of(
                head.earlier().stream()
                    .filter(call -> put.isPresent() && isOfRow(call, put.get(), key, row))
                    .toList(),
                put.map(WriteTerms::name).stream().toList(),
                ownership.flips(),
                head.now()),
            later(head, kind, row),
            head.work().seq());
    warnings.addAll(merge.warnings());
    ObjectNode changes = JSON.objectNode();
    List<String> fixed = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : merge.changes().properties()) {
      if (put.isPresent() && put.get().takes(field.getKey())) {
        changes.set(field.getKey(), field.getValue());
      } else {
        fixed.add(field.getKey());
        warnings.add(field.getKey() + " was left: Open Dental's API cannot change it");
      }
    }
    boolean isBack = item.onlyKnown() && item.key().isEmpty();
    boolean isOff =
        !changes.isEmpty()
            && off(head, item, put.get()).filter(Outcome.NotTaken.class::isInstance).isPresent();
    if (isBack && (isOff || changes.isEmpty() && !fixed.isEmpty())) {
      return stands(item, "its sender takes it back", List.of(key));
    }
    boolean isOtherwise = last.isPresent() || fixed.stream().anyMatch(kind.once()::contains);
    if (changes.isEmpty() && !fixed.isEmpty() && isOtherwise && isWaitedFor(head)) {
      // He has said otherwise before, or of money somebody has, and that stands.
      return notTaken(
          item.subject()
              + " was left: Open Dental's API cannot change "
              + String.join(", ", fixed)
              + " of "
              + kind.key()
              + " "
              + key);
    }
    if (changes.isEmpty()) {
      return new Outcome.Ended(
          false,
          key,
          Optional.of(wanted),
          warnings,
          Optional.of(columns.standing(kind.tells(), key, wanted, row)),
          merge.flipping());
    }
    put.get().with().forEach(field -> changes.set(field, row.path(field)));
    ObjectNode baseline =
        JSON.objectNode()
            .put("item", item.tag())
            .put("key", key)
            .put("patNum", whose(head, kind, wanted));
    Stands.says(baseline, item.assertion(), wanted, "");
    baseline.set("warnings", PatientPlan.array(warnings));
    baseline.set(FLIPPING, PatientPlan.array(merge.flipping()));
    return write(head, item, put.get(), changes, key, baseline);
  }

  /** A row that messages about others write too may have been changed by one of those. */
  private Later later(Head head, RowKind kind, JsonNode row) {
    return kind.patient().equals("PatNum")
        ? Later.of(head, offices.apply(head.work().practice()).zone(), unmarked(kind, row))
        : Later.UNKNOWN;
  }

  /** A write of this row, which its path names, or fields of its body. */
  private static boolean isOfRow(Asked call, WriteTerms put, long key, JsonNode row) {
    return call.request().path().equals(path(put, key))
        && put.with().stream()
            .allMatch(
                field ->
                    FieldMerge.text(call.request().body().path(field))
                        .equals(FieldMerge.text(row.path(field))));
  }

  private Outcome write(
      Head head, ChartItem item, WriteTerms terms, ObjectNode body, long key, ObjectNode baseline) {
    Optional<Outcome> off = off(head, item, terms);
    if (off.isPresent()) {
      return off.get();
    }
    return new Outcome.First(
        gate.write(
            head,
            new ApiRequest(
                terms.name(), terms.method(), terms.path(), path(terms, key), Map.of(), body),
            baseline));
  }

  /** What becomes of a row whose write is off: whose own matter it is waits, the rest is left. */
  private Optional<Outcome> off(Head head, ChartItem item, WriteTerms terms) {
    JsonNode capability = head.capabilities().path("writes").path(terms.name());
    if (capability.path("left").asBoolean()
        || !isWaitedFor(head) && !capability.path("on").asBoolean()) {
      return Optional.of(
          notTaken(
              item.subject()
                  + " was left: "
                  + terms.name()
                  + " is off: "
                  + capability.path("reason").asText()));
    }
    return gate.off(head, terms.name()).map(Outcome.First::new);
  }

  private static String path(WriteTerms terms, long key) {
    return terms.path().replaceAll("\\{\\w+}", Long.toString(key));
  }

  private static String texts(JsonNode said, List<String> fields) {
    return fields.stream()
        .map(field -> "|" + said.path("row").path(field).asText())
        .collect(Collectors.joining());
  }

  private static Stream<JsonNode> stream(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** Refusals of chart rows end their row, not their message. */
  static boolean isOf(Asked call) {
    return call.is(Purpose.CALL, CallState.REFUSED) && call.baseline().has("item");
  }
}
