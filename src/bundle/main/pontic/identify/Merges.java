package pontic.identify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import pontic.lane.Lane;
import pontic.mapping.MatchRules;
import pontic.person.Claims;
import pontic.person.Identifier;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.person.SaidIdentifiers;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.store.Store;
import pontic.store.Transaction;
import pontic.understand.NotUnderstood;
import pontic.understand.Understanding;

/**
 * Follows a sender that merged two of its patients or gave one another number (decision 0150). The
 * numbers lead to one patient from then on. Open Dental's API cannot merge patients
 * (open-dental-api.md, part 4), so where the office has two rows a person is asked.
 */
final class Merges {
  static final String EVENT = "merge";

  private static final String REMAINS = "replaces";
  private static final String GOES = "replaced-by";

  /** Identifier.use of a number in another form than the message writes it. */
  private static final String OTHER_FORM = "secondary";

  private static final String TYPE = "/type/coding/0/code";
  private static final String ELSE =
      ". Take the wrong number out of it (./pontic parked edit), or drop it; or let its sender tell the name first, then release this message";

  private final Store store;
  private final Persons persons;
  private final Claims claims;
  private final SaidIdentifiers saidIdentifiers;
  private final Receipts receipts;
  private final Crosswalk crosswalk;
  private final Lane lane;
  private final Names names;
  private final Function<String, MatchRules> rules;

  Merges(
      Store store,
      Persons persons,
      Claims claims,
      SaidIdentifiers saidIdentifiers,
      Receipts receipts,
      Crosswalk crosswalk,
      Lane lane,
      Names names,
      Function<String, MatchRules> rules) {
    this.names = names;
    this.rules = rules;
    this.store = store;
    this.claims = claims;
    this.lane = lane;
    this.persons = persons;
    this.saidIdentifiers = saidIdentifiers;
    this.receipts = receipts;
    this.crosswalk = crosswalk;
  }

  /** Ends the message; part of the caller's unit. */
  void follow(Transaction tx, Understanding message) {
    List<Senders.Given> remains = given(message, REMAINS, "its number stands nowhere (PID-3)");
    List<Senders.Given> goes =
        given(message, GOES, "it does not say which number is replaced (MRG-1)");
    List<Identifier> now = meant(tx, message.practice(), remains);
    List<Identifier> former =
        meant(tx, message.practice(), goes).stream()
            .filter(identifier -> !now.contains(identifier))
            .toList();
    List<Person> survivors = crosswalk.patients(tx, message.practice(), now);
    List<Person> merged = crosswalk.patients(tx, message.practice(), former);
    if (survivors.isEmpty() && merged.isEmpty()) {
      unchanged(tx, message, "none of its numbers is known here", Map.of());
      return;
    }
    if (survivors.size() > 1 || merged.size() > 1) {
      park(tx, message, "the numbers of one of its two patients lead to different patients here");
      return;
    }
    Person survivor = survivors.isEmpty() ? merged.get(0) : survivors.get(0);
    boolean two =
        !survivors.isEmpty() && !merged.isEmpty() && !merged.get(0).id().equals(survivor.id());
    boolean moves =
        Stream.concat(now.stream(), former.stream())
            .anyMatch(number -> !leadsTo(tx, message.practice(), number, survivor));
    Optional<String> doubt =
        survivors.isEmpty()
            ? otherwise(tx, message, remains, goes, survivor, "remains (PID-3)", "MRG-1")
            : merged.isEmpty()
                ? otherwise(tx, message, goes, remains, survivor, "is replaced (MRG-1)", "PID-3")
                : Optional.empty();
    if (doubt.isPresent()) {
      park(tx, message, doubt.get());
      return;
    }
    if (two && (open(survivor) || open(merged.get(0)))
        || moves && isUnclear(tx, message, survivor, survivors.isEmpty() ? former : now)) {
      park(
          tx,
          message,
          "one of the two patients still waits to be written or for a person; release this message when that is done");
      return;
    }
    Optional<String> another = moves ? another(tx, message, survivors, merged) : Optional.empty();
    if (another.isPresent()) {
      park(
          tx,
          message,
          another.get()
              + (two
                  ? inTheOffice(survivor, merged.get(0), "If they are one all the same")
                  : ELSE));
      return;
    }
    crosswalk.said(tx, message, Persons.PATIENT, remains.stream().filter(Merges::isOwn).toList());
    String who = who(survivor);
    if (two) {
      claims.lead(tx, message.practice(), message.messageId(), former, survivor.id());
      claims.lead(tx, message.practice(), message.messageId(), now, survivor.id());
      park(
          tx,
          message,
          "the sender merged two of its patients; messages under both numbers go to "
              + who
              + " from now on"
              + inTheOffice(
                  survivor,
                  merged.get(0),
                  "In Open Dental they still are two, and its API cannot merge patients"));
      return;
    }
    persons.lead(tx, message.practice(), Persons.PATIENT, now, survivor.id());
    persons.lead(tx, message.practice(), Persons.PATIENT, former, survivor.id());
    claims.settle(tx, message.practice(), message.messageId());
    claims.settle(tx, message.practice(), now);
    claims.settle(tx, message.practice(), former);
    former.forEach(
        identifier -> saidIdentifiers.forget(tx, message.practice(), Persons.PATIENT, identifier));
    unchanged(
        tx,
        message,
        (merged.isEmpty() && !former.isEmpty()
                ? "the number that is replaced (MRG-1) was not known here; messages under it and under the present number go to "
                    + who
                    + " from now on"
                : "messages under the former and the present number go to " + who)
            + "; Open Dental keeps no numbers of senders, so there is nothing to write",
        survivor.known() ? Map.of("PatNum", survivor.patNum()) : Map.of());
  }

