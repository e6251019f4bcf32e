package pontic.record;

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
   */
  public void looked(String practice, String feed, String version, String reason, long total) {
    store.write(
        tx ->
            tx.sql(
                    "insert into feed (practice, feed, state, reason, version, total, looked_at)"
                        + " values (:practice, :feed, :state, :reason, :version, :total, :now)"
                        + " on conflict (practice, feed) do update set state = excluded.state,"
                        + " reason = excluded.reason, version = excluded.version,"
                        + " total = case when excluded.total = 0 then feed.total else excluded.total end,"
                        + " looked_at = excluded.looked_at")
                .param("practice", practice)
                .param("feed", feed)
                .param("state", reason.isEmpty() ? "on" : "off")
                .param("reason", reason)
                .param("version", version)
                .param("total", total)
                .param("now", tx.now().toEpochMilli())
                .update());
  }
}
