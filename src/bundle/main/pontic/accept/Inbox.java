package pontic.accept;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import pontic.answer.Promises;
import pontic.audit.Audit;
import pontic.receipt.End;
import pontic.receipt.Receipts;
import pontic.store.Store;
import pontic.store.Transaction;
import pontic.store.Vault;

/** Stores what arrives, gives it its number, and knows repetitions. */
public final class Inbox {
  private static final int LONGEST_ID = 199;

  /** Messages of a batch in one unit; other writers wait no longer than that takes. */
  private static final int UNIT = 100;

  private final Store store;
  private final Vault vault;
  private final Audit audit;
  private final Receipts receipts;
  private final Promises promises;

  public Inbox(Store store, Audit audit, Receipts receipts) {
    this.store = store;
    this.vault = store.vault();
    this.audit = audit;
    this.receipts = receipts;
    this.promises = new Promises(vault);
  }

  /** When this returns, the arrival is on disk with its number; the sender may be answered. */
  public Accepted accept(Arrival arrival) {
    return accept(List.of(arrival)).get(0);
  }

  /**
   * The same of many, in their order. Should the store fail in between, the earlier ones are kept
   * and known again as repetitions.
   */
  public List<Accepted> accept(List<Arrival> arrivals) {
    List<Accepted> accepted = new ArrayList<>();
    for (int from = 0; from < arrivals.size(); from += UNIT) {
      accepted.addAll(together(arrivals.subList(from, Math.min(arrivals.size(), from + UNIT))));
    }
    return accepted;
  }

  /** All of them in one unit, or none. */
  public List<Accepted> together(List<Arrival> arrivals) {
    List<Sealed> sealed = arrivals.stream().map(this::sealed).toList();
    return store.write(tx -> sealed.stream().map(each -> accept(tx, each)).toList());
  }

  /**
   * What the one writer of the store need not do itself: the many that wait for it do it beside one
   * another. Of a repetition it is in vain.
   *
   * @param digest keyed, of the bytes
   */
  private record Sealed(Arrival arrival, String id, String digest, String body) {}

  private Sealed sealed(Arrival arrival) {
    String id = "m-" + UUID.randomUUID();
    return new Sealed(
        arrival,
        id,
        vault.index("bytes", Base64.getEncoder().encodeToString(arrival.body())),
        vault.seal("message", id, arrival.body()));
  }

  private record Same(String id, String digest, String answer) {}

  private Accepted accept(Transaction tx, Sealed sealed) {
    Arrival arrival = sealed.arrival();
    String id = sealed.id();
    String digest = sealed.digest();
    tx.serialise(arrival.practice());
    Optional<Same> before =
        arrival.controlId().isEmpty() ? Optional.empty() : same(tx, arrival, digest);
    boolean repeated = before.filter(same -> same.digest().equals(digest)).isPresent();
    String answer = repeated ? before.get().answer() : arrival.answer();
    insert(tx, sealed, answer, repeated, before.isPresent() && !repeated);
    audit.record(tx, "accept", arrival.practice(), cut(arrival.sender()), id);
    arrival
        .promise()
        .ifPresent(promise -> promises.keep(tx, repeated ? before.get().id() : id, promise));
    if (repeated) {
      receipts.end(tx, id, End.DUPLICATE_OF, before.get().id(), Map.of(), "", List.of());
    } else if (!arrival.refusal().isEmpty()) {
      receipts.end(tx, id, End.REFUSED, arrival.refusal(), Map.of(), "", List.of());
    }
    return new Accepted(
        id, repeated ? before.get().id() : id, answer, arrival.refusal(), repeated, tx.now());
  }

  private static Optional<Same> same(Transaction tx, Arrival arrival, String digest) {
    return tx.sql(
            """
            select id, digest, answer from message
            where practice = :practice and sender = :sender and control_id = :control and receipt_end <> 'duplicate of'
              and (answer in ('AA', '202') or :refused = 1)
            order by case when digest = :digest then 0 else 1 end, seq limit 1
            """)
        .param("practice", arrival.practice())
        .param("sender", cut(arrival.sender()))
        .param("control", cut(arrival.controlId()))
        .param("digest", digest)
        // What is welcome now is no repetition of what was turned away before.
        .param("refused", arrival.refusal().isEmpty() ? 0 : 1)
        .query(
            (row, n) ->
                new Same(row.getString("id"), row.getString("digest"), row.getString("answer")))
        .optional();
  }

  private static void insert(
      Transaction tx, Sealed sealed, String answer, boolean repeated, boolean reused) {
    Arrival arrival = sealed.arrival();
    tx.sql(
            """
            insert into message (id, practice, seq, route, sender, type, control_id, digest, accepted_at, body, answer, state,
              attempts, due_at, receipt_end, receipt_reason, receipt_keys, receipt_settled, receipt_generation,
              receipt_warnings, ended_at)
            values (:id, :practice, (select coalesce(max(seq), 0) + 1 from message where practice = :practice), :route, :sender,
              :type, :control, :digest, :now, :body, :answer, 'accepted', 0, :now, '', '', '{}', '', '', :warnings, 0)
            """)
        .param("id", sealed.id())
        .param("practice", arrival.practice())
        .param("route", arrival.route())
        .param("sender", cut(arrival.sender()))
        .param("type", cut(arrival.type()))
        .param("control", cut(arrival.controlId()))
        .param("digest", sealed.digest())
        .param("now", tx.now().toEpochMilli())
        // The first one's bytes are kept; a repetition has the same.
        .param("body", repeated ? "" : sealed.body())
        .param("answer", answer)
        .param(
            "warnings",
            reused
                ? "[\"an earlier message of this sender had the same control id and other bytes\"]"
                : "[]")
        .update();
  }

  /** A sender decides these texts, so length and characters are bounded. */
  private static String cut(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "");
    return plain.length() > LONGEST_ID ? plain.substring(0, LONGEST_ID) : plain;
  }
}