  /**
   * Each number as the message writes it, and as it may have been written before (decision 0433)
   * where that is known: nothing new is learned from a guess.
   */
  private List<Identifier> meant(Transaction tx, String practice, List<Senders.Given> given) {
    return given.stream()
        .filter(
            each ->
                isOwn(each)
                    || !crosswalk.patients(tx, practice, List.of(each.identifier())).isEmpty())
        .map(Senders.Given::identifier)
        .distinct()
        .toList();
  }

  private static boolean isOwn(Senders.Given given) {
    return !given.said().path("use").asText().equals(OTHER_FORM);
  }

  /**
   * Why a number that is not known as it is written may be another's all the same: under an
   * assigner of the other side it leads to somebody. Not where its own assigner stands on the other
   * side too, for there its form is the one by which its numbers are known.
   */
  private Optional<String> otherwise(
      Transaction tx,
      Understanding message,
      List<Senders.Given> unknown,
      List<Senders.Given> others,
      Person survivor,
      String which,
      String there) {
    Set<String> systems =
        others.stream().map(each -> each.identifier().system()).collect(Collectors.toSet());
    List<Senders.Given> strange =
        unknown.stream()
            .filter(each -> isOwn(each) && !systems.contains(each.identifier().system()))
            .toList();
    return others.stream()
        .map(other -> new Assigner(other.identifier().system(), type(other)))
        .distinct()
        .flatMap(
            assigner ->
                crosswalk
                    .knownOf(
                        tx,
                        message.practice(),
                        assigner.system(),
                        strange.stream()
                            .filter(each -> assigner.numbers(type(each)))
                            .map(each -> each.identifier().value())
                            .distinct()
                            .toList())
                    .stream())
        .flatMap(number -> crosswalk.patients(tx, message.practice(), List.of(number)).stream())
        .filter(person -> !person.id().equals(survivor.id()))
        .findFirst()
        .map(
            person ->
                "the number that "
                    + which
                    + " is not known here by the assigner that it has; by that of "
                    + there
                    + " it leads to "
                    + who(person)
                    + ", and the other number to "
                    + who(survivor)
                    + "; no number was moved. If that one is meant, write its assigner so (./pontic parked edit); else drop this message");
  }

  /**
   * Of numbers of one type.
   *
   * @param type "" for any
   */
  private record Assigner(String system, String type) {
    boolean numbers(String other) {
      return type.isEmpty() || other.isEmpty() || type.equals(other);
    }
  }

