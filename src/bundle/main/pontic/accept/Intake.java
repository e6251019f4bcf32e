package pontic.accept;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pontic.answer.Promise;
import pontic.answer.Promises;
import pontic.audit.Audit;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.store.Transaction;

/**
 * One unit's part of the inbox: what arrives gets its numbers, and its rows are written together.
 * Only where a message may be a repetition, or more is to be said of it, the store is asked for
 * that one message.
 */
final class Intake {
  private static final String INSERT =
      """
      insert into message (id, practice, seq, route, sender, type, control_id, digest, accepted_at, body, answer, state,
        attempts, due_at, receipt_end, receipt_reason, receipt_keys, receipt_settled, receipt_generation,
        receipt_warnings, ended_at, in_batch)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'accepted', 0, ?, '', '', '{}', '', '', ?, 0, ?)
      """;

  private static final String REUSED =
      "an earlier message of this sender had the same control id and other bytes";

  private final Transaction tx;
  private final String practice;
  private final Audit audit;
  private final Receipts receipts;
  private final Promises promises;
  private final Instant now;
  private long seq;

  /** Whoever has sent something under the same control id before. */
  private final Set<Named> seen = new HashSet<>();

  private final List<Object[]> rows = new ArrayList<>();
  private final List<Audit.Access> accesses = new ArrayList<>();

  private record Named(String sender, String control) {}

  private record Same(String id, String digest, String answer) {}

  Intake(Transaction tx, String practice, Audit audit, Receipts receipts, Promises promises) {
    this.tx = tx;
    this.practice = practice;
    this.audit = audit;
    this.receipts = receipts;
    this.promises = promises;
    this.now = tx.now();
    this.seq =
        tx.sql("select coalesce(max(seq), 0) from message where practice = ?")
            .param(practice)
            .query(Long.class)
            .single();
  }

  /** Asks the store once for all which control ids it knows. */
  void look(List<Sealed> all) {
    Map<String, Set<String>> controls =
        all.stream()
            .filter(each -> !each.control().isEmpty())
            .collect(
                Collectors.groupingBy(
                    Sealed::sender, Collectors.mapping(Sealed::control, Collectors.toSet())));
    controls.forEach(
        (sender, its) ->
            tx.sql(
                    """
                    select distinct control_id from message
                    where practice = :practice and sender = :sender and control_id in (:controls)
                    """)
                .param("practice", practice)
                .param("sender", sender)
                .param("controls", padded(its))
                .query(String.class)
                .list()
                .forEach(control -> seen.add(new Named(sender, control))));
  }

  /** Lengths are few, so that the statement is one of few that are prepared already. */
  private static List<String> padded(Set<String> controls) {
    List<String> padded = new ArrayList<>(controls);
    int length = Integer.highestOneBit(2 * padded.size() - 1);
    while (padded.size() < length) {
      padded.add(padded.get(0));
    }
    return padded;
  }

  Accepted take(Sealed sealed) {
    Arrival arrival = sealed.arrival();
    String id = sealed.id();
    Optional<Same> before =
        sealed.control().isEmpty() || seen.add(new Named(sealed.sender(), sealed.control()))
            ? Optional.empty()
            : same(sealed);
    boolean repeated = before.filter(same -> same.digest().equals(sealed.digest())).isPresent();
    String answer = repeated ? before.get().answer() : arrival.answer();
    row(sealed, answer, repeated, before.isPresent() && !repeated);
    accesses.add(new Audit.Access(sealed.sender(), id));
    arrival.promise().ifPresent(promise -> keep(repeated ? before.get().id() : id, promise));
    if (repeated) {
      end(id, End.DUPLICATE_OF, before.get().id());
    } else if (!arrival.refusal().isEmpty()) {
      end(id, End.REFUSED, arrival.refusal());
    }
    return new Accepted(
        id, repeated ? before.get().id() : id, answer, arrival.refusal(), repeated, now);
  }

  private Optional<Same> same(Sealed sealed) {
    write();
    return tx.sql(
            """
            select id, digest, answer from message
            where practice = :practice and sender = :sender and control_id = :control and receipt_end <> 'duplicate of'
              and (answer in ('AA', '202') or :refused = 1)
            order by case when digest = :digest then 0 else 1 end, seq limit 1
            """)
        .param("practice", practice)
        .param("sender", sealed.sender())
        .param("control", sealed.control())
        .param("digest", sealed.digest())
        // What is welcome now is no repetition of what was turned away before.
        .param("refused", sealed.arrival().refusal().isEmpty() ? 0 : 1)
        .query(
            (row, n) ->
                new Same(row.getString("id"), row.getString("digest"), row.getString("answer")))
        .optional();
  }

  private void row(Sealed sealed, String answer, boolean repeated, boolean reused) {
    seq++;
    rows.add(
        new Object[] {
          sealed.id(),
          practice,
          seq,
          sealed.arrival().route(),
          sealed.sender(),
          sealed.type(),
          sealed.control(),
          sealed.digest(),
          now.toEpochMilli(),
          // The first one's bytes are kept; a repetition has the same.
          repeated ? "" : sealed.body(),
          answer,
          now.toEpochMilli(),
          warnings(sealed, repeated, reused),
          sealed.arrival().inBatch() ? 1 : 0
        });
  }

  /** As JSON; all of it are words of ours. */
  private static String warnings(Sealed sealed, boolean repeated, boolean reused) {
    List<String> warnings = new ArrayList<>();
    if (reused) {
      warnings.add(REUSED);
    }
    int length = sealed.arrival().body().length;
    if (!repeated && sealed.kept() < length) {
      warnings.add(
          "refused at the door: of its "
              + length
              + " bytes the first "
              + sealed.kept()
              + " are kept, the rest is not");
    }
    return warnings.stream()
        .map(each -> '"' + each + '"')
        .collect(Collectors.joining(",", "[", "]"));
  }

  private void keep(String id, Promise promise) {
    write();
    promises.keep(tx, id, promise);
  }

  private void end(String id, End end, String reason) {
    write();
    receipts.end(tx, id, end, reason, Map.of(), "", List.of());
  }

  /** What was taken is in the store from here on. */
  void write() {
    if (rows.isEmpty()) {
      return;
    }
    tx.each(INSERT, rows);
    audit.record(tx, "accept", practice, accesses);
    rows.clear();
    accesses.clear();
  }
}
