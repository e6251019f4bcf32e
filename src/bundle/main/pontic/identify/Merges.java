package pontic.identify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import pontic.mapping.MatchRules;
import pontic.person.Identifier;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.person.SaidIdentifiers;
import pontic.receipt.End;
import pontic.receipt.Receipts;
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

  private final Persons persons;
  private final SaidIdentifiers saidIdentifiers;
  private final Receipts receipts;
  private final Crosswalk crosswalk;
  private final Function<String, MatchRules> rules;

  Merges(
      Persons persons,
      SaidIdentifiers saidIdentifiers,
      Receipts receipts,
      Crosswalk crosswalk,
      Function<String, MatchRules> rules) {
    this.rules = rules;
    this.persons = persons;
    this.saidIdentifiers = saidIdentifiers;
    this.receipts = receipts;
    this.crosswalk = crosswalk;
  }

  /** Ends the message; part of the caller's unit. */
  void follow(Transaction tx, Understanding message) {
    List<Senders.Given> given = given(message, "replaces", "its number stands nowhere (PID-3)");
    List<Identifier> now = given.stream().map(Senders.Given::identifier).toList();
    List<Identifier> former =
        given(message, "replaced-by", "it does not say which number is replaced (MRG-1)").stream()
            .map(Senders.Given::identifier)
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
    if (two && (open(survivor) || open(merged.get(0)))) {
      park(
          tx,
          message,
          "one of the two patients still waits to be written or for a person; release this message when that is done");
      return;
    }
    persons.lead(tx, message.practice(), Persons.PATIENT, now, survivor.id());
    persons.lead(tx, message.practice(), Persons.PATIENT, former, survivor.id());
    former.forEach(
        identifier -> saidIdentifiers.forget(tx, message.practice(), Persons.PATIENT, identifier));
    crosswalk.said(tx, message, Persons.PATIENT, given);
    String who = survivor.known() ? "PatNum " + survivor.patNum() : "the patient that waits";
    if (two) {
      park(
          tx,
          message,
          "the sender merged two of its patients; messages under both numbers go to "
              + who
              + " from now on. In Open Dental they still are two, and its API cannot merge patients: let the office merge PatNum "
              + merged.get(0).patNum()
              + " into PatNum "
              + survivor.patNum()
              + " there, then release this message");
      return;
    }
    unchanged(
        tx,
        message,
        "messages under the former and the present number go to "
            + who
            + "; Open Dental keeps no numbers of senders, so there is nothing to write",
        survivor.known() ? Map.of("PatNum", survivor.patNum()) : Map.of());
  }

  private static boolean open(Person person) {
    return !person.known() || person.held();
  }

  private List<Senders.Given> given(Understanding message, String link, String missing) {
    List<JsonNode> patients =
        StreamSupport.stream(message.bundle().path("entry").spliterator(), false)
            .map(entry -> entry.path("resource"))
            .filter(patient -> patient.path("link").path(0).path("type").asText().equals(link))
            .toList();
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
