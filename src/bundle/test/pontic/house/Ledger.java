package pontic.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import pontic.store.Store;

/** Looks into Pontic's own store: receipts and requests. */
public final class Ledger {
  private final Store store;

  Ledger(Store store) {
    this.store = store;
  }

  public long count(String sql) {
    return store.read(tx -> tx.sql(sql).query(Long.class).single());
  }

  public List<Map<String, Object>> rows(String sql) {
    return store.read(tx -> tx.sql(sql).query().listOfRows());
  }

  /** The one column of a query with question marks for the parameters. */
  public List<String> texts(String sql, Object... parameters) {
    return store.read(tx -> tx.sql(sql).params(List.of(parameters)).query(String.class).list());
  }

  /**
   * As time or another process would have it. With question marks for the parameters.
   *
   * @return how many rows
   */
  public int change(String sql, Object... parameters) {
    return store.write(tx -> tx.sql(sql).params(List.of(parameters)).update());
  }

  /** The receipt of the newest message with this control id. */
  public Map<String, Object> receipt(String controlId) {
    return store.read(
        tx ->
            tx.sql("select * from message where control_id = :id order by seq desc limit 1")
                .param("id", controlId)
                .query()
                .singleRow());
  }

  public String end(String controlId) {
    return String.valueOf(receipt(controlId).get("receipt_end"));
  }

  public String reason(String controlId) {
    return String.valueOf(receipt(controlId).get("receipt_reason"));
  }

  /** Pontic's own id of it. */
  public String id(String controlId) {
    return String.valueOf(receipt(controlId).get("id"));
  }

  /** Fails with the reason that the receipt gives, if the message has another end. */
  public void assertEnd(String end, String controlId) {
    assertEquals(end, end(controlId), () -> reason(controlId));
  }

  public void assertReason(String part, String controlId) {
    assertTrue(reason(controlId).contains(part), () -> reason(controlId));
  }

  /** Waits until the destination counts as having the newest version of elm's row unsent. */
  public void untilSpared(String destination, String resource, long key) {
    House.until(
        destination + " knows the newest " + resource + " " + key + " without being sent it",
        () ->
            count(
                    "select count(*) from delivery d join record r on r.practice = d.practice and r.resource = d.resource"
                        + " and r.row_key = d.row_key where d.practice = 'elm' and d.destination = '"
                        + destination
                        + "' and d.withheld = 'echo' and d.acknowledged_version = r.version and d.resource = '"
                        + resource
                        + "' and d.row_key = "
                        + key)
                == 1);
  }

  /** What is open, by ids and states, for a failing test. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    for (String sql :
        List.of(
            "select practice, next_at, state, reason, failures from lane",
            "select name, holder, epoch, until_at from lease",
            "select id, practice, seq, type, control_id, state, attempts, due_at from message where receipt_end = '' limit 20",
            "select id, practice, seq, event, state, due_at, cycle, attempts, rank from work where state = 'waiting' limit 20",
            "select work_id, name, purpose, state, status, epoch, intent_at, outcome_at from call where state in ('intent', 'unknown') limit 20")) {
      rows(sql).forEach(row -> text.append(row).append('\n'));
      text.append('\n');
    }
    return text.append("now ").append(System.currentTimeMillis()).toString();
  }
}
