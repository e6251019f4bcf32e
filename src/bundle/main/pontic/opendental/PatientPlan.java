package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.Work;
import pontic.mapping.Ownership;
import pontic.mapping.PracticeRules;
import pontic.person.Asserted;
import pontic.person.Person;
import pontic.person.Persons;

/**
 * Finds the patient of a message in Open Dental, creates it if there is none, and brings its fields
 * up to date.
 */
final class PatientPlan {
  private static final List<String> IDENTITY = List.of("LName", "FName", "Birthdate");

  private final Function<String, PracticeRules> rules;
  private final Gate gate;
  private final Columns columns;
  private final Function<String, OfficeTerms> offices;
  private final Look look;

  PatientPlan(
      Function<String, PracticeRules> rules,
      Function<String, OfficeTerms> offices,
      Gate gate,
      Columns columns,
      Look look) {
    this.offices = offices;
    this.rules = rules;
    this.look = look;
    this.gate = gate;
    this.columns = columns;
  }

  /** Whether both would be looked for, and found again, by the same name and birth date. */
  static boolean isSame(JsonNode some, JsonNode other) {
    return IDENTITY.stream()
        .allMatch(
            field -> FieldMerge.text(some.path(field)).equals(FieldMerge.text(other.path(field))));
  }

  /** Makes the PatNum known, and creates nobody. Only for a person without one. */
  Decision findOnly(Head head, List<Played.Said> said) {
    Decision decision = find(head, said);
    return creates(decision)
        ? new Decision.Hold(
            "nobody in Open Dental fits, and a message of this kind makes no patient", List.of())
        : decision;
  }

  /** Whether nobody was found, so that somebody would be made. */
  static boolean creates(Decision decision) {
    return decision instanceof Decision.Write
        || decision instanceof Decision.Wait wait && wait.write().equals("patients.post");
  }

