package pontic.send;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.background.Background;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * In the background: documents that went without their file are looked for again, and are sent once
 * more when it can be read; at each start of a generation also those that were decided by another
 * rule, so that a category that no longer may leave is sent without its files. What is looked at
 * here is not read.
 */
public final class LaterFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LaterFiles.class);
  private static final int AT_ONCE = 100;
  private static final Duration PERIOD = Duration.ofSeconds(2);

  private static final String COLUMNS =
      """
      select x.practice, x.destination, x.row_key, x.remote_version, r.row_data, coalesce(b.state, '') as state,
        coalesce(b.tries, 0) as tries
      """;

  private static final String ROW =
      "join record r on r.practice = x.practice and r.resource = x.resource and r.row_key = x.row_key and r.state = 'live'\n";

  private static final String WHERE =
      """
      where x.practice = :practice and x.destination = :destination and x.resource = 'DocumentReference:document'
        and x.row_key > :after and x.acknowledged_version > 0 and x.withheld = ''
      """;

  /** Of all that were told. */
  private static final String DECIDED_OTHERWISE =
      COLUMNS
          + """
          from delivery x
          left join document_bytes b on b.practice = x.practice and b.destination = x.destination and b.row_key = x.row_key
          """
          + ROW
          + WHERE
          + "  and (b.rule is null or b.rule <> :rule) order by x.row_key limit :most";

  /** Of those whose file went. */
  private static final String GONE_OTHERWISE =
      COLUMNS
          + "from document_bytes b cross join delivery x "
          + ROW
          + WHERE
          + """
            and b.practice = :practice and b.destination = :destination and b.row_key > :after and b.row_key = x.row_key
            and b.state = 'joined' and b.rule <> :rule order by b.row_key limit :most
          """;

  /**
   * Whose time has come, of all practices; what was taken back or withheld meanwhile has no row.
   */
  private static final String DUE =
      """
      select b.practice, b.destination, b.row_key, coalesce(x.remote_version, '') as remote_version,
        coalesce(r.row_data, '') as row_data, b.state, b.tries
      from document_bytes b
      left join delivery x on x.practice = b.practice and x.destination = b.destination
        and x.resource = 'DocumentReference:document' and x.row_key = b.row_key
        and x.acknowledged_version > 0 and x.withheld = ''
      left join record r on r.practice = x.practice and r.resource = x.resource and r.row_key = x.row_key
        and r.state = 'live'
      where b.again_at > 0 and b.again_at <= :now order by b.again_at limit :most
      """;

  private final Store store;
  private final Dues dues;
  private final Enclosures enclosures;
  private final List<CatchUp.Pair> pairs;
  private final Background background = new Background("later-files", this::run);

  /**
   * @param pairs of destinations that take files
   */
  public LaterFiles(Store store, Dues dues, Enclosures enclosures, List<CatchUp.Pair> pairs) {
    this.store = store;
    this.dues = dues;
    this.enclosures = enclosures;
    this.pairs = List.copyOf(pairs);
  }

  /**
   * @param row JSON of its columns; empty if there is nothing to be sent again
   */
  private record Told(
      String practice,
      String destination,
      long key,
      String remoteVersion,
      String row,
      String state,
      int tries) {
    /** Without the row: it is a patient's. */
    @Override
    public String toString() {
      return key + " " + state;
    }
  }

  public void start() {
    background.start();
  }

  /** After the rows at hand. */
  @Override
  public void close() {
    background.close();
  }

  private void run() {
    boolean isRuled = false;
    do {
      try {
        if (!isRuled) {
          pairs.forEach(this::byAnotherRule);
          isRuled = true;
        }
        again();
      } catch (RuntimeException e) {
        LOG.warn(
            "Documents that went without their files could not be looked at ({}); it is tried again"
                + " until the store takes it",
            e.getClass().getSimpleName());
      }
    } while (!background.isClosedWithin(PERIOD));
  }

  /**
   * Where no file leaves, only what had left is looked at: it is taken back.
   *
   * @return how many are sent again
   */
  int byAnotherRule(CatchUp.Pair pair) {
    String sql = enclosures.isOn(pair.practice()) ? DECIDED_OTHERWISE : GONE_OTHERWISE;
    String rule = enclosures.rule(pair.practice());
    int sent = 0;
    List<Told> page = ruled(pair, sql, rule, Long.MIN_VALUE);
    while (!page.isEmpty() && !background.isClosed()) {
      for (Told told : page) {
        sent += look(pair, told, 0) ? 1 : 0;
      }
      page = ruled(pair, sql, rule, page.get(page.size() - 1).key());
    }
    return sent;
  }

  /**
   * Those whose time has come, of all practices at once.
   *
   * @return how many are sent again
   */
  int again() {
    long now = store.read(tx -> tx.now().toEpochMilli());
    int sent = 0;
    List<Told> page = due(now);
    while (!page.isEmpty() && !background.isClosed()) {
      for (Told told : page) {
        Optional<CatchUp.Pair> pair = pair(told);
        if (pair.isEmpty() || told.row().isEmpty()) {
          putOff(told, now);
        } else {
          sent += look(pair.get(), told, told.tries() + 1) ? 1 : 0;
        }
      }
      // What was looked at is due no more, so the next page is of others.
      page = due(now);
    }
    return sent;
  }

  /** That files may leave from and to, now. */
  private Optional<CatchUp.Pair> pair(Told told) {
    return pairs.stream()
        .filter(
            pair ->
                pair.practice().equals(told.practice())
                    && pair.destination().id().equals(told.destination())
                    && enclosures.isOn(pair.practice()))
        .findFirst();
  }

  /** It may be served again one day; what was taken back needs no look. */
  private void putOff(Told told, long now) {
    store.write(
        tx ->
            tx.sql(
                    "update document_bytes set again_at = ? where practice = ? and destination = ? and row_key = ?"
                        + " and again_at > 0 and again_at <= ?")
                .params(
                    told.row().isEmpty() ? 0 : now + Enclosures.LONGEST_LOOK.toMillis(),
                    told.practice(),
                    told.destination(),
                    told.key(),
                    now)
                .update());
  }

  private List<Told> ruled(CatchUp.Pair pair, String sql, String rule, long after) {
    return store.read(
        tx ->
            tx.sql(sql)
                .param("practice", pair.practice())
                .param("destination", pair.destination().id())
                .param("after", after)
                .param("rule", rule)
                .param("most", AT_ONCE)
                .query((row, number) -> told(row))
                .list());
  }

  private List<Told> due(long now) {
    return store.read(
        tx ->
            tx.sql(DUE)
                .param("now", now)
                .param("most", AT_ONCE)
                .query((row, number) -> told(row))
                .list());
  }

  private Told told(ResultSet row) throws SQLException {
    String practice = row.getString("practice");
    long key = row.getLong("row_key");
    String sealed = row.getString("row_data");
    String name = practice + "/" + Enclosures.DOCUMENT + "/" + key;
    return new Told(
        practice,
        row.getString("destination"),
        key,
        row.getString("remote_version"),
        sealed.isEmpty()
            ? ""
            : new String(store.vault().open("record-row", name, sealed), StandardCharsets.UTF_8),
        row.getString("state"),
        row.getInt("tries"));
  }

  /**
   * @param tries looks in vain, if this is one
   * @return whether it is sent again
   */
  private boolean look(CatchUp.Pair pair, Told told, int tries) {
    if (background.isClosed()) {
      return false;
    }
    Enclosed how = enclosures.look(pair.practice(), told.row().isEmpty() ? "{}" : told.row());
    boolean wasJoined = told.state().equals(Enclosed.JOINED.text());
    boolean isSent = wasJoined ? !how.heals() && how != Enclosed.JOINED : how == Enclosed.JOINED;
    store.write(
        tx -> {
          if (isSent) {
            dues.again(
                tx,
                pair.practice(),
                pair.destination(),
                Enclosures.DOCUMENT,
                told.key(),
                told.remoteVersion());
          }
          note(tx, pair, told, how, isSent, tries);
          return isSent;
        });
    return isSent;
  }

  /** Of what is sent again, or had its file, the state stays until the destination has the next. */
  private void note(
      Transaction tx, CatchUp.Pair pair, Told told, Enclosed how, boolean isSent, int tries) {
    boolean keeps = isSent || told.state().equals(Enclosed.JOINED.text());
    long later = keeps ? 0 : Enclosures.later(how, tx.now(), tries);
    tx.sql(
            """
            insert into document_bytes (practice, destination, row_key, state, size, hash, rule, tries, again_at)
            values (:practice, :destination, :key, :state, 0, '', :rule, :tries, :again)
            on conflict (practice, destination, row_key) do update set
              state = case when :keeps = 1 then document_bytes.state else excluded.state end,
              rule = excluded.rule, tries = excluded.tries, again_at = excluded.again_at
            """)
        .param("practice", pair.practice())
        .param("destination", pair.destination().id())
        .param("key", told.key())
        .param("state", keeps ? Enclosed.OFF.text() : how.text())
        .param("keeps", keeps ? 1 : 0)
        .param("rule", enclosures.rule(pair.practice()))
        .param("tries", tries)
        .param("again", isSent ? Enclosures.SENT_AGAIN : later)
        .update();
  }
}
