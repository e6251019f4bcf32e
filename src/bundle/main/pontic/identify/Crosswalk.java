package pontic.identify;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import pontic.person.Claims;
import pontic.person.Identifier;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.person.SaidIdentifiers;
import pontic.store.Transaction;
import pontic.understand.Understanding;

/** From identifiers to the persons that they mean, and what senders are told of them later. */
final class Crosswalk {
  private final Persons persons;
  private final Claims claims;
  private final SaidIdentifiers saidIdentifiers;

  Crosswalk(Persons persons, Claims claims, SaidIdentifiers saidIdentifiers) {
    this.persons = persons;
    this.claims = claims;
    this.saidIdentifiers = saidIdentifiers;
  }

  /**
   * Through the crosswalk, and through identifiers of our own that the sender carries back to us;
   * where both know none, through those that the office keeps.
   */
  List<Person> patients(Transaction tx, String practice, List<Identifier> identifiers) {
    List<Person> found = new ArrayList<>();
    Stream<Person> crosswalk =
        persons.targets(tx, practice, Persons.PATIENT, identifiers).stream()
            .flatMap(target -> persons.find(tx, practice, target).stream());
    Stream<Person> ours =
        identifiers.stream()
            .filter(identifier -> Senders.isOurs(practice, "patient", identifier))
            .map(identifier -> Long.parseLong(identifier.value()))
            .map(
                patNum ->
                    persons
                        .byPatNum(tx, practice, patNum)
                        .orElseGet(
                            () ->
                                persons.create(
                                    tx, practice, "known", patNum, "", List.of(), "", List.of())));
    Stream.concat(crosswalk, ours).forEach(person -> add(found, person));
    if (found.isEmpty()) {
      OfficeIdentifiers.patients(tx, persons, practice, identifiers)
          .forEach(person -> add(found, person));
    }
    return found;
  }

  /** Those numbers of an assigner that may lead to somebody, by one question for all of them. */
  List<Identifier> knownOf(Transaction tx, String practice, String system, List<String> values) {
    List<Identifier> numbers = values.stream().map(value -> new Identifier(system, value)).toList();
    Set<Identifier> known =
        persons.knownOf(
            tx, practice, List.of(Persons.PATIENT, OfficeIdentifiers.KIND), system, numbers);
    return numbers.stream()
        .filter(number -> known.contains(number) || Senders.isOurs(practice, "patient", number))
        .toList();
  }

  /** Whether they lead to whom they do only as messages say that have not ended. */
  boolean byClaims(Transaction tx, Understanding message, List<Identifier> identifiers) {
    return identifiers.stream()
            .noneMatch(identifier -> Senders.isOurs(message.practice(), "patient", identifier))
        && claims.alone(tx, message.practice(), message.messageId(), identifiers);
  }

  private static void add(List<Person> found, Person person) {
    if (found.stream().noneMatch(other -> other.id().equals(person.id()))) {
      found.add(person);
    }
  }

  /** What is said back to the sender later: its own numbers, not those in a system of ours. */
  void said(Transaction tx, Understanding message, String kind, List<Senders.Given> identifiers) {
    identifiers.stream()
        .filter(
            given ->
                !given.identifier().system().startsWith("urn:pontic:")
                    || given.identifier().system().startsWith("urn:pontic:sender:"))
        .forEach(
            given ->
                saidIdentifiers.remember(
                    tx,
                    message.practice(),
                    kind,
                    message.sender(),
                    given.identifier(),
                    given.said()));
  }
}