  /**
   * Makes the PatNum known: finds or creates. Only for a person without one.
   *
   * @param said the first says whom it means, as it would if it were played alone
   */
  Decision find(Head head, List<Played.Said> said) {
    JsonNode wanted = said.get(0).fields();
    if (wanted.path("LName").asText().isBlank()
        || wanted.path("FName").asText().isBlank()
        || wanted.path("Birthdate").asText().isBlank()) {
      return new Decision.Hold(
          "no identifier that is known here, and first name, last name or birth date is missing",
          List.of());
    }
    List<Asked> pages = head.reads("patients.search");
    Optional<Integer> more = Reads.nextPage(pages);
    if (more.isPresent()) {
      return new Decision.Ask(Reads.patientsBornOn(wanted.path("Birthdate").asText(), more.get()));
    }
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      return new Decision.Hold(
          "Open Dental answered the search for the birth date with " + gap.get(), List.of());
    }
    List<JsonNode> born = Reads.rows(pages, "PatNum");
    Likeness.Result result =
        Likeness.find(
            rules.apply(head.work().practice()).matching(), wanted, born, head.ruledOut());
    if (result instanceof Likeness.Result.Same same) {
      boolean isWhole =
          isStored(wanted)
              && born.stream()
                  .filter(row -> row.path("PatNum").asLong() == same.patNum())
                  .allMatch(PatientPlan::isStored);
      return isWhole
          ? new Decision.Identified(same.patNum())
          : new Decision.Hold(
              "a character of the name is one that Open Dental cannot store, and what is left of it proves nobody",
              List.of(same.patNum()));
    }
    if (result instanceof Likeness.Result.Doubtful doubtful) {
      return new Decision.Hold(doubtful.reason(), doubtful.candidates());
    }
    if (head.work().event().equals(Work.KNOWN)) {
      return new Decision.Refuse(
          "nobody in Open Dental is this patient, and a message of this type creates nobody");
    }
    Ownership ownership = rules.apply(head.work().practice()).patient();
    ObjectNode body =
        Played.created(
            said, List.of(), field -> ownership.of(head.work().sender(), field), ownership.flips());
    ObjectNode baseline = JsonNodeFactory.instance.objectNode();
    var keys = baseline.putArray("keys");
    born.forEach(row -> keys.add(row.path("PatNum").asLong()));
    return gate.write(
        head,
        new ApiRequest("patients.post", "POST", "/patients", "/patients", Map.of(), body),
        baseline);
  }

  /**
   * Brings the known patient's fields up to date.
   *
   * @param said the last is what the message says
   */
  Decision update(Head head, List<Played.Said> said) {
    JsonNode wanted = said.get(said.size() - 1).fields();
    long patNum = head.person().orElseThrow().patNum();
    if (head.landed("patients.put") || head.landed("patients.post")) {
      return done(head, wanted, true, List.of(), List.of());
    }
    List<Asked> reads = head.reads("patients.get");
    if (reads.isEmpty()) {
      return new Decision.Ask(Reads.patient(patNum));
    }
    Asked read = reads.get(reads.size() - 1);
    if (read.status() != 200) {
      return new Decision.Hold(unread(patNum, read), List.of(patNum));
    }
    JsonNode current = read.answer();
    Optional<Decision> stop = look.stop(head, said, Look.GONE, current);
    if (stop.isPresent()) {
      return stop.get();
    }
    Optional<Asserted> last = Optional.ofNullable(head.asserted().get(Persons.PATIENT));
    Words words = Words.of(wanted, last, head.work().seq());
    Ownership ownership = rules.apply(head.work().practice()).patient();
    FieldMerge merge =
        Played.of(
            said,
            List.of(),
            last,
            current,
            field -> ownership.of(head.work().sender(), field),
            Flipping.of(
                head.earlier(),
                List.of("patients.post", "patients.put"),
                ownership.flips(),
                head.now()),
            Later.of(
                head,
                offices.apply(head.work().practice()).zone(),
                "patients.get",
                read.request().path()));
    List<String> warnings =
        Stream.concat(words.warnings().stream(), merge.warnings().stream()).toList();
    if (merge.changes().isEmpty()) {
      return words.newest() == 0
          ? done(head, wanted, false, warnings, merge.flipping())
          : new Decision.Superseded(words.newest(), warnings);
    }
    ObjectNode baseline = baseline(warnings, merge.flipping());
    Stands.says(baseline, Persons.PATIENT, merge.changes(), "");
    return gate.write(
        head,
        new ApiRequest(
            "patients.put",
            "PUT",
            "/patients/{PatNum}",
            "/patients/" + patNum,
            Map.of(),
            merge.changes()),
        baseline);
  }

  /** No character of the name was replaced: two names that differ there look alike. */
  private static boolean isStored(JsonNode patient) {
    return Stream.of("LName", "FName")
        .noneMatch(field -> patient.path(field).asText().indexOf(Fitted.REPLACEMENT) >= 0);
  }

  private String unread(long patNum, Asked read) {
    return "PatNum " + patNum + " can no longer be read in Open Dental: " + gate.words(read);
  }

  /**
   * Whether he is there whom a create on condition asked for; nothing of him is compared. One who
   * is gone is not held: nothing of the question is written, and nobody is to be chosen.
   */
  Decision onCondition(Head head) {
    Person person = head.person().orElseThrow();
    if (!person.known()) {
      return new Decision.NeverMade();
    }
    List<Asked> reads = head.reads("patients.get");
    if (reads.isEmpty()) {
      return new Decision.Ask(Reads.patient(person.patNum()));
    }
    Asked read = reads.get(reads.size() - 1);
    if (read.status() != 200) {
      return new Decision.Refuse(unread(person.patNum(), read));
    }
    String status = read.answer().path("PatStatus").asText();
    return Look.GONE.contains(status)
        ? new Decision.Refuse(
            "PatNum "
                + person.patNum()
                + " is "
                + status.toLowerCase(Locale.ROOT)
                + " in Open Dental")
        : new Decision.StandsAlready(Map.of("PatNum", person.patNum()));
  }

  private Decision done(
      Head head, JsonNode wanted, boolean landed, List<String> warnings, List<String> flipping) {
    long patNum = head.person().orElseThrow().patNum();
    return new Decision.Done(
        landed,
        Map.of("PatNum", patNum),
        Map.of(Persons.PATIENT, wanted),
        "",
        landed ? landedTexts(head, "warnings") : warnings,
        landed ? landedTexts(head, "flipping") : flipping,
        head.lastRead("patients.get")
            .map(row -> columns.standing(Persons.PATIENT, patNum, wanted, row)));
  }

  /** What is to be said of a write once it has landed. */
  static ObjectNode baseline(List<String> warnings, List<String> flipping) {
    ObjectNode baseline = JsonNodeFactory.instance.objectNode();
    baseline.set("warnings", array(warnings));
    baseline.set("flipping", array(flipping));
    return baseline;
  }

  /** What was known when the write was planned; its baseline carried it. */
  static List<String> landedTexts(Head head, String name) {
    return head.calls().stream()
        .filter(call -> call.state() == pontic.lane.CallState.LANDED)
        .flatMap(call -> stream(call.baseline().path(name)))
        .map(JsonNode::asText)
        .distinct()
        .toList();
  }

  static JsonNode array(List<String> texts) {
    var array = JsonNodeFactory.instance.arrayNode();
    texts.forEach(array::add);
    return array;
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return java.util.stream.StreamSupport.stream(array.spliterator(), false);
  }
}
