package pontic.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.audit.Audit;
import pontic.hl7.Acknowledgement;
import pontic.hl7.Answer;
import pontic.hl7.MessageHeader;
import pontic.hl7.Wanted;
import pontic.pause.Pauses;
import pontic.practice.Destination;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.send.TooLateException;
import pontic.send.Unsent;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.store.Transaction;
import pontic.store.Vault;

/**
 * What {@code answer-hl7} says: tells HL7 v2 senders how their messages ended, in the order in
 * which they ended, one at a time for each practice and destination.
 *
 * <p>The bytes of an answer are stored before they are sent, and go again, the same with the same
 * MSH-10, until the sender's listener confirms them. While one cannot be delivered those behind it
 * wait. After a bounded time, or at the fifth refusal, it is given up, said on the message's
 * receipt, and the next one goes.
 */
public final class Answering {
  private static final Logger LOG = LoggerFactory.getLogger(Answering.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Answering for one token. */
  private static final int TURNS = 50;

  /** Rows that one claim looks at: most are to be sent, a few are not wanted. */
  private static final int MOST_PASSED_OVER = 100;

  private static final int MOST_REFUSALS = 5;
  private static final Duration MARGIN = Duration.ofSeconds(30);

  /** Until then it is sent or not at all; the rest of the lease is for the request. */
  private static final Duration SEND_BEFORE = Duration.ofSeconds(15);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** MSH-10 may have so many characters in every version. */
  private static final int CONTROL_ID = 20;

  /** ERR-3 of a receiver that has a message with this MSH-10 already (HL7 table 0357). */
  private static final String DUPLICATE = "205";

  private final Store store;
  private final Vault vault;
  private final Leases leases;
  private final Audit audit;
  private final Receipts receipts;
  private final List<Destination> destinations;

  /** An answer that is due, as it stands in the store. */
  private record Row(
      String messageId,
      Wanted wanted,
      String header,
      Instant readyAt,
      Instant dueAt,
      int attempts,
      String schedule,
      String wire) {}

  private record Tried(int attempts, int refusals) {}

  /** What stands on the receipt; empty end while the message is open. */
  private record Standing(
      String end, String reason, String newer, String keys, String warnings, Instant at) {}

  public Answering(
      Store store, Leases leases, Audit audit, Receipts receipts, List<Destination> destinations) {
    this.store = store;
    this.vault = store.vault();
    this.leases = leases;
    this.audit = audit;
    this.receipts = receipts;
    this.destinations = destinations.stream().filter(Destination::answers).toList();
  }

  /**
   * Takes the lease and the answer that is next, its bytes stored; empty if there is nothing to do.
   *
   * @param turn how many answers this token has brought before, from 0
   * @param hours an answer that was due for longer is given up
   */
  public AnswerClaim claim(String practice, String destination, int turn, int hours) {
    Optional<Destination> target =
        destinations.stream()
            .filter(each -> each.id().equals(destination))
            .filter(each -> each.enabled() && each.serves(practice))
            .findFirst();
    if (target.isEmpty() || turn >= TURNS) {
      return AnswerClaim.nothing(practice, destination);
    }
    return store.write(tx -> claim(tx, practice, target.get(), Duration.ofHours(hours)));
  }

  private AnswerClaim claim(
      Transaction tx, String practice, Destination destination, Duration longest) {
    AnswerClaim nothing = AnswerClaim.nothing(practice, destination.id());
    if (Pauses.holds(tx, destination.id(), Pauses.What.SENDS)) {
      return nothing;
    }
    long deadline = System.nanoTime() + SEND_BEFORE.toNanos();
    String lease = lease(practice, destination.id());
    Optional<Long> epoch = leases.take(tx, lease, destination.requestLimit().plus(MARGIN));
    if (epoch.isEmpty()) {
      return nothing;
    }
    for (int passed = 0; passed < MOST_PASSED_OVER; passed++) {
      Optional<Row> next = head(tx, practice, destination.id());
      if (next.isEmpty() || next.get().dueAt().isAfter(tx.now())) {
        break;
      }
      Optional<byte[]> wire = wire(tx, practice, destination.id(), next.get(), longest);
      if (wire.isPresent()) {
        return new AnswerClaim(
            practice, destination.id(), next.get().messageId(), epoch.get(), deadline, wire.get());
      }
    }
    leases.release(tx, lease, epoch.get());
    return nothing;
  }

  private static Optional<Row> head(Transaction tx, String practice, String destination) {
    return tx.sql(
            """
            select message_id, wanted, header, ready_at, due_at, attempts, schedule, wire from answer
            where practice = :practice and destination = :destination and state = 'due' order by ready_at, seq limit 1
            """)
        .param("practice", practice)
        .param("destination", destination)
        .query((row, number) -> row(row))
        .optional();
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString("message_id"),
        Wanted.valueOf(row.getString("wanted").toUpperCase(Locale.ROOT)),
        row.getString("header"),
        Instant.ofEpochMilli(row.getLong("ready_at")),
        Instant.ofEpochMilli(row.getLong("due_at")),
        row.getInt("attempts"),
        row.getString("schedule"),
        row.getString("wire"));
  }

