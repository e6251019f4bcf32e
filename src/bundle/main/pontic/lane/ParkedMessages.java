package pontic.lane;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import pontic.audit.Audit;
import pontic.person.Person;
import pontic.person.Persons;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.store.Transaction;
import pontic.store.Vault;

/**
 * What a person may do with a parked message: let it go on, change it first, or give it up. Those
 * that are parked behind it go on with it each time. All of it is part of the caller's unit.
 */
public final class ParkedMessages {

  /** What came of it. */
  public enum Outcome {
    DONE,
    /** Nothing of this id is parked, or it waits behind something else. */
    NOT_PARKED,
    /** It has begun to take effect at Open Dental, so it can no longer be another message. */
    BEGUN,
    /** It is parked, but not about whom it means: it was never understood so far. */
    NO_PATIENT
  }

  /** Whom a message means, as a person has decided. */
  @FunctionalInterface
  public interface Decides {
    /**
     * @param held the person that its work is about so far
     */
    Person meant(Work work, Person held);
  }

  /** To whom the numbers of a message lead by now; empty if to nobody, or to several. */
  @FunctionalInterface
  public interface Leads {
    Optional<Person> to(Work work);
  }

  /** What of parked work stands; from now on it is its sender's word. */
  @FunctionalInterface
  public interface GivenUp {
    Standing stands(Transaction tx, Work work);
  }

  private final Vault vault;
  private final Audit audit;
  private final Persons persons;
  private final Receipts receipts;
  private final LaneRows rows;
  private final GivenUp givenUp;
  private final TakenBack takenBack;

  public ParkedMessages(
      Vault vault, Audit audit, Persons persons, Receipts receipts, GivenUp givenUp) {
    this.vault = vault;
    this.audit = audit;
    this.persons = persons;
    this.receipts = receipts;
    this.rows = new LaneRows(vault);
    this.givenUp = givenUp;
    this.takenBack = new TakenBack(persons, receipts, rows);
  }

  /**
   * Lets a parked message go on, and those that are parked behind it: planned again from fresh
   * reads, or read again if it never became work. The rules are the same as before, so what still
   * is in doubt is parked again.
   *
   * @param who the operator's name, for the audit
   */
  public Outcome release(Transaction tx, String messageId, String who) {
    Optional<String> practice = practice(tx, messageId);
    if (practice.isEmpty() || receipts.isBehindAnother(tx, messageId)) {
      return Outcome.NOT_PARKED;
    }
    audit.record(tx, "release", practice.get(), who, messageId);
    receipts.reopen(tx, messageId);
    Optional<Work> parked = rows.parked(tx, messageId);
    if (parked.isEmpty()) {
      releaseWithoutWork(tx, messageId);
      return Outcome.DONE;
    }
    rows.reopen(tx, parked.get(), tx.now());
    heldBy(tx, parked.get()).ifPresent(person -> persons.release(tx, person));
    takenBack.reopenBehind(tx, practice.get(), messageId);
    return Outcome.DONE;
  }

  /**
   * Lets a parked message go on for the patient that a person has named. What else waits of the
   * same numbers goes with it.
   *
   * @param patient for the audit
   * @param who the operator's name, for the audit
   */
  public Outcome match(
      Transaction tx, String messageId, String patient, String who, Decides decides, Leads leads) {
    Optional<String> practice = practice(tx, messageId);
    if (practice.isEmpty() || receipts.isBehindAnother(tx, messageId)) {
      return Outcome.NOT_PARKED;
    }
    Optional<Work> parked = rows.parked(tx, messageId);
    Optional<Person> before =
        parked.flatMap(work -> persons.find(tx, work.practice(), work.personId()));
    if (before.isEmpty()) {
      return Outcome.NO_PATIENT;
    }
    Work work = parked.get();
    if (rows.hasBegun(tx, work)) {
      return Outcome.BEGUN;
    }
    audit.record(tx, "match", practice.get(), who, messageId + ": " + patient);
    Person meant = decides.meant(work, before.get());
    rows.meant(tx, work, meant.id());
    for (Work other : rows.open(tx, practice.get(), before.get().id())) {
      if (!other.messageId().isEmpty() && !rows.hasBegun(tx, other)) {
        leads.to(other).ifPresent(person -> rows.meant(tx, other, person.id()));
      }
    }
    receipts.reopen(tx, messageId);
    rows.reopen(tx, work, tx.now());
    takenBack.reopenBehind(tx, practice.get(), messageId);
    return Outcome.DONE;
  }

