package pontic.identify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import pontic.lane.ParkedMessages;
import pontic.lane.Work;
import pontic.mapping.MatchRules;
import pontic.person.Claims;
import pontic.person.Identifier;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.store.Transaction;

/**
 * A person has decided whom a held message means (decision 0224). Its numbers lead there from now
 * on, so later messages of the same numbers are not held again.
 */
public final class Matching {
  private final Persons persons;
  private final Claims claims;
  private final ParkedMessages parked;
  private final Function<String, MatchRules> rules;

  public Matching(Persons persons, ParkedMessages parked, Function<String, MatchRules> rules) {
    this.persons = persons;
    this.claims = new Claims(persons);
    this.parked = parked;
    this.rules = rules;
  }

  /**
   * @param patNum whom it means; empty if nobody of Open Dental that was shown or waits
   * @param who the operator's name, for the audit
   */
  public ParkedMessages.Outcome match(
      Transaction tx, String messageId, OptionalLong patNum, String who) {
    return parked.match(
        tx,
        messageId,
        patNum.isPresent() ? "PatNum " + patNum.getAsLong() : "a new patient",
        who,
        (work, held) -> {
          List<Identifier> numbers = numbers(work);
          Person meant =
              patNum.isPresent()
                  ? known(tx, work, held, patNum.getAsLong())
                  : another(tx, work, held);
          claims.lead(tx, work.practice(), messageId, numbers, meant.id());
          return meant;
        },
        work -> {
          List<String> targets =
              persons.targets(tx, work.practice(), Persons.PATIENT, numbers(work));
          return targets.size() == 1
              ? persons.find(tx, work.practice(), targets.get(0))
              : Optional.empty();
        });
  }

  private Person known(Transaction tx, Work work, Person held, long patNum) {
    boolean shown = persons.candidates(tx, held).contains(patNum);
    if (held.heldBy().equals(work.messageId())) {
      persons.release(tx, held);
    }
    Person meant =
        held.known() && held.patNum() != patNum
            ? persons
                .byPatNum(tx, work.practice(), patNum)
                .orElseGet(
                    () ->
                        persons.create(
                            tx, work.practice(), "known", patNum, "", List.of(), "", List.of()))
            : persons.becomeKnown(
                tx, persons.find(tx, work.practice(), held.id()).orElseThrow(), patNum);
    if (shown) {
      // Whatever the office's own table says of its numbers, a person has compared.
      persons.assertedNow(
          tx,
          work.practice(),
          work.sender(),
          Work.MATCHED,
          meant.id() + "#" + work.messageId(),
          work.messageId(),
          work.seq(),
          JsonNodeFactory.instance.objectNode());
    }
    if (shown
        && persons
            .asserted(tx, work.practice(), work.sender(), Persons.PATIENT, meant.id())
            .isEmpty()) {
      // Chosen from those that were shown: that name and birth date are another's is known. A
      // number that was not shown may be mistyped, and the plan compares once more.
      persons.assertedNow(
          tx,
          work.practice(),
          work.sender(),
          Persons.PATIENT,
          meant.id(),
          work.messageId(),
          work.seq(),
          JsonNodeFactory.instance.objectNode());
    }
    return meant;
  }

  private Person another(Transaction tx, Work work, Person held) {
    List<String> others = new ArrayList<>();
    persons.candidates(tx, held).forEach(patNum -> others.add(Long.toString(patNum)));
    persons.waitingBeside(tx, held).forEach(beside -> others.add(beside.id()));
    if (held.heldBy().equals(work.messageId())) {
      persons.release(tx, held);
    }
    Person meant = held;
    if (held.known()) {
      others.add(Long.toString(held.patNum()));
      meant = persons.create(tx, work.practice(), "waiting", 0, "", List.of(), "", List.of());
    }
    persons.ruleOut(tx, meant, others);
    return meant;
  }

  /** The sender's own numbers of its patient; what Open Dental gave stays what it is. */
  private List<Identifier> numbers(Work work) {
    return StreamSupport.stream(work.bundle().path("entry").spliterator(), false)
        .map(entry -> entry.path("resource"))
        .filter(resource -> resource.path("resourceType").asText().equals("Patient"))
        .limit(1)
        .flatMap(
            (JsonNode patient) ->
                Senders.leading(patient, work.sender(), rules.apply(work.practice())).stream())
        .map(Senders.Given::identifier)
        .filter(number -> !number.system().equals("urn:pontic:" + work.practice() + ":patient"))
        .toList();
  }
}
