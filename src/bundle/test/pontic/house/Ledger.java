package pontic.house;

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
