package pontic.audit;

import java.time.Instant;
import java.util.List;
import pontic.store.Transaction;

/** The audit as a table whose triggers refuse change and removal. */
public final class SqlAudit implements Audit {

  @Override
  public void record(Transaction tx, String action, String practice, String who, String subject) {
    record(tx, action, practice, List.of(new Access(who, subject)));
  }

  @Override
  public void record(Transaction tx, String action, String practice, List<Access> accesses) {
    long now = tx.now().toEpochMilli();
    tx.each(
        "insert into audit (at, action, practice, who, subject) values (?, ?, ?, ?, ?)",
        accesses.stream()
            .map(access -> new Object[] {now, action, practice, access.who(), access.subject()})
            .toList());
  }

  /** The newest rows of one practice, newest first, at most {@code limit}. */
  public List<AuditEntry> newest(Transaction tx, String practice, int limit) {
    return tx.sql(
            "select id, at, action, practice, who, subject from audit where practice = ? order by id desc limit ?")
        .params(practice, limit)
        .query(
            (row, number) ->
                new AuditEntry(
                    row.getLong("id"),
                    Instant.ofEpochMilli(row.getLong("at")),
                    row.getString("action"),
                    row.getString("practice"),
                    row.getString("who"),
                    row.getString("subject")))
        .list();
  }
}
