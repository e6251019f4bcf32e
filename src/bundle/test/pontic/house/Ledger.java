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
}