  /**
   * Never understood: read again. Done, and parked only because it had taken effect twice: done.
   */
  private void releaseWithoutWork(Transaction tx, String messageId) {
    if (rows.hasWork(tx, messageId)) {
      receipts.end(
          tx, messageId, End.LANDED, "a person looked into the double", Map.of(), "", List.of());
      return;
    }
    rows.readAnew(tx, messageId);
  }

  /**
   * Gives a parked message up: it ends as dropped, and nothing of it is asked of Open Dental any
   * more.
   *
   * @param reason in the operator's words, without patient data
   */
  public Outcome drop(Transaction tx, String messageId, String reason, String who) {
    Optional<String> practice = practice(tx, messageId);
    if (practice.isEmpty()) {
      return Outcome.NOT_PARKED;
    }
    Optional<Work> parked = rows.parked(tx, messageId);
    if (parked.isEmpty() && rows.hasWork(tx, messageId)) {
      // It has landed, and twice: that can be looked into, not undone.
      return Outcome.BEGUN;
    }
    audit.record(tx, "drop", practice.get(), who, messageId);
    receipts.reopen(tx, messageId);
    Standing stands = parked.map(work -> givenUp.stands(tx, work)).orElse(Standing.NOTHING);
    String why = stands.after("by " + who + ": " + reason);
    receipts.end(tx, messageId, End.DROPPED, why, stands.keys(), "", List.of());
    parked.ifPresentOrElse(
        work -> {
          rows.end(tx, work, "done");
          List<Work> folded = rows.folded(tx, work.id());
          for (Work older : folded) {
            rows.end(tx, older, "done");
            receipts.reopen(tx, older.messageId());
            receipts.end(
                tx,
                older.messageId(),
                End.DROPPED,
                "with " + messageId + ", in which it stood, " + why,
                stands.keys(),
                "",
                List.of());
          }
          for (Asked call : rows.calls(tx, work.id())) {
            if (call.is(Purpose.CALL, CallState.UNKNOWN)) {
              rows.settled(tx, call.id(), CallState.ABANDONED, 0, "its message was dropped");
            }
          }
          takenBack.of(tx, work, folded);
          heldBy(tx, work).ifPresent(person -> letGo(tx, person, work));
        },
        () -> takenBack.of(tx, practice.get(), messageId));
    takenBack.reopenBehind(tx, practice.get(), messageId);
    return Outcome.DONE;
  }

  /**
   * Puts other bytes in the place of a parked message and reads it from the beginning. It keeps its
   * id, its place among the practice's messages and its sender's control id; the bytes before stay
   * beside it.
   */
  public Outcome edit(Transaction tx, String messageId, byte[] body, String who) {
    Optional<String> practice = practice(tx, messageId);
    if (practice.isEmpty() || receipts.isBehindAnother(tx, messageId)) {
      return Outcome.NOT_PARKED;
    }
    Optional<Work> parked = rows.parked(tx, messageId);
    if ((parked.isEmpty() && rows.hasWork(tx, messageId))
        || parked.filter(work -> rows.hasBegun(tx, work)).isPresent()) {
      return Outcome.BEGUN;
    }
    audit.record(tx, "edit", practice.get(), who, messageId);
    String original = keep(tx, messageId, who);
    tx.sql("update message set body = :body where id = :id")
        .param("body", vault.seal("message", messageId, body))
        .param("id", messageId)
        .update();
    parked.ifPresentOrElse(
        work -> {
          letGoFolded(tx, work);
          rows.end(tx, work, "done");
          tx.sql("update work set message_id = :original where id = :id")
              .param("original", original)
              .param("id", work.id())
              .update();
          takenBack.of(tx, work, List.of());
          heldBy(tx, work).ifPresent(person -> letGo(tx, person, work));
        },
        () -> takenBack.of(tx, practice.get(), messageId));
    receipts.reopen(tx, messageId);
    rows.readAnew(tx, messageId);
    return Outcome.DONE;
  }

