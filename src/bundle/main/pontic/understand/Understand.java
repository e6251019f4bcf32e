package pontic.understand;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.hl7.Hl7Exception;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.seam.Seam;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.store.StoreException;
import pontic.store.Transaction;

/** Claims the oldest message that is not yet understood, and ends those that cannot be. */
public final class Understand {
  private static final Logger LOG = LoggerFactory.getLogger(Understand.class);
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 3;

  private final Store store;
  private final Leases leases;
  private final Receipts receipts;
  private final Predicate<String> crowded;
  private final Ended ended;

  /** Told of messages that end by being read, in the same unit. */
  @FunctionalInterface
  public interface Ended {
    void ended(Transaction tx, String practice, String messageId);
  }

  /** Messages whose last attempt was counted, but failed for the store's sake. */
  private final Set<String> excused = ConcurrentHashMap.newKeySet();

  /**
   * @param crowded whether messages of a practice come in about as fast as they can be answered
   */
  public Understand(
      Store store, Leases leases, Receipts receipts, Predicate<String> crowded, Ended ended) {
    this.store = store;
    this.leases = leases;
    this.receipts = receipts;
    this.crowded = crowded;
    this.ended = ended;
  }

  static String lease(String practice) {
    return "understand:" + practice;
  }

  /**
   * The oldest accepted message under a lease, with its attempt counted and committed before
   * anything looks inside it; or nothing. A message that was claimed three times and never came
   * through is parked: it kills what reads it.
   */
  public Understanding claim(String practice) {
    Understanding claimed = store.write(tx -> claim(tx, practice));
    excused.remove(claimed.messageId());
    return claimed;
  }

  private Understanding claim(Transaction tx, String practice) {
    tx.serialise(practice);
    Optional<Long> epoch = leases.take(tx, lease(practice), LEASE);
    if (epoch.isEmpty()) {
      return Understanding.nothing(practice);
    }
    while (true) {
      Optional<Row> oldest = oldest(tx, practice);
      if (oldest.isEmpty()) {
        leases.release(tx, lease(practice), epoch.get());
        return Understanding.nothing(practice);
      }
      Row row = oldest.get();
      int counted = excused.contains(row.id()) ? row.attempts() - 1 : row.attempts();
      if (counted >= ATTEMPTS) {
        receipts.end(
            tx,
            row.id(),
            End.PARKED,
            "reading it did not come to an end "
                + ATTEMPTS
                + " times; it may harm the process that reads it",
            Map.of(),
            "",
            List.of());
        ended.ended(tx, practice, row.id());
        continue;
      }
      tx.sql("update message set attempts = :attempts where id = :id")
          .param("attempts", counted + 1)
          .param("id", row.id())
          .update();
      return new Understanding(
          row.id(),
          practice,
          row.seq(),
          row.route(),
          row.sender(),
          row.type(),
          epoch.get(),
          store.vault().open("message", row.id(), row.body()),
          "",
          "",
          row.inBatch(),
          false,
          com.fasterxml.jackson.databind.node.MissingNode.getInstance(),
          List.of(),
          com.fasterxml.jackson.databind.node.MissingNode.getInstance());
    }
  }

  private record Row(
      String id,
      long seq,
      String route,
      String sender,
      String type,
      String body,
      int attempts,
      boolean inBatch) {}

  private static Optional<Row> oldest(Transaction tx, String practice) {
    return tx.sql(
            """
            select id, seq, route, sender, type, body, attempts, in_batch from message
            where practice = :practice
              and seq = (select min(m.seq) from message m where m.practice = :practice and m.state = 'accepted')
            """)
        .param("practice", practice)
        .query(Row.class)
        .optional();
  }

  /** The message by itself, so that a seam may end it and not the turn. */
  public List<Understanding> each(Understanding message) {
    return List.of(message);
  }