  /** Its bytes, stored; empty if it is not to be sent, which is stored as well. */
  private Optional<byte[]> wire(
      Transaction tx, String practice, String destination, Row row, Duration longest) {
    if (row.attempts() > 0 && tx.now().isAfter(row.readyAt().plus(longest))) {
      giveUp(tx, practice, destination, row.messageId(), "for " + longest.toHours() + " hours");
      return Optional.empty();
    }
    if (!row.wire().isEmpty()) {
      return Optional.of(vault.open("answer-wire", row.messageId(), row.wire()));
    }
    Optional<Standing> standing = standing(tx, row.messageId());
    Optional<End> end =
        standing
            .filter(each -> !each.end().isEmpty())
            .map(each -> End.valueOf(each.end().toUpperCase(Locale.ROOT).replace(' ', '_')))
            .filter(each -> each != End.PARKED);
    if (end.isEmpty()) {
      // A person looks at it again: it will have another end.
      state(tx, row.messageId(), "open", "");
      return Optional.empty();
    }
    Ended ended =
        Ended.of(
            row.messageId(),
            end.get(),
            standing.get().reason(),
            standing.get().newer(),
            keys(standing.get().keys()),
            remarks(standing.get().warnings()));
    if (!row.wanted().covers(ended.isWell())) {
      state(tx, row.messageId(), "not wanted", "");
      return Optional.empty();
    }
    byte[] made =
        Acknowledgement.later(
            MessageHeader.read(vault.open("answer", row.messageId(), row.header())),
            standing.get().at(),
            vault.index("answer", row.messageId()).substring(0, CONTROL_ID),
            ended.code(),
            ended.words(),
            ended.isWell() ? schedule(row) : "");
    tx.sql("update answer set wire = :wire where message_id = :id")
        .param("wire", vault.seal("answer-wire", row.messageId(), made))
        .param("id", row.messageId())
        .update();
    return Optional.of(made);
  }

  /** The appointment as it stood when the message ended; "" if that says nothing of one. */
  private String schedule(Row row) {
    return row.schedule().isEmpty()
        ? ""
        : new String(
            vault.open(Schedules.CONTEXT, row.messageId(), row.schedule()),
            StandardCharsets.ISO_8859_1);
  }

  private static Optional<Standing> standing(Transaction tx, String messageId) {
    return tx.sql(
            """
            select m.receipt_end, m.receipt_reason, m.receipt_keys, m.receipt_warnings, m.ended_at, coalesce(n.control_id, '') as newer
            from message m left join message n on n.id = m.receipt_reason where m.id = :id
            """)
        .param("id", messageId)
        .query(
            (row, number) ->
                new Standing(
                    row.getString("receipt_end"),
                    row.getString("receipt_reason"),
                    row.getString("newer"),
                    row.getString("receipt_keys"),
                    row.getString("receipt_warnings"),
                    Instant.ofEpochMilli(row.getLong("ended_at"))))
        .optional();
  }

  private static Map<String, Long> keys(String keys) {
    try {
      Map<String, Long> named = new LinkedHashMap<>();
      JSON.readTree(keys)
          .properties()
          .forEach(key -> named.put(key.getKey(), key.getValue().asLong()));
      return named;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a receipt's keys are not a JSON object", e);
    }
  }

  private static int remarks(String warnings) {
    try {
      return JSON.readTree(warnings).size();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a receipt's warnings are not a JSON array", e);
    }
  }

  /**
   * The last step before the frame.
   *
   * @throws TooLateException if another holder of the lease may be sending by now
   */
  public byte[] inTime(AnswerClaim claim) {
    if (System.nanoTime() - claim.deadline() > 0) {
      throw new TooLateException();
    }
    return claim.wire();
  }

