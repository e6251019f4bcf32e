package pontic.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import pontic.audit.Audit;
import pontic.receipt.End;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Takes away what ended long ago, a page at a time (decision 0200): first what a message said, then
 * that it was there. Parked and open messages stay, as do the audit, the crosswalk and what
 * destinations have.
 */
public final class Retention {
  private static final int PAGE = 200;

  private static final List<String> OVER =
      Stream.of(End.values()).filter(end -> end != End.PARKED).map(End::text).toList();

  private final Store store;
  private final Audit audit;

  public Retention(Store store, Audit audit) {
    this.store = store;
    this.audit = audit;
  }

  /**
   * The contents of messages: bytes, what they meant, the API requests made for them, what their
   * senders were told; and the requests that Pontic made for itself.
   *
   * @param days since their end; 0: nothing is taken away
   * @return messages of this page
   */
  public int contents(int days) {
    return days == 0 ? 0 : store.write(tx -> contents(tx, before(tx, days)));
  }

  /**
   * Receipts of messages whose contents are gone, and ended comparisons.
   *
   * @param days since their end; 0: nothing is taken away
   * @return receipts of this page
   */
  public int receipts(int days) {
    return days == 0 ? 0 : store.write(tx -> receipts(tx, before(tx, days)));
  }

  private int contents(Transaction tx, long before) {
    tx.sql(
            """
            delete from call where work_id in (
              select id from work where message_id = '' and state = 'done' and due_at < :before order by due_at limit :page)
            """)
        .param("before", before)
        .param("page", PAGE)
        .update();
    tx.sql(
            """
            delete from work where message_id = '' and state = 'done' and due_at < :before
              and not exists (select 1 from call c where c.work_id = work.id)
            """)
        .param("before", before)
        .update();
    // By then the office was read again many times (decision 0303).
    tx.sql("delete from reread where until_at < :before").param("before", before).update();
    List<String> messages =
        tx.sql(
                """
                select id from message where body <> '' and ended_at > 0 and ended_at < :before and receipt_end in (:over)
                order by ended_at limit :page
                """)
            .param("before", before)
            .param("over", OVER)
            .param("page", PAGE)
            .query(String.class)
            .list();
    if (!messages.isEmpty()) {
      workOf(tx, messages);
      List<String> edited =
          tx.sql(
                  "select message_id || '/' || number from message_original where message_id in (:messages)")
              .param("messages", messages)
              .query(String.class)
              .list();
      if (!edited.isEmpty()) {
        workOf(tx, edited);
      }
      of(tx, "delete from message_original where message_id in (:messages)", messages);
      // One that is still owed needs them: it loses them when it is over (decision 0422).
      of(
          tx,
          "update answer set schedule = '', wire = '' where message_id in (:messages) and state not in ('due', 'open')",
          messages);
      of(tx, "update message set body = '' where id in (:messages)", messages);
      said(tx, "contents", messages.size(), before);
    }
    return messages.size();
  }

  /**
   * @param messages ids; of what a message was before an edit, the name under which that is kept
   */
  private static void workOf(Transaction tx, List<String> messages) {
    of(
        tx,
        "delete from call where work_id in (select id from work where message_id in (:messages))",
        messages);
    of(
        tx,
        "delete from work_file where work_id in (select id from work where message_id in (:messages))",
        messages);
    of(tx, "delete from work where message_id in (:messages)", messages);
  }

  private int receipts(Transaction tx, long before) {
    tx.sql("delete from reconcile where state = 'ended' and ended_at > 0 and ended_at < :before")
        .param("before", before)
        .update();
    List<String> messages =
        tx.sql(
                """
                select id from message m where receipt_end in (:over) and ended_at < :before and body = ''
                  and seq < (select max(seq) from message n where n.practice = m.practice)
                  and not exists (select 1 from answer a where a.message_id = m.id and a.state = 'due')
                order by receipt_end, ended_at limit :page
                """)
            .param("before", before)
            .param("over", OVER)
            .param("page", PAGE)
            .query(String.class)
            .list();
    if (!messages.isEmpty()) {
      of(tx, "delete from answer where message_id in (:messages)", messages);
      of(tx, "delete from message where id in (:messages)", messages);
      said(tx, "receipts", messages.size(), before);
    }
    return messages.size();
  }

  private static void of(Transaction tx, String sql, List<String> messages) {
    tx.sql(sql).param("messages", messages).update();
  }

  private void said(Transaction tx, String what, int messages, long before) {
    audit.record(
        tx,
        "purge",
        "",
        "retention",
        "%s of %d messages that ended before %s"
            .formatted(what, messages, Instant.ofEpochMilli(before)));
  }

  private static long before(Transaction tx, int days) {
    return tx.now().minus(Duration.ofDays(days)).toEpochMilli();
  }
}
