package pontic.identify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.lane.Lane;
import pontic.lane.Work;
import pontic.mapping.MatchRules;
import pontic.person.Booking;
import pontic.person.Identifier;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.person.SaidIdentifiers;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.store.Transaction;
import pontic.understand.Event;
import pontic.understand.NotUnderstood;
import pontic.understand.Understanding;

/**
 * Finds the one patient and appointment that a message means, and files it as work; or holds it.
 * One unit: persons, identifiers, work and the message's state move together.
 */
public final class Identify {
  private static final Pattern CONDITION = Pattern.compile("identifier=([^|]+)\\|(.+)");
  private static final Logger LOG = LoggerFactory.getLogger(Identify.class);

  /** Events that are about no appointment. */
  private static final Set<String> WITHOUT_BOOKING =
      Set.of("register", "update", Event.CHART, Event.KNOWN, Event.REFER);

  private final Store store;
  private final Leases leases;
  private final Persons persons;
  private final Lane lane;
  private final Receipts receipts;
  private final Crosswalk crosswalk;
  private final Merges merges;
  private final Function<String, MatchRules> rules;

  public Identify(
      Store store,
      Leases leases,
      Persons persons,
      Lane lane,
      Receipts receipts,
      SaidIdentifiers saidIdentifiers,
      Function<String, MatchRules> rules) {
    this.rules = rules;
    this.store = store;
    this.leases = leases;
    this.persons = persons;
    this.lane = lane;
    this.receipts = receipts;
    this.crosswalk = new Crosswalk(persons, saidIdentifiers);
    this.merges = new Merges(persons, saidIdentifiers, receipts, crosswalk, rules);
  }

  /**
   * @return the same message, so that the route can go on with it
   */
  public Understanding file(Understanding message) {
    store.write(
        tx -> {
          tx.serialise(message.practice());
          String lease = "understand:" + message.practice();
          if (!leases.holds(tx, lease, message.epoch())) {
            LOG.warn(
                "{}: {} was understood after its lease had run out; whoever took over reads it again",
                message.practice(),
                message.messageId());
            return false;
          }
          leftOut(message).forEach(words -> receipts.warn(tx, message.messageId(), words));
          switch (message.event()) {
            case Event.NOTHING ->
                receipts.end(
                    tx,
                    message.messageId(),
                    End.NO_CHANGE,
                    message.reason(),
                    Map.of(),
                    "",
                    List.of());
            case Merges.EVENT -> merges.follow(tx, message);
            default -> file(tx, message);
          }
          tx.sql(
                  "update message set state = case when state = 'ended' then 'ended' else 'understood' end where id = :id")
              .param("id", message.messageId())
              .update();
          leases.release(tx, lease, message.epoch());
          return true;
        });
    return message;
  }

  private void file(Transaction tx, Understanding message) {
    JsonNode patient = resource(message, "Patient");
    if (patient.isMissingNode()) {
      throw new NotUnderstood("it names no patient (no PID segment or Patient resource)");
    }
    if (patients(message) > 1) {
      throw new NotUnderstood("it names several patients; one appointment is for one");
    }
    MatchRules its = rules.apply(message.practice());
    Traits traits = Traits.of(patient, message.sender(), its, store.vault());
    if (standsAlready(tx, message, traits)) {
      return;
    }
    Found found = person(tx, message, traits, its);
    boolean kept =
        OfficeIdentifiers.keepsOne(tx, persons, message.practice(), traits.identifiers());
    persons.remember(
        tx, message.practice(), Persons.PATIENT, traits.identifiers(), found.person().id());
    crosswalk.said(tx, message, Persons.PATIENT, Senders.given(patient, message.sender()));
    Optional<Booking> booking =
        WITHOUT_BOOKING.contains(message.event())
            ? Optional.empty()
            : Optional.of(booking(tx, message, found.person()));
    Work work =
        new Work(
            "w-" + UUID.randomUUID(),
            message.practice(),
            message.seq(),
            message.messageId(),
            message.sender(),
            message.event(),
            found.person().id(),
            booking.map(Booking::id).orElse(""),
            0,
            0,
            kept ? keptByOffice(message.bundle()) : message.bundle());
    boolean strange =
        booking.isPresent()
            && persons
                .find(tx, message.practice(), booking.get().personId())
                .filter(p -> p.id().equals(found.person().id()))
                .isEmpty();
    if (!found.doubt().isEmpty()) {
      lane.fileParked(tx, work, message.urgent(), found.doubt());
    } else if (strange) {
      lane.fileParked(
          tx,
          work,
          message.urgent(),
          "its appointment identifier belongs to another patient's appointment");
    } else {
      lane.file(tx, work, message.urgent());
    }
  }

