package pontic.accept;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import pontic.answer.Promises;
import pontic.audit.Audit;
import pontic.receipt.Receipts;
import pontic.store.SharedUnit;
import pontic.store.Store;
import pontic.store.Transaction;
import pontic.store.Vault;

/** Stores what arrives, gives it its number, and knows repetitions. */
public final class Inbox {
  private static final int LONGEST_ID = 199;

  /** Messages in a tenth of a second: more than any practice's lane could answer with calls. */
  private static final int CROWD = 10;

  private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");

  /** Messages of a batch in one unit; other writers wait no longer than that takes. */
  private static final int UNIT = 100;

  private final Store store;
  private final Vault vault;
  private final Audit audit;
  private final Receipts receipts;
  private final Promises promises;

  /** By practice. */
  private final Map<String, SharedUnit<List<Sealed>, List<Accepted>>> units =
      new ConcurrentHashMap<>();

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
    Kept kept = new Kept();
    List<Accepted> accepted = new ArrayList<>();
    for (int from = 0; from < arrivals.size(); from += UNIT) {
      accepted.addAll(
          together(arrivals.subList(from, Math.min(arrivals.size(), from + UNIT)), kept));
    }
    return accepted;
  }

  /**
   * All of them in one unit, or none. Whoever else waits for the same commit of the practice shares
   * it (decision 0338).
   *
   * @param arrivals of one practice
   */
  public List<Accepted> together(List<Arrival> arrivals) {
    return together(arrivals, new Kept());
  }

  private List<Accepted> together(List<Arrival> arrivals, Kept kept) {
    List<String> practices = arrivals.stream().map(Arrival::practice).distinct().toList();
    if (practices.size() > 1) {
      throw new IllegalArgumentException("Arrivals of one unit are of one practice");
    }
    return practices.isEmpty()
        ? List.of()
        : units
            .computeIfAbsent(
                practices.get(0),
                practice ->
                    new SharedUnit<>(store, practice, (tx, all) -> accept(tx, practice, all)))
            .write(arrivals.stream().map(arrival -> sealed(arrival, kept)).toList());
  }

  /**
   * Whether so much of a practice comes in that what can wait should wait: ten messages or more in
   * a tenth of a second.
   */
  public boolean isCrowded(String practice) {
    SharedUnit<List<Sealed>, List<Accepted>> its = units.get(practice);
    return its != null && its.wroteLately(CROWD);
  }

  private Sealed sealed(Arrival arrival, Kept kept) {
    String id = "m-" + UUID.randomUUID();
    byte[] body = kept.of(arrival);
    return new Sealed(
        arrival,
        id,
        cut(arrival.sender()),
        cut(arrival.type()),
        cut(arrival.controlId()),
        vault.index("bytes", Base64.getEncoder().encodeToString(arrival.body())),
        vault.seal("message", id, body),
        body.length);
  }

  private List<List<Accepted>> accept(Transaction tx, String practice, List<List<Sealed>> all) {
    Intake intake = new Intake(tx, practice, audit, receipts, promises);
    intake.look(all.stream().flatMap(List::stream).toList());
    List<List<Accepted>> accepted = new ArrayList<>();
    for (List<Sealed> together : all) {
      accepted.add(together.stream().map(intake::take).toList());
    }
    intake.write();
    return accepted;
  }

  /** A sender decides these texts, so length and characters are bounded. */
  private static String cut(String text) {
    String plain = CONTROLS.matcher(text).replaceAll("");
    return plain.length() > LONGEST_ID ? plain.substring(0, LONGEST_ID) : plain;
  }
}
