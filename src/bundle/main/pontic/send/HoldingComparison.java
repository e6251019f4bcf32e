package pontic.send;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import pontic.audit.Audit;
import pontic.pause.Pauses;
import pontic.practice.Destination;
import pontic.reconcile.Run;
import pontic.reconcile.Runs;
import pontic.reconcile.Tally;
import pontic.reconcile.Turn;
import pontic.record.Kind;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Records against what a FHIR server holds of them, a page at a time, read by id. What differs is
 * looked at once more, then sent again, and looked at a last time when it has arrived.
 */
public final class HoldingComparison {
  private static final int MOST = 50;

  /** Of the files that one answer brings back; a larger one comes alone. */
  private static final long MOST_BYTES = 16L * 1024 * 1024;

  private static final Duration MARGIN = Duration.ofSeconds(10);
  private static final Duration REFUSED = Duration.ofSeconds(10);
  private static final Set<Integer> NOTHING_THERE = Set.of(404, 410);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String PAGE =
      """
      select r.row_key, r.fhir_id, r.version, r.state, coalesce(x.acknowledged_version, 0) as acknowledged_version,
        coalesce(x.acknowledged_at, 0) as acknowledged_at, coalesce(x.acknowledged, '') as acknowledged,
        coalesce(x.withheld, '') as withheld, coalesce(x.attempt_state, '') as attempt_state,
        coalesce(d.state, '') as due, coalesce(b.size, 0) as file_size, coalesce(b.hash, '') as file_hash
      from record r
      left join delivery x on x.practice = r.practice and x.destination = :destination and x.resource = r.resource
        and x.row_key = r.row_key
      left join due d on d.practice = r.practice and d.destination = :destination and d.resource = r.resource
        and d.row_key = r.row_key
      left join document_bytes b on r.resource = 'DocumentReference:document' and b.practice = r.practice
        and b.destination = :destination and b.row_key = r.row_key
      where r.practice = :practice and r.resource = :resource and r.row_key > :after and r.row_key <= :until
        and (:since = 0 or r.stamp >= :since)
      order by r.row_key limit :most
      """;

  private final Store store;
  private final Audit audit;
  private final Runs runs;
  private final Dues dues;
  private final Function<String, Optional<Destination>> destinations;
  private final Transactions transactions;
  private final OwnNumbers ownNumbers;
  private final Enclosures enclosures;
  private final Duration again;

  /**
   * @param enclosures the files of documents
   * @param again how long to wait before what differs, or was sent again, is looked at again
   */
  public HoldingComparison(
      Store store,
      Audit audit,
      Runs runs,
      Dues dues,
      Function<String, Optional<Destination>> destinations,
      Transactions transactions,
      OwnNumbers ownNumbers,
      Enclosures enclosures,
      Duration again) {
    this.store = store;
    this.audit = audit;
    this.runs = runs;
    this.dues = dues;
    this.destinations = destinations;
    this.transactions = transactions;
    this.ownNumbers = ownNumbers;
    this.enclosures = enclosures;
    this.again = again;
  }

  /**
   * A record and how it stands with the destination.
   *
   * @param acknowledged FHIR JSON; empty if there is none
   * @param due due, parked, or empty
   * @param fileSize of the file that went along; 0 if none did
   * @param fileHash keyed; empty if none did
   */
  record Holding(
      long key,
      String fhirId,
      long version,
      String state,
      long acknowledgedVersion,
      long acknowledgedAt,
      String acknowledged,
      String withheld,
      boolean isUnclear,
      String due,
      long fileSize,
      String fileHash) {

    /** The destination was told of it, or should have been. */
    boolean isExpected() {
      return version > 0 && (state.equals("live") || state.equals("failed") || isTold());
    }

    boolean isTold() {
      return acknowledgedVersion > 0;
    }

    boolean isUnderWay() {
      return !due.isEmpty() || isUnclear;
    }

    /** Whether what stands there can be compared with what was acknowledged. */
    boolean isAskable() {
      return isExpected() && isTold() && !isUnderWay() && withheld.isEmpty();
    }

    boolean isSameDelivery(Holding other) {
      return acknowledgedVersion == other.acknowledgedVersion
          && acknowledgedAt == other.acknowledgedAt;
    }

    /** Without the resource: it is a patient's. */
    @Override
    public String toString() {
      return fhirId + " version " + version;
    }
  }

  /** A page that is looked at. */
  public record Look(Turn turn, List<Holding> page, List<Holding> asked, boolean isFull) {

