package pontic.answer;

import java.util.List;
import pontic.audit.Audit;
import pontic.store.Transaction;

/** Answers that were given up: a person has them sent again once the sender's listener works. */
public final class GivenUp {
  private final Audit audit;

  public GivenUp(Audit audit) {
    this.audit = audit;
  }

  /**
   * An answer that was given up, by the message that it is about.
   *
   * @param gone retention has taken the contents of that message, and of the answer with them
   */
  public record Lost(String messageId, String practice, String destination, boolean gone) {}

  /**
   * @param id of a message; or {@code practice/destination}: all that were given up there
   * @return in the order of the ends that they tell; empty if none was given up
   */
  public List<Lost> of(Transaction tx, String id) {
    return tx.sql(
            """
            select message_id, practice, destination,
              exists (select 1 from message m where m.id = answer.message_id and m.body = '') as gone
            from answer where state = 'given up' and (message_id = :id or practice || '/' || destination = :id) order by ready_at, seq
            """)
        .param("id", id)
        .query(Lost.class)
        .list();
  }

  /**
   * Makes them due once more, in their order, behind what is due already: the same bytes, tried as
   * long as the first time.
   *
   * @param who the operator's name
   */
  public void again(Transaction tx, List<Lost> answers, String who) {
    long now = tx.now().toEpochMilli();
    for (int i = 0; i < answers.size(); i++) {
      Lost one = answers.get(i);
      tx.sql(
              """
              update answer set state = 'due', ready_at = :ready, due_at = :now, attempts = 0, refusals = 0, reason = ''
              where message_id = :id and state = 'given up'
              """)
          .param("ready", now + i)
          .param("now", now)
          .param("id", one.messageId())
          .update();
      audit.record(tx, "answer again", one.practice(), who, one.messageId());
    }
  }
}
