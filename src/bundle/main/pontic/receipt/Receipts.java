package pontic.receipt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pontic.store.Transaction;

/**
 * Writes receipts. A message ends once; only a double found later and a release may change an end.
 */
public final class Receipts {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BEHIND = "behind ";
  private static final String NO_LONGER_KEPT = "a newer message, whose receipt is no longer kept";
  private static final String WAITS = ", which waits for a person";

  private final String generation;

  public Receipts(String generation) {
    this.generation = generation;
  }

  /**
   * @param reason in words for people, without patient data
   * @param settled how an unclear write was settled, "" if none was
   * @return false if the message had ended before
   */
  public boolean end(
      Transaction tx,
      String messageId,
      End end,
      String reason,
      Map<String, Long> keys,
      String settled,
      List<String> warnings) {
    List<String> all = new ArrayList<>(earlierWarnings(tx, messageId));
    all.addAll(warnings);
    boolean ended =
        tx.sql(
                    """
                update message set state = 'ended', receipt_end = :end, receipt_reason = :reason, receipt_keys = :keys,
                  receipt_settled = :settled, receipt_generation = :generation, receipt_warnings = :warnings, ended_at = :now
                where id = :id and receipt_end = ''
                """)
                .param("end", end.text())
                .param("reason", reason)
                .param("keys", json(keys))
                .param("settled", settled)
                .param("generation", generation)
                .param("warnings", json(all))
                .param("now", tx.now().toEpochMilli())
                .param("id", messageId)
                .update()
            == 1;
    if (ended && end != End.PARKED) {
      answerIsDue(tx, messageId);
    }
    return ended;
  }

  /** Its sender may have been promised to hear of the end; parked is none yet. */
  private static void answerIsDue(Transaction tx, String messageId) {
    tx.sql(
            "update answer set state = 'due', ready_at = :now, due_at = :now where message_id = :id and state = 'open'")
        .param("now", tx.now().toEpochMilli())
        .param("id", messageId)
        .update();
  }

  /**
   * A newer message of its sender has said otherwise before this one was let go on. A parked one
   * may wait longer than receipts are kept: the newer one's may be gone by then (decision 0447).
   *
   * @param seq place of the newer one among the practice's messages
   */
  public void supersededBy(Transaction tx, String messageId, long seq, List<String> warnings) {
    String newer =
        tx.sql(
                """
                select n.id from message n join message o on o.practice = n.practice
                where o.id = :id and n.seq = :seq
                """)
            .param("id", messageId)
            .param("seq", seq)
            .query(String.class)
            .optional()
            .orElse(NO_LONGER_KEPT);
    end(tx, messageId, End.SUPERSEDED_BY, newer, Map.of(), "", warnings);
  }

  /**
   * A newer message of its sender went with all that this one said, and has ended well.
   *
   * @param keys of the rows that both are about
   */
  public void foldedInto(
      Transaction tx,
      String messageId,
      String newer,
      Map<String, Long> keys,
      List<String> warnings) {
    end(tx, messageId, End.FOLDED_INTO, newer, keys, "", warnings);
  }

  /** Something that its receipt will say, whatever its end; once, however often it is said. */
  public void warn(Transaction tx, String messageId, String warning) {
    List<String> all = new ArrayList<>(earlierWarnings(tx, messageId));
    if (all.contains(warning)) {
      return;
    }
    all.add(warning);
    tx.sql("update message set receipt_warnings = :warnings where id = :id")
        .param("warnings", json(all))
        .param("id", messageId)
        .update();
  }

  /** Why an open message does not go on at present; its end takes the place of this reason. */
  public void waits(Transaction tx, String messageId, String reason) {
    tx.sql("update message set receipt_reason = :reason where id = :id and receipt_end = ''")
        .param("reason", reason)
        .param("id", messageId)
        .update();
  }