  private static String type(Senders.Given given) {
    return given.said().at(TYPE).asText();
  }

  private static String who(Person person) {
    return person.known() ? "PatNum " + person.patNum() : "the patient that waits";
  }

  private static String inTheOffice(Person survivor, Person merged, String how) {
    return ". "
        + how
        + ": let the office merge PatNum "
        + merged.patNum()
        + " into PatNum "
        + survivor.patNum()
        + " there, then release this message";
  }

  private boolean leadsTo(Transaction tx, String practice, Identifier number, Person person) {
    return persons.targets(tx, practice, Persons.PATIENT, List.of(number)).contains(person.id());
  }

  private static boolean open(Person person) {
    return !person.known() || person.held();
  }

  /**
   * Whether it is not settled yet whose number it is that leads to him: he, or the message that
   * brought it, waits for a person, or somebody else waits to be written.
   */
  private boolean isUnclear(
      Transaction tx, Understanding message, Person person, List<Identifier> leading) {
    if (person.known()) {
      return person.held() || crosswalk.byClaims(tx, message, leading);
    }
    String called = persons.nameBirth(tx, person);
    String calls =
        Traits.of(
                patient(message, REMAINS),
                names.of(message.practice(), patient(message, REMAINS)),
                message.sender(),
                rules.apply(message.practice()),
                store.vault())
            .nameBirth();
    return person.held() || !called.isEmpty() && !calls.isEmpty() && !called.equals(calls);
  }

  /**
   * Why a number leads to another than whom the message names (decision 0415): by what its senders
   * have called him in messages that ended well. Nobody is asked for his row; of whom nobody has
   * said a name nothing speaks against it.
   */
  private Optional<String> another(
      Transaction tx, Understanding message, List<Person> survivors, List<Person> merged) {
    JsonNode remains = patient(message, REMAINS);
    JsonNode goes = patient(message, GOES);
    return Stream.concat(
            survivors.stream()
                .map(
                    person ->
                        another(tx, person, List.of(remains), "the number that remains (PID-3)")),
            merged.stream()
                .map(
                    person ->
                        another(
                            tx,
                            person,
                            List.of(remains, goes),
                            "the number that is replaced (MRG-1)")))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<String> another(
      Transaction tx, Person person, List<JsonNode> patients, String which) {
    List<JsonNode> called = persons.called(tx, person);
    return patients.stream()
        .flatMap(patient -> lane.another(person.practice(), patient, called).stream())
        .findFirst()
        .map(
            why ->
                which
                    + " leads to PatNum "
                    + person.patNum()
                    + ", but "
                    + why
                    + "; no number was moved");
  }

  private static JsonNode patient(Understanding message, String link) {
    return patients(message, link).stream().findFirst().orElseGet(MissingNode::getInstance);
  }

  private static List<JsonNode> patients(Understanding message, String link) {
    return StreamSupport.stream(message.bundle().path("entry").spliterator(), false)
        .map(entry -> entry.path("resource"))
        .filter(patient -> patient.path("link").path(0).path("type").asText().equals(link))
        .toList();
  }

  private List<Senders.Given> given(Understanding message, String link, String missing) {
    List<JsonNode> patients = patients(message, link);
    if (patients.size() > 1) {
      throw new NotUnderstood("it merges several patients; one message is for one");
    }
    List<Senders.Given> given =
        patients.stream()
            .flatMap(
                patient ->
                    Senders.leading(patient, message.sender(), rules.apply(message.practice()))
                        .stream())
            .toList();
    if (given.isEmpty()) {
      throw new NotUnderstood(missing);
    }
    return given;
  }

  private void unchanged(
      Transaction tx, Understanding message, String reason, Map<String, Long> keys) {
    receipts.end(tx, message.messageId(), End.NO_CHANGE, reason, keys, "", List.of());
  }

  private void park(Transaction tx, Understanding message, String reason) {
    receipts.end(tx, message.messageId(), End.PARKED, reason, Map.of(), "", List.of());
  }
}
