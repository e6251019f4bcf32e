package pontic.record;

import java.util.Collection;
import pontic.store.Store;

/** What each feed is at each practice, for status and metrics. */
public final class FeedRows {
  private final Store store;

  public FeedRows(Store store) {
    this.store = store;
  }

  /**
   * @param reason why the feed is off, without values of rows; empty: it is on
   * @param total rows that its first load has to read; 0: not counted, an earlier count stays
   * @param facts JSON: what the database says of table and stamp
   */
  public void looked(
      String practice, String feed, String version, String reason, long total, String facts) {
    put(practice, feed, version, reason.isEmpty() ? "on" : "off", reason, total, facts);
  }

  /** The practice's settings do not ask for it; nobody looks whether it could be read. */
  public void unwanted(String practice, String feed, String version, String reason) {
    put(practice, feed, version, "unwanted", reason, 0, "{}");
  }

  /**
   * Forgets feeds and practices that are no more, so that nobody is told that they are read, or
   * late. Where they were is kept: a file that comes back goes on there.
   *
   * @param feeds names of all that there are for this practice, at least one
   * @param practices all that there are
   */
  public void only(String practice, Collection<String> feeds, Collection<String> practices) {
    store.write(
        tx ->
            tx.sql(
                    "delete from feed where practice not in (:practices)"
                        + " or (practice = :practice and feed not in (:feeds))")
                .param("practice", practice)
                .param("practices", practices)
                .param("feeds", feeds)
                .update());
  }

  /**
   * @param reason why a feed that is on was not read, without values of rows
   */
  public void failed(String practice, String feed, String reason) {
    store.write(
        tx ->
            tx.sql("update feed set reason = ? where practice = ? and feed = ? and state = 'on'")
                .params(reason, practice, feed)
                .update());
  }

  private void put(
      String practice,
      String feed,
      String version,
      String state,
      String reason,
      long total,
      String facts) {
    store.write(
        tx ->
            tx.sql(
                    "insert into feed (practice, feed, state, reason, version, total, looked_at, facts)"
                        + " values (:practice, :feed, :state, :reason, :version, :total, :now, :facts)"
                        + " on conflict (practice, feed) do update set state = excluded.state,"
                        + " reason = excluded.reason, version = excluded.version,"
                        + " total = case when excluded.total = 0 then feed.total else excluded.total end,"
                        + " looked_at = excluded.looked_at, facts = excluded.facts")
                .param("practice", practice)
                .param("feed", feed)
                .param("state", state)
                .param("reason", reason)
                .param("version", version)
                .param("total", total)
                .param("facts", facts)
                .param("now", tx.now().toEpochMilli())
                .update());
  }

  /**
   * @param facts JSON: what the practice's database server is
   */
  public void office(String practice, String facts) {
    store.write(
        tx ->
            tx.sql(
                    "insert into office (practice, facts, looked_at) values (?, ?, ?)"
                        + " on conflict (practice) do update set facts = excluded.facts, looked_at = excluded.looked_at")
                .params(practice, facts, tx.now().toEpochMilli())
                .update());
  }
}
