package pontic.identify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.lane.Lane;
import pontic.lane.Work;
import pontic.mapping.MapperOf;
import pontic.mapping.MatchRules;
import pontic.person.Booking;
import pontic.person.Claims;
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
  private static final Logger LOG = LoggerFactory.getLogger(Identify.class);

  /** Events that are about no appointment. */
  private static final Set<String> WITHOUT_BOOKING =
      Set.of("register", "update", Event.CHART, Event.KNOWN, Event.REFER);

  private final Store store;
  private final Leases leases;
  private final Persons persons;
  private final Lane lane;
  private final Receipts receipts;
  private final Claims claims;
  private final Crosswalk crosswalk;
  private final Merges merges;
  private final Bookings bookings;
  private final Conditions conditions;
  private final Names names;
  private final Function<String, MatchRules> rules;

  public Identify(
      Store store,
      Leases leases,
      Persons persons,
      Lane lane,
      Receipts receipts,
      SaidIdentifiers saidIdentifiers,
      MapperOf mappers,
      Function<String, MatchRules> rules) {
    this.names = new Names(mappers);
    this.rules = rules;
    this.store = store;
    this.leases = leases;
    this.persons = persons;
    this.lane = lane;
    this.receipts = receipts;
    this.claims = new Claims(persons);
    this.crosswalk = new Crosswalk(persons, claims, saidIdentifiers);
    this.merges =
        new Merges(
            store, persons, claims, saidIdentifiers, receipts, crosswalk, lane, names, rules);
    this.bookings = new Bookings(persons, lane, receipts, crosswalk);
    this.conditions = new Conditions(persons, lane, receipts, crosswalk, bookings);
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
          lane.parked().read(tx, message.practice(), message.messageId());
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
    Traits traits =
        Traits.of(
            patient, names.of(message.practice(), patient), message.sender(), its, store.vault());
    boolean aboutBooking = !WITHOUT_BOOKING.contains(message.event());
    if (conditions.asked(tx, message)
        || aboutBooking && (bookings.several(tx, message) || bookings.makesNone(tx, message))) {
      return;
    }
    Found found = person(tx, message, traits, its);
    boolean kept =
        OfficeIdentifiers.keepsOne(tx, persons, message.practice(), traits.identifiers());
    claims.remember(
        tx,
        message.practice(),
        message.messageId(),
        traits.identifiers(),
        found.person().id(),
        found.byClaims(),
        !traits.nameBirth().isEmpty());
    crosswalk.said(tx, message, Persons.PATIENT, Senders.given(patient, message.sender()));
    Optional<Booking> booking =
        aboutBooking ? Optional.of(bookings.of(tx, message, found.person())) : Optional.empty();
    JsonNode bundle =
        booking.filter(one -> Conditions.isOf(message, one)).isPresent()
            ? Work.tagged(message.bundle(), Work.ON_CONDITION)
            : message.bundle();
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
            kept ? Work.tagged(bundle, Work.KEPT_BY_OFFICE) : bundle);
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
   * @param doubt why nobody may decide this but a person, "" if it is clear
   * @param byClaims whether nothing but numbers tell that it is he which messages brought that have
   *     not ended (decision 0414)
   */
  private record Found(Person person, String doubt, boolean byClaims) {}

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
      boolean byClaims = crosswalk.byClaims(tx, message, traits.identifiers());
      return new Found(
          person,
          person.held()
              ? Receipts.behind(person.heldBy())
              : byClaims && person.known() ? behindClaim(tx, message, traits) : "",
          byClaims);
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
      return new Found(same.get(0), "", false);
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
        "",
        false);
  }

  /**
   * What is parked and holds nobody may yet be told to have named another, and its number with it.
   */
  private String behindClaim(Transaction tx, Understanding message, Traits traits) {
    return claims
        .parked(tx, message.practice(), message.messageId(), traits.identifiers())
        .map(
            first ->
                receipts.isBehindAnother(tx, first)
                    ? receipts.reason(tx, first)
                    : Receipts.behind(first))
        .orElse("");
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
    return new Found(
        person, candidates.isEmpty() ? doubt : doubt + "; candidates: " + candidates, false);
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

  static JsonNode resource(Understanding message, String type) {
    for (JsonNode entry : message.bundle().path("entry")) {
      if (entry.path("resource").path("resourceType").asText().equals(type)) {
        return entry.path("resource");
      }
    }
    return MissingNode.getInstance();
  }
}