  /**
   * At the end of a turn: what no step has ended was kept back by a step at a seam, and ends so.
   *
   * @param results of the {@link Seam}
   * @return the message
   */
  public Understanding keptBack(Understanding message, List<?> results, String route) {
    if (results.get(0) instanceof Seam.Kept kept) {
      store.write(
          tx -> {
            // If a step failed, the message has ended or is free to be read again.
            boolean held = leases.holds(tx, lease(message.practice()), message.epoch());
            if (held) {
              receipts.end(
                  tx,
                  message.messageId(),
                  End.NO_CHANGE,
                  "withheld by " + kept.by(route, ""),
                  Map.of(),
                  "",
                  List.of());
              ended.ended(tx, message.practice(), message.messageId());
              leases.release(tx, lease(message.practice()), message.epoch());
            }
            return held;
          });
    }
    return message;
  }

  /**
   * It cannot be understood now: read again if the store is to blame, else refused if it is no
   * message, parked if it is one that a mapping cannot take.
   */
  public void failed(Understanding message, Throwable failure) {
    if (failure instanceof Error) {
      // The process is to blame, not the message: its lease runs out and another claim reads it.
      LOG.error(
          "{}: understanding {} was cut short by {} at {}; the process should be started again",
          message.practice(),
          message.messageId(),
          failure.getClass().getSimpleName(),
          place(failure));
      return;
    }
    if (failure instanceof StoreException) {
      // Nothing is wrong with the message; it is still accepted and is claimed again.
      LOG.warn(
          "{}: the store did not take what {} means; it is read again",
          message.practice(),
          message.messageId());
      release(message);
      return;
    }
    boolean unreadable = failure instanceof Hl7Exception || failure instanceof NotUnderstood;
    String reason =
        failure instanceof Hl7Exception
            ? "cannot be read as HL7 v2: " + failure.getMessage()
            : failure instanceof NotUnderstood
                ? failure.getMessage()
                : failure instanceof pontic.mapping.MappingException
                    ? "the mapping cannot take it: " + failure.getMessage()
                    : "Pontic failed on it ("
                        + failure.getClass().getSimpleName()
                        + "); see the log for the place in the code";
    if (!unreadable && !(failure instanceof pontic.mapping.MappingException)) {
      // The text of an unforeseen exception may hold a value: the place is enough to find the
      // fault.
      LOG.error(
          "{}: understanding {} failed with {} at {}; parked",
          message.practice(),
          message.messageId(),
          failure.getClass().getSimpleName(),
          place(failure));
    }
    store.write(
        tx -> {
          tx.serialise(message.practice());
          if (leases.holds(tx, lease(message.practice()), message.epoch())) {
            receipts.end(
                tx,
                message.messageId(),
                unreadable ? End.REFUSED : End.PARKED,
                reason,
                Map.of(),
                "",
                List.of());
            ended.ended(tx, message.practice(), message.messageId());
            leases.release(tx, lease(message.practice()), message.epoch());
          }
          return true;
        });
  }

  /** True if there is a message in hand. */
  public boolean claimed(Understanding message) {
    return !message.isNothing();
  }

  private static String place(Throwable failure) {
    return failure.getStackTrace().length == 0 ? "?" : failure.getStackTrace()[0].toString();
  }

  /** Gives the message back as if it had not been claimed; the store may still be away. */
  private void release(Understanding message) {
    excused.add(message.messageId());
    store.write(
        tx -> {
          tx.serialise(message.practice());
          if (leases.holds(tx, lease(message.practice()), message.epoch())) {
            tx.sql("update message set attempts = attempts - 1 where id = :id")
                .param("id", message.messageId())
                .update();
            leases.release(tx, lease(message.practice()), message.epoch());
          }
          return true;
        });
    excused.remove(message.messageId());
  }

  /**
   * True if another message of the practice waits to be understood and may go on at once. While
   * messages come in as fast as they are answered the next one comes with the clock, so that
   * accepting has precedence and understanding still goes on (decision 0339).
   */
  public boolean more(Understanding message) {
    return !crowded.test(message.practice())
        && store.read(tx -> oldest(tx, message.practice()).isPresent());
  }
}