  /** What stood in it says what it said, and goes on by itself (decision 0437). */
  private void letGoFolded(Transaction tx, Work work) {
    List<Work> folded = rows.folded(tx, work.id());
    rows.unfold(tx, work.id(), tx.now());
    folded.forEach(older -> receipts.reopen(tx, older.messageId()));
  }

  /**
   * The reading of a message came to its end. If it was edited and is no work now, those behind it
   * wait for nothing (decision 0437).
   *
   * @param messageId any message
   */
  public void read(Transaction tx, String practice, String messageId) {
    if (originals(tx, messageId) > 0 && rows.unended(tx, messageId).isEmpty()) {
      takenBack.reopenBehind(tx, practice, messageId);
    }
  }

  /**
   * An edited message has become work again: those behind it go on, in their order.
   *
   * @param messageId any message
   */
  void filed(Transaction tx, String practice, String messageId) {
    if (originals(tx, messageId) > 0) {
      takenBack.reopenBehind(tx, practice, messageId);
    }
  }

  /**
   * The bytes of a message as they are now; empty if there is no such message, or it is a
   * repetition.
   */
  public Optional<byte[]> body(Transaction tx, String messageId) {
    return tx.sql("select body from message where id = ? and body <> ''")
        .params(messageId)
        .query(String.class)
        .optional()
        .map(value -> vault.open("message", messageId, value));
  }

  /**
   * The bytes before an edit.
   *
   * @param number 1: as its sender sent it
   */
  public Optional<byte[]> original(Transaction tx, String messageId, int number) {
    return tx.sql("select body from message_original where message_id = ? and number = ?")
        .params(messageId, number)
        .query(String.class)
        .optional()
        .map(value -> vault.open("message_original", messageId + "/" + number, value));
  }

  /** How often it was edited. */
  public static int originals(Transaction tx, String messageId) {
    return tx.sql("select count(*) from message_original where message_id = ?")
        .params(messageId)
        .query(Integer.class)
        .single();
  }

  /**
   * @return the name under which it is kept
   */
  private String keep(Transaction tx, String messageId, String who) {
    int number = originals(tx, messageId) + 1;
    String name = messageId + "/" + number;
    tx.sql(
            "insert into message_original (message_id, number, body, by_whom, edited_at) values (?, ?, ?, ?, ?)")
        .params(
            messageId,
            number,
            vault.seal("message_original", name, body(tx, messageId).orElseGet(() -> new byte[0])),
            who,
            tx.now().toEpochMilli())
        .update();
    return name;
  }

  /** The practice of a parked message, under its lock. */
  private static Optional<String> practice(Transaction tx, String messageId) {
    Optional<String> practice = parkedAt(tx, messageId);
    practice.ifPresent(tx::serialise);
    // Another may have been faster before the lock was had.
    return practice.flatMap(any -> parkedAt(tx, messageId));
  }

  private static Optional<String> parkedAt(Transaction tx, String messageId) {
    return tx.sql("select practice from message where id = ? and receipt_end = 'parked'")
        .params(messageId)
        .query(String.class)
        .optional();
  }

  private Optional<Person> heldBy(Transaction tx, Work work) {
    return persons
        .find(tx, work.practice(), work.personId())
        .filter(person -> person.heldBy().equals(work.messageId()));
  }

  /** Whom nobody but this message spoke of, and Open Dental does not know, is nobody any more. */
  private void letGo(Transaction tx, Person person, Work work) {
    if (person.patNum() == 0 && rows.isOnlyWorkOf(tx, work)) {
      persons.forget(tx, person);
    } else {
      persons.release(tx, person);
    }
  }
}