  /**
   * A create on condition that there is none yet ({@code If-None-Exist}): ends here if there is
   * one, or if several match.
   *
   * @return true if it has ended
   */
  private boolean standsAlready(Transaction tx, Understanding message, Traits traits) {
    JsonNode meant = message.bundle().path("entry").path(0);
    Matcher condition = CONDITION.matcher(meant.path("request").path("ifNoneExist").asText());
    if (!condition.matches()) {
      return false;
    }
    String practice = message.practice();
    List<Identifier> asked =
        List.of(
            new Identifier(
                Senders.scoped(condition.group(1), message.sender()), condition.group(2)));
    String type = meant.path("resource").path("resourceType").asText();
    if (!type.equals("Patient") && !type.equals("Appointment")) {
      // Of a row of the chart its plan says what is there.
      return false;
    }
    boolean aboutPatient = type.equals("Patient");
    List<Person> known = crosswalk.patients(tx, practice, asked);
    int matches =
        aboutPatient
            ? known.size()
            : persons.targets(tx, practice, Persons.APPOINTMENT, asked).size();
    if (matches == 0) {
      return false;
    }
    if (matches > 1) {
      receipts.end(
          tx,
          message.messageId(),
          End.REFUSED,
          "several match the condition of this create",
          Map.of(),
          "",
          List.of());
      return true;
    }
    // Nobody compares what only the office's own table says.
    if (aboutPatient && !OfficeIdentifiers.keepsOne(tx, persons, practice, traits.identifiers())) {
      persons.remember(tx, practice, Persons.PATIENT, traits.identifiers(), known.get(0).id());
    }
    receipts.end(
        tx,
        message.messageId(),
        End.NO_CHANGE,
        "there is one already that matches the condition of this create",
        aboutPatient && known.get(0).patNum() != 0
            ? Map.of("PatNum", known.get(0).patNum())
            : Map.of(),
        "",
        List.of());
    return true;
  }

  /**
   * @param doubt why nobody may decide this but a person, "" if it is clear
   */
  private record Found(Person person, String doubt) {}

  private Found person(Transaction tx, Understanding message, Traits traits, MatchRules its) {
    String practice = message.practice();
    List<Person> known = crosswalk.patients(tx, practice, traits.identifiers());
    if (known.size() > 1) {
      return held(
          tx,
          message,
          traits,
          "its identifiers lead to " + known.size() + " different patients",
          known.stream().map(Person::patNum).filter(n -> n != 0).toList());
    }
    if (known.size() == 1) {
      Person person = known.get(0);
      return new Found(person, person.held() ? Receipts.behind(person.heldBy()) : "");
    }
    if (traits.nameBirth().isEmpty()) {
      return held(
          tx,
          message,
          traits,
          "no identifier that is known here, and first name, last name or birth date is missing",
          List.of());
    }
    List<Persons.Alike> alike = persons.waitingAlike(tx, practice, traits.nameBirth());
    List<Person> same =
        alike.stream()
            .filter(
                one ->
                    its.judge(traits.facts(one.moreIndexes()))
                        .filter(rule -> rule.then() == MatchRules.Verdict.SAME)
                        .isPresent())
            .map(Persons.Alike::person)
            .toList();
    Optional<Person> held =
        (same.isEmpty() ? alike.stream().map(Persons.Alike::person) : same.stream())
            .filter(Person::held)
            .findFirst();
    if (held.isPresent()) {
      return held(
          tx,
          message,
          traits,
          "it may be the patient of " + held.get().heldBy() + ", which waits for a person",
          List.of());
    }
    if (same.size() == 1) {
      return new Found(same.get(0), "");
    }
    if (!alike.isEmpty()) {
      return held(
          tx,
          message,
          traits,
          same.isEmpty()
              ? "a patient of the same name and birth date is about to be created, and nothing else tells whether it is this one"
              : same.size()
                  + " patients of the same name and birth date are about to be created, and more than the name fits each",
          List.of());
    }
    return new Found(
        persons.create(
            tx, practice, "waiting", 0, traits.nameBirth(), traits.more(), "", List.of()),
        "");
  }