    public Look {
      page = List.copyOf(page);
      asked = List.copyOf(asked);
    }

    public boolean isDue() {
      return turn.isDue();
    }

    /** Whether the destination has to be asked anything. */
    public boolean isAsking() {
      return !asked.isEmpty();
    }

    @Override
    public String toString() {
      return page.size() + " records";
    }
  }

  /** Nothing while the destination is paused, switched off or left alone after failures. */
  public Look next(String destination) {
    Optional<Destination> target = destinations.apply(destination).filter(Destination::enabled);
    if (target.isEmpty() || store.read(tx -> Pauses.holds(tx, destination, Pauses.What.SENDS))) {
      return nothing();
    }
    Turn turn = runs.ofDestination(destination, FhirClients.longest(target.get()).plus(MARGIN));
    if (!turn.isDue()) {
      return nothing();
    }
    Run run = turn.run();
    List<Holding> all =
        store.read(
            tx ->
                dues.isPaused(tx, run.practice(), destination, tx.now())
                    ? List.of()
                    : page(tx, run));
    List<Holding> page = all.subList(0, fitting(all));
    return new Look(
        turn,
        page,
        page.stream().filter(Holding::isAskable).toList(),
        all.size() == MOST || page.size() < all.size());
  }

  private static Look nothing() {
    return new Look(Turn.NOTHING, List.of(), List.of(), false);
  }

  /** How many of them one answer can bring with their files. */
  private static int fitting(List<Holding> page) {
    long bytes = 0;
    int count = 0;
    for (Holding each : page) {
      bytes += each.fileSize();
      if (count > 0 && bytes > MOST_BYTES) {
        break;
      }
      count++;
    }
    return count;
  }

  private List<Holding> page(Transaction tx, Run run) {
    return tx.sql(PAGE)
        .param("practice", run.practice())
        .param("destination", run.destination())
        .param("resource", run.resource())
        .param("after", run.afterKey())
        .param("until", run.untilKey())
        .param("most", MOST)
        .param("since", run.since().toEpochMilli())
        .query((row, number) -> holding(run, row))
        .list();
  }

  private Holding holding(Run run, ResultSet row) throws SQLException {
    long key = row.getLong("row_key");
    String sealed = row.getString("acknowledged");
    String name =
        String.join("/", run.practice(), run.destination(), run.resource(), Long.toString(key));
    return new Holding(
        key,
        row.getString("fhir_id"),
        row.getLong("version"),
        row.getString("state"),
        row.getLong("acknowledged_version"),
        row.getLong("acknowledged_at"),
        sealed.isEmpty()
            ? ""
            : new String(store.vault().open("delivery", name, sealed), StandardCharsets.UTF_8),
        row.getString("withheld"),
        row.getString("attempt_state").equals("unknown"),
        row.getString("due"),
        row.getLong("file_size"),
        row.getString("file_hash"));
  }

  /** A batch of reads by id. */
  public String reads(Look look) {
    Kind kind = new Kind(look.turn().run().resource());
    return transactions.reads(
        look.asked().stream().map(each -> kind.fhirType() + "/" + each.fhirId()).toList());
  }

  /** Where the destination has to be asked nothing. */
  public void unasked(Look look) {
    finish(look, List.of());
  }

  /**
   * @param answer to the batch
   */
  public void compare(Look look, String answer) {
    List<Transactions.Answer> answers = transactions.answers(look.asked().size(), answer);
    boolean isClear =
        answers.size() == look.asked().size()
            && answers.stream()
                .allMatch(each -> each.status() == 200 || NOTHING_THERE.contains(each.status()));
    if (isClear) {
      finish(look, answers);
    } else {
      store.write(
          tx -> {
            boolean holds = runs.holds(tx, look.turn());
            if (holds) {
              runs.waits(tx, look.turn(), REFUSED);
            }
            return holds;
          });
    }
  }

  private void finish(Look look, List<Transactions.Answer> answers) {
    Destination destination = destinations.apply(look.turn().run().destination()).orElseThrow();
    Map<Long, String> differing = differing(look, destination, answers);
    store.write(
        tx -> {
          boolean holds = runs.holds(tx, look.turn());
          if (holds) {
            finish(tx, look, destination, differing);
          }
          return holds;
        });
  }

