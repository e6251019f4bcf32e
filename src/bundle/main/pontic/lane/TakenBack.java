package pontic.lane;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import pontic.person.Claims;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.receipt.Receipts;
import pontic.store.Transaction;

/**
 * A message that comes to nothing leaves no number where it said that it belongs (decision 0414):
 * each leads where it led before, and for what found its patient by nothing else he is sought anew.
 */
final class TakenBack {
  private final Persons persons;
  private final Claims claims;
  private final Receipts receipts;
  private final LaneRows rows;

  TakenBack(Persons persons, Receipts receipts, LaneRows rows) {
    this.persons = persons;
    this.claims = new Claims(persons);
    this.receipts = receipts;
    this.rows = rows;
  }

  /**
   * @param folded what it stood for
   */
  void of(Transaction tx, Work work, Collection<Work> folded) {
    List<String> its =
        Stream.concat(folded.stream(), Stream.of(work)).map(Work::messageId).distinct().toList();
    boolean isNobodyElse =
        persons
            .find(tx, work.practice(), work.personId())
            .filter(person -> !person.known())
            .filter(person -> claims.areAll(tx, person, its))
            .isPresent();
    for (String messageId : its) {
      if (isNobodyElse) {
        // He is not there yet, whoever he is, and nobody else was ever called so.
        claims.settle(tx, work.practice(), messageId);
      } else {
        of(tx, work.practice(), messageId);
      }
    }
  }

  /** Of a message that is no work, too. */
  void of(Transaction tx, String practice, String messageId) {
    claims.withdraw(tx, practice, messageId).forEach(lost -> seekAnew(tx, practice, lost));
  }

  /** Those that are parked only because this one was go on. */
  void reopenBehind(Transaction tx, String practice, String messageId) {
    for (String behind : receipts.parkedBehind(tx, practice, messageId)) {
      receipts.reopen(tx, behind);
      rows.parked(tx, behind).ifPresent(work -> rows.reopen(tx, work, tx.now()));
    }
  }

  /** Whom its numbers mean now; one whom nobody knows if that is not clear. */
  private Person now(Transaction tx, String practice, Claims.Lost lost) {
    return lost.leadTo().stream()
        .flatMap(id -> persons.find(tx, practice, id).stream())
        .filter(person -> lost.leadTo().size() == 1 && !person.held())
        .findFirst()
        .orElseGet(() -> persons.create(tx, practice, "waiting", 0, "", List.of(), "", List.of()));
  }

  /** Nothing of it may have been written yet; what was written cannot be another's any more. */
  private void seekAnew(Transaction tx, String practice, Claims.Lost lost) {
    String messageId = lost.messageId();
    Optional<Work> unended = rows.unended(tx, messageId);
    if (unended.isEmpty() || rows.hasBegun(tx, unended.get())) {
      return;
    }
    Work work = unended.get();
    Optional<Work> stands = rows.standsFor(tx, work);
    if (stands.filter(newer -> rows.hasBegun(tx, newer)).isPresent()) {
      return;
    }
    rows.unfold(tx, stands.orElse(work).id(), tx.now());
    receipts.reopen(tx, messageId);
    Optional<Person> held =
        persons
            .find(tx, practice, work.personId())
            .filter(person -> person.heldBy().equals(messageId));
    if (rows.isAsking(tx, work)) {
      // The answer is its own, but tells of somebody else.
      rows.meant(tx, work, now(tx, practice, lost).id());
    } else {
      rows.forget(tx, work);
      persons.forgetBooking(tx, practice, work.bookingId());
      rows.readAnew(tx, messageId);
    }
    held.ifPresent(person -> persons.release(tx, person));
    reopenBehind(tx, practice, messageId);
  }
}
