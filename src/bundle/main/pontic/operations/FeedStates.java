package pontic.operations;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import pontic.store.Transaction;

/** How capture gets on, per practice and feed, out of the store; for status and metrics. */
final class FeedStates {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param state off; waiting for its first page; loading; on
   * @param total rows to read at the first load; 0: not counted
   * @param read rows so far, each counted once for each of its stamps
   * @param unchanged rows among them with a new stamp and nothing new to tell, as ageing leaves
   * @param stamp up to where it has read, by the office's clock; empty before the first page
   * @param ageSeconds of that stamp; -1 before the first page
   */
  record FeedState(
      String practice,
      String feed,
      String state,
      String reason,
      String version,
      long total,
      long read,
      long changed,
      long unchanged,
      String stamp,
      double ageSeconds) {}

  private FeedStates() {}

  static List<FeedState> read(Transaction tx) {
    long now = tx.now().toEpochMilli();
    return tx.sql(
            """
            select f.practice, f.feed, f.state, f.reason, f.version, f.total, coalesce(w.changed, 0) as changed,
              coalesce(w.unchanged, 0) as unchanged, coalesce(w.stamp, 0) as stamp, coalesce(w.paging, 0) as paging
            from feed f left join watermark w on w.practice = f.practice and w.feed = f.feed
            order by f.practice, f.feed
            """)
        .query(
            (row, number) -> {
              long stamp = row.getLong("stamp");
              long read = row.getLong("changed") + row.getLong("unchanged");
              boolean isLoading = row.getInt("paging") == 1 && read < row.getLong("total");
              String on = stamp == 0 ? "waiting" : isLoading ? "loading" : "on";
              return new FeedState(
                  row.getString("practice"),
                  row.getString("feed"),
                  row.getString("state").equals("on") ? on : row.getString("state"),
                  row.getString("reason"),
                  row.getString("version"),
                  row.getLong("total"),
                  read,
                  row.getLong("changed"),
                  row.getLong("unchanged"),
                  stamp == 0 ? "" : Instant.ofEpochMilli(stamp).toString(),
                  stamp == 0 ? -1 : Math.max(0, now - stamp) / 1000.0);
            })
        .list();
  }

  static ArrayNode json(List<FeedState> states, String practice) {
    ArrayNode feeds = JSON.createArrayNode();
    for (FeedState each : states) {
      if (each.practice().equals(practice)) {
        ObjectNode feed = feeds.addObject();
        feed.put("feed", each.feed()).put("state", each.state()).put("reason", each.reason());
        feed.put("version", each.version()).put("total", each.total()).put("read", each.read());
        feed.put("changed", each.changed()).put("unchanged", each.unchanged());
        feed.put("readUpTo", each.stamp()).put("ageSeconds", Math.round(each.ageSeconds()));
      }
    }
    return feeds;
  }

  static List<MultiGauge.Row<?>> rows(List<FeedState> states) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    for (FeedState each : states) {
      rows.add(MultiGauge.Row.of(tags(each).and("kind", "changed"), each.changed()));
      rows.add(MultiGauge.Row.of(tags(each).and("kind", "unchanged"), each.unchanged()));
      rows.add(MultiGauge.Row.of(tags(each).and("kind", "total"), each.total()));
    }
    return rows;
  }

  static List<MultiGauge.Row<?>> each(List<FeedState> states, ToDoubleFunction<FeedState> value) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    states.forEach(each -> rows.add(MultiGauge.Row.of(tags(each), value.applyAsDouble(each))));
    return rows;
  }

  private static Tags tags(FeedState each) {
    return Tags.of("practice", each.practice(), "feed", each.feed());
  }
}