  /**
   * @return by key, the version that stands there
   */
  private Map<Long, String> differing(
      Look look, Destination destination, List<Transactions.Answer> answers) {
    Run run = look.turn().run();
    Map<Long, String> differing = new HashMap<>();
    for (int i = 0; i < look.asked().size(); i++) {
      Holding holding = look.asked().get(i);
      Transactions.Answer stands = answers.get(i);
      boolean isGone = NOTHING_THERE.contains(stands.status());
      boolean matches =
          isGone
              // What is no longer there was to be taken back anyhow.
              ? !Set.of("live", "failed").contains(holding.state())
              // Not every server keeps where a resource came from.
              : Set.of("", Transactions.source(run.practice(), holding.acknowledgedVersion()))
                      .contains(stands.source())
                  && enclosures.holds(holding.fileHash(), stands.resource())
                  && Stands.asSent(
                      Enclosures.withoutPlace(json(holding.acknowledged())),
                      stands.resource(),
                      ownNumbers.of(run.practice(), destination, run.resource(), holding.key()));
      if (!matches) {
        // As after an unclear attempt: what was deleted is made again whatever its version is.
        differing.put(
            holding.key(),
            stands.status() == 404 ? "" : isGone ? Transactions.SOME : stands.version());
      }
    }
    return differing;
  }

  private void finish(
      Transaction tx, Look look, Destination destination, Map<Long, String> differing) {
    Run run = look.turn().run();
    Map<Long, Holding> before = new HashMap<>();
    look.asked().forEach(each -> before.put(each.key(), each));
    List<Holding> all = page(tx, run);
    List<Holding> page = all.subList(0, fitting(all));
    if (page.size() != look.page().size()
        || dues.isPaused(tx, run.practice(), run.destination(), tx.now())) {
      runs.waits(tx, look.turn(), again);
      return;
    }
    long end = look.isFull() ? page.get(page.size() - 1).key() : run.untilKey();
    Set<Long> wrong = new HashSet<>();
    long looked = 0;
    long changing = 0;
    long withheld = 0;
    boolean isUnderWay = false;
    for (Holding each : page) {
      boolean isRepaired = run.phase() == 2 && run.suspects().contains(each.key());
      looked += each.isExpected() ? 1 : 0;
      if (!each.isExpected()) {
        continue;
      }
      if (each.isUnderWay()) {
        isUnderWay |= isRepaired && !each.due().equals("parked");
        wrong.addAll(isRepaired ? Set.of(each.key()) : Set.of());
        changing += isRepaired ? 0 : 1;
      } else if (each.acknowledgedVersion() < each.version() || differing.containsKey(each.key())) {
        Optional<Holding> asked = Optional.ofNullable(before.get(each.key()));
        boolean isNews = asked.filter(it -> !it.isSameDelivery(each)).isPresent();
        wrong.addAll(isNews ? Set.of() : Set.of(each.key()));
        changing += isNews && !isRepaired ? 1 : 0;
      } else if (!isRepaired) {
        boolean isWithheld = !each.withheld().isEmpty();
        withheld += isWithheld ? 1 : 0;
        changing += isWithheld || before.containsKey(each.key()) ? 0 : 1;
      }
    }
    boolean isLast = !look.isFull() && run.untilKey() == Long.MAX_VALUE;
    if (run.phase() == 0 && !wrong.isEmpty()) {
      runs.again(tx, look.turn(), end, 1, wrong, again);
      return;
    }
    if (run.phase() == 2 && isUnderWay) {
      runs.waits(tx, look.turn(), again);
      return;
    }
    Set<Long> confirmed = new HashSet<>(wrong);
    confirmed.retainAll(run.suspects());
    if (run.phase() == 1 && !run.dryRun() && !confirmed.isEmpty()) {
      for (long key : confirmed) {
        dues.again(
            tx, run.practice(), destination, run.resource(), key, differing.getOrDefault(key, ""));
      }
      runs.again(tx, look.turn(), end, 2, confirmed, again);
      return;
    }
    changing += wrong.size() - confirmed.size();
    long found = run.phase() == 2 ? run.suspects().size() : confirmed.size();
    long repaired = run.phase() == 2 ? found - confirmed.size() : 0;
    audit.record(
        tx,
        "read",
        run.practice(),
        run.destination(),
        (run.isLoad() ? "load " : "reconcile ") + run.feed() + " " + looked);
    runs.done(
        tx,
        look.turn(),
        end,
        isLast,
        new Tally(
            looked, looked - found - changing - withheld, found, 0, repaired, changing, withheld));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes what it read.
      throw new IllegalStateException("A stored resource is not JSON");
    }
  }
}
