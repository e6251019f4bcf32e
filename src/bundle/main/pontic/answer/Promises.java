package pontic.answer;

import java.util.Locale;
import pontic.store.Transaction;
import pontic.store.Vault;

/**
 * Writes down which messages are owed an answer, in the unit that accepts them. When a message has
 * its end, {@link pontic.receipt.Receipts} makes its answer due in the same unit.
 */
public final class Promises {
  private final Vault vault;

  public Promises(Vault vault) {
    this.vault = vault;
  }

  /**
   * Promises the answer. For a message that repeats one which was answered, or which had its end
   * before its sender was answered at all, the answer is due once more: its sender asks again since
   * it does not know.
   *
   * @param messageId the message itself, of a repetition the first one
   */
  public void keep(Transaction tx, String messageId, Promise promise) {
    tx.sql(
            """
            insert into answer (message_id, practice, destination, seq, wanted, header, state, ready_at, due_at, attempts, refusals,
              wire, reason)
            select id, practice, :destination, seq, :wanted, :header,
              case when receipt_end in ('', 'parked') then 'open' else 'due' end, :now, :now, 0, 0, '', ''
            from message where id = :id
            on conflict (message_id) do update set state = 'due', ready_at = excluded.ready_at, due_at = excluded.due_at,
              attempts = 0, refusals = 0, reason = ''
            where answer.state in ('told', 'given up')
            """)
        .param("id", messageId)
        .param("destination", promise.destination())
        .param("wanted", promise.wanted().name().toLowerCase(Locale.ROOT))
        .param("header", vault.seal("answer", messageId, promise.header()))
        .param("now", tx.now().toEpochMilli())
        .update();
  }
}