  private Found held(
      Transaction tx, Understanding message, Traits traits, String doubt, List<Long> candidates) {
    Person person =
        persons.create(
            tx,
            message.practice(),
            "held",
            0,
            traits.nameBirth(),
            traits.more(),
            message.messageId(),
            candidates);
    return new Found(person, candidates.isEmpty() ? doubt : doubt + "; candidates: " + candidates);
  }

  private Booking booking(Transaction tx, Understanding message, Person person) {
    JsonNode appointment = resource(message, "Appointment");
    List<Senders.Given> given = Senders.given(appointment, message.sender());
    List<Identifier> identifiers = given.stream().map(Senders.Given::identifier).toList();
    if (identifiers.isEmpty()) {
      throw new NotUnderstood("it names no appointment (SCH-1 and SCH-2 are empty)");
    }
    Optional<Booking> booking =
        persons.targets(tx, message.practice(), Persons.APPOINTMENT, identifiers).stream()
            .flatMap(target -> persons.booking(tx, message.practice(), target).stream())
            .findFirst()
            .or(() -> carried(tx, message.practice(), identifiers, person));
    Booking found =
        booking.orElseGet(() -> persons.createBooking(tx, message.practice(), person.id(), 0));
    persons.remember(tx, message.practice(), Persons.APPOINTMENT, identifiers, found.id());
    crosswalk.said(tx, message, Persons.APPOINTMENT, given);
    return found;
  }

  private Optional<Booking> carried(
      Transaction tx, String practice, List<Identifier> identifiers, Person person) {
    return identifiers.stream()
        .filter(identifier -> identifier.system().equals("urn:pontic:" + practice + ":appointment"))
        .filter(identifier -> identifier.value().matches("\\d{1,18}"))
        .map(identifier -> Long.parseLong(identifier.value()))
        .findFirst()
        .map(
            aptNum ->
                persons
                    .bookingByAptNum(tx, practice, aptNum)
                    .orElseGet(() -> persons.createBooking(tx, practice, person.id(), aptNum)));
  }

  private static JsonNode keptByOffice(JsonNode bundle) {
    ObjectNode kept = bundle.deepCopy();
    kept.withObject("/meta").withArray("/tag").addObject().put("system", Work.KEPT_BY_OFFICE);
    return kept;
  }

  /** What the mapping says that it left out: segments and reasons, no values. */
  private static List<String> leftOut(Understanding message) {
    return StreamSupport.stream(
            resource(message, "OperationOutcome").path("issue").spliterator(), false)
        .map(issue -> issue.path("diagnostics").asText())
        .filter(words -> !words.isBlank())
        .toList();
  }

  private static long patients(Understanding message) {
    return StreamSupport.stream(message.bundle().path("entry").spliterator(), false)
        .filter(entry -> entry.path("resource").path("resourceType").asText().equals("Patient"))
        .count();
  }

  private static JsonNode resource(Understanding message, String type) {
    for (JsonNode entry : message.bundle().path("entry")) {
      if (entry.path("resource").path("resourceType").asText().equals(type)) {
        return entry.path("resource");
      }
    }
    return MissingNode.getInstance();
  }
}