  /** Decides by the confirmation what became of the answer. */
  public void confirmed(AnswerClaim claim, byte[] answer) {
    String controlId = MessageHeader.read(claim.wire()).controlId();
    Optional<Answer> read = Answer.read(answer).filter(one -> one.controlId().equals(controlId));
    if (read.isEmpty()) {
      again(claim, "what it answered is no acknowledgement of the answer", false);
    } else if (List.of("AA", "CA").contains(read.get().code())
        || read.get().condition().equals(DUPLICATE)) {
      end(claim, tx -> state(tx, claim.messageId(), "told", ""));
    } else {
      again(
          claim, "it answered " + (read.get().code() + " " + read.get().condition()).trim(), true);
    }
  }

  /** No confirmation that can be read. The failure's text never leaves this method. */
  public void failed(AnswerClaim claim, Throwable failure) {
    if (claim.isEmpty()) {
      return;
    }
    if (failure instanceof TooLateException) {
      end(claim, tx -> {});
    } else if (Unsent.is(failure)) {
      again(claim, Unsent.why(failure), false);
    } else {
      again(claim, Unsent.name(failure), false);
    }
  }

  private void again(AnswerClaim claim, String reason, boolean refused) {
    end(
        claim,
        tx -> {
          Tried tried =
              tx.sql(
                      """
                      update answer set attempts = attempts + 1, refusals = refusals + :refused, reason = :reason
                      where message_id = :id returning attempts, refusals
                      """)
                  .param("refused", refused ? 1 : 0)
                  .param("reason", reason)
                  .param("id", claim.messageId())
                  .query((row, number) -> new Tried(row.getInt(1), row.getInt(2)))
                  .single();
          if (tried.refusals() >= MOST_REFUSALS) {
            giveUp(
                tx,
                claim.practice(),
                claim.destination(),
                claim.messageId(),
                MOST_REFUSALS + " times");
            return;
          }
          tx.sql("update answer set due_at = :at where message_id = :id")
              .param("at", tx.now().plus(pause(tried.attempts())).toEpochMilli())
              .param("id", claim.messageId())
              .update();
          if (tried.attempts() == 1) {
            LOG.warn(
                "answer-hl7: {} was not told how {} of {} ended: {}. It is told again, with growing pauses; answers behind it wait.",
                claim.destination(),
                claim.messageId(),
                claim.practice(),
                reason);
          }
        });
  }

  /** Half a second, doubling up to a minute. */
  private static Duration pause(int attempts) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 10));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  private void giveUp(
      Transaction tx, String practice, String destination, String messageId, String how) {
    String why =
        tx.sql("select reason from answer where message_id = :id")
            .param("id", messageId)
            .query(String.class)
            .single();
    String words = "its sender was not told of its end: tried " + how + ", the last time " + why;
    state(tx, messageId, "given up", words);
    receipts.warn(tx, messageId, words);
    audit.record(tx, "answer given up", practice, destination, messageId);
    LOG.error(
        "answer-hl7: {} is not told how {} of {} ended: tried {}, the last time {}. The message itself stands as its receipt says; its sender asks again by sending it once more.",
        destination,
        messageId,
        practice,
        how,
        why);
  }

  private static void state(Transaction tx, String messageId, String state, String reason) {
    tx.sql("update answer set state = :state, reason = :reason where message_id = :id")
        .param("state", state)
        .param("reason", reason)
        .param("id", messageId)
        .update();
    // Retention has passed its message by now, and left it what it needed to be sent.
    tx.sql(
            """
            update answer set schedule = '', wire = '' where message_id = :id and state not in ('due', 'open')
              and exists (select 1 from message m where m.id = answer.message_id and m.body = '')
            """)
        .param("id", messageId)
        .update();
  }

  /** Stores under the lease and gives it back; nothing if it is lost. */
  private void end(AnswerClaim claim, Consumer<Transaction> step) {
    String lease = lease(claim.practice(), claim.destination());
    store.write(
        tx -> {
          boolean held = leases.holds(tx, lease, claim.epoch());
          if (held) {
            step.accept(tx);
            leases.release(tx, lease, claim.epoch());
          }
          return held;
        });
  }

  private static String lease(String practice, String destination) {
    return "answer:" + practice + ":" + destination;
  }
}