  /**
   * A write of a landed message took effect twice: the message is parked for a person, whatever its
   * end was.
   */
  public void doubled(Transaction tx, String messageId, String what) {
    tx.sql(
            """
            update message set receipt_end = 'parked', receipt_reason = :reason, ended_at = :now where id = :id
            """)
        .param("reason", "double: " + what)
        .param("now", tx.now().toEpochMilli())
        .param("id", messageId)
        .update();
  }

  /**
   * Nobody can tell whether a write took effect twice: its receipt says so, and the message is
   * parked as if it had. One that is open, parked, refused or dropped has an end or reason of its
   * own, and keeps it; of one whose contents have gone there is nothing to let go.
   */
  public void perhapsDoubled(Transaction tx, String messageId, String what) {
    warn(tx, messageId, what);
    boolean ended =
        tx.sql(
                    "select count(*) from message where id = :id and receipt_end in ('landed', 'no change') and body <> ''")
                .param("id", messageId)
                .query(Long.class)
                .single()
            > 0;
    if (ended) {
      doubled(tx, messageId, what);
    }
  }

  /** Whether it has no end yet. */
  public boolean isOpen(Transaction tx, String messageId) {
    return tx.sql("select count(*) from message where id = :id and receipt_end = ''")
            .param("id", messageId)
            .query(Long.class)
            .single()
        > 0;
  }

  /** Whether it ended without what it asked for, or waits for a person. */
  public boolean cameToNothing(Transaction tx, String messageId) {
    return tx.sql(
                "select count(*) from message where id = :id and receipt_end in ('refused', 'dropped', 'parked')")
            .param("id", messageId)
            .query(Long.class)
            .single()
        > 0;
  }

  /** The reason of a message that is parked only because an earlier one of its patient is. */
  public static String behind(String messageId) {
    return BEHIND + messageId + WAITS;
  }

  /**
   * True if it is parked only because an earlier one of its patient is, which is so still; it goes
   * on with that one.
   */
  public boolean isBehindAnother(Transaction tx, String messageId) {
    return tx.sql(
                """
                select count(*) from message m where m.id = :id and m.receipt_end = 'parked'
                  and exists (select 1 from message p where p.practice = m.practice and p.receipt_end = 'parked'
                    and m.receipt_reason = :before || p.id || :after)
                """)
            .param("id", messageId)
            .param("before", BEHIND)
            .param("after", WAITS)
            .query(Long.class)
            .single()
        > 0;
  }

  /** Why a message has the end that it has, or does not go on. */
  public String reason(Transaction tx, String messageId) {
    return tx.sql("select receipt_reason from message where id = :id")
        .param("id", messageId)
        .query(String.class)
        .single();
  }

  /** Messages that are parked only because this one was. */
  public List<String> parkedBehind(Transaction tx, String practice, String messageId) {
    return tx.sql(
            """
            select id from message where practice = :practice and receipt_end = 'parked' and receipt_reason = :reason order by seq
            """)
        .param("practice", practice)
        .param("reason", behind(messageId))
        .query(String.class)
        .list();
  }

  /**
   * Takes a parked message's end back, for it goes on.
   *
   * @return its practice; empty if it is not parked
   */
  public Optional<String> reopen(Transaction tx, String messageId) {
    return tx.sql(
            """
            update message set state = 'understood', receipt_end = '', receipt_reason = '', ended_at = 0
            where id = :id and receipt_end = 'parked' returning practice
            """)
        .param("id", messageId)
        .query(String.class)
        .optional();
  }

  private static List<String> earlierWarnings(Transaction tx, String messageId) {
    String json =
        tx.sql("select receipt_warnings from message where id = :id")
            .param("id", messageId)
            .query(String.class)
            .optional()
            .orElse("[]");
    try {
      return JSON.readValue(json, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the warnings of " + messageId + " are not a JSON array", e);
    }
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "a receipt's keys and warnings are plain text and numbers", e);
    }
  }
}
