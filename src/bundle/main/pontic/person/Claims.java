package pontic.person;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.store.Transaction;

/**
 * What messages that have not ended well made of patients' numbers (decision 0414). A number leads
 * to whom such a message means at once, so that what comes next waits behind it; if the message is
 * given up it leads where it led before.
 */
public final class Claims {
  private static final String NUMBER =
      " practice = :practice and system = :system and value_index = :value ";

  /** Of whom another than this message has claimed it: the least and the greatest tell of all. */
  static final String LEADING =
      """
      select i.target,
        coalesce((select c.former from identifier_claim c
          where c.practice = :practice and c.system = :system and c.value_index = :value and c.message_id <> :message
          order by c.former limit 1) <> i.target, false)
        or coalesce((select c.former from identifier_claim c
          where c.practice = :practice and c.system = :system and c.value_index = :value and c.message_id <> :message
          order by c.former desc limit 1) <> i.target, false) as is_claimed
      from identifier i
      where i.practice = :practice and i.kind = 'Patient' and i.system = :system and i.value_index = :value
      """;

  /** "Other than" in two ranges: no index answers it as it is. */
  static final String PARKED =
      """
      select led.message_id from (
        select c.message_id, c.place from identifier_claim c
        where c.practice = :practice and c.system = :system and c.value_index = :value and c.former < :target
        union all
        select c.message_id, c.place from identifier_claim c
        where c.practice = :practice and c.system = :system and c.value_index = :value and c.former > :target) led
      where led.message_id <> :message
        and exists (select 1 from work w where w.message_id = led.message_id and w.state = 'parked')
      order by led.place limit 1
      """;

  static final String CLAIM =
      """
      insert into identifier_claim (practice, system, value_index, message_id, place, former, alone, tells)
      values (:practice, :system, :value, :message,
        (select coalesce(max(c.place), 0) + 1 from identifier_claim c
         where c.practice = :practice and c.system = :system and c.value_index = :value), :former, :alone, :tells)
      on conflict (practice, system, value_index, message_id) do nothing
      """;

  private final Persons persons;

  public Claims(Persons persons) {
    this.persons = persons;
  }

  /**
   * One message's claim to a number.
   *
   * @param former to whom it led before, "" if to nobody
   * @param isSure whether the message itself says whom it means
   */
  private record Claim(
      Number number, String messageId, long place, String former, boolean isSure) {}

  /** A number as the store has it. */
  private record Number(String system, String index) {}

  /**
   * What a number leads to.
   *
   * @param isClaimed whether somebody else's open message has made it lead there
   */
  private record Leading(String target, boolean isClaimed) {}

  /**
   * Whether a message finds its patient only by numbers that others which are open have claimed for
   * him.
   */
  public boolean alone(
      Transaction tx, String practice, String messageId, List<Identifier> identifiers) {
    List<Leading> leading =
        identifiers.stream()
            .flatMap(identifier -> leading(tx, practice, messageId, number(identifier)).stream())
            .toList();
    return !leading.isEmpty() && leading.stream().allMatch(Leading::isClaimed);
  }

  /** The message that has claimed one of these numbers first, and is parked as work. */
  public Optional<String> parked(
      Transaction tx, String practice, String messageId, List<Identifier> identifiers) {
    return identifiers.stream()
        .map(this::number)
        .flatMap(number -> parked(tx, practice, messageId, number).stream())
        .findFirst();
  }

  /**
   * The message means this person by all its numbers; one that already points elsewhere is left.
   *
   * @param alone as {@link #alone} has said
   * @param tells whether it says name and birth date
   */
  public void remember(
      Transaction tx,
      String practice,
      String messageId,
      List<Identifier> identifiers,
      String target,
      boolean alone,
      boolean tells) {
    for (Identifier identifier : identifiers) {
      Number number = number(identifier);
      Optional<Leading> now = leading(tx, practice, messageId, number);
      if (now.isEmpty()) {
        persons.remember(tx, practice, Persons.PATIENT, List.of(identifier), target);
        claim(tx, practice, number, messageId, "", alone, tells);
      } else if (now.get().target().equals(target) && now.get().isClaimed()) {
        claim(tx, practice, number, messageId, target, alone, tells);
      }
    }
  }

  /**
   * The identifiers lead to this target from now on, wherever they led before, until the message is
   * given up. So do those that others brought who mean their patient by these alone.
   */
  public void lead(
      Transaction tx,
      String practice,
      String messageId,
      List<Identifier> identifiers,
      String target) {
    for (Identifier identifier : identifiers) {
      Number number = number(identifier);
      Optional<String> before = target(tx, practice, number);
      if (before.filter(target::equals).isPresent()) {
        continue;
      }
      claim(tx, practice, number, messageId, before.orElse(""), false, true);
      long place =
          bound(
                  tx,
                  practice,
                  number,
                  "select place from identifier_claim where" + NUMBER + "and message_id = :message")
              .param("message", messageId)
              .query(Long.class)
              .single();
      for (String other : aloneAfter(tx, practice, number, place)) {
        for (Claim brought : by(tx, practice, other)) {
          if (brought.former().isEmpty() && target(tx, practice, brought.number()).equals(before)) {
            point(tx, practice, brought.number(), target);
          }
        }
      }
      bound(
              tx,
              practice,
              number,
              "update identifier_claim set former = :former where" + NUMBER + "and place > :place")
          .param("former", target)
          .param("place", place)
          .update();
      point(tx, practice, number, target);
    }
  }

  /** The message has ended well: what it said of its numbers stands. */
  public void settle(Transaction tx, String practice, String messageId) {
    // So does what others said of them before, unless it may mean another by nothing but their
    // word.
    for (Claim mine : by(tx, practice, messageId)) {
      if (mine.isSure()) {
        bound(
                tx,
                practice,
                mine.number(),
                "delete from identifier_claim where"
                    + NUMBER
                    + """
                    and place < :place and (former = '' or former = (select i.target from identifier i
                      where i.practice = :practice and i.kind = 'Patient' and i.system = :system and i.value_index = :value))
                    """)
            .param("place", mine.place())
            .update();
      }
    }
    forget(tx, practice, messageId);
  }

  /** These numbers lead where they lead, whatever open messages have made of them. */
  public void settle(Transaction tx, String practice, List<Identifier> identifiers) {
    for (Identifier identifier : identifiers) {
      bound(tx, practice, number(identifier), "delete from identifier_claim where" + NUMBER)
          .update();
    }
  }

  /**
   * The message is given up: what it said of its numbers is as if it had never come.
   *
   * @return messages that found their patient by nothing else, in their order
   */
  public List<Lost> withdraw(Transaction tx, String practice, String messageId) {
    Map<String, List<Claim>> gone = new LinkedHashMap<>();
    withdraw(tx, practice, messageId, gone);
    gone.remove(messageId);
    return gone.entrySet().stream()
        .map(
            lost ->
                new Lost(
                    lost.getKey(),
                    lost.getValue().stream()
                        .flatMap(claim -> target(tx, practice, claim.number()).stream())
                        .distinct()
                        .toList()))
        .toList();
  }

  /**
   * A message by whose numbers nobody is found any more, or others are.
   *
   * @param leadTo ids of the persons whom they mean now
   */
  public record Lost(String messageId, List<String> leadTo) {}

  private void withdraw(
      Transaction tx, String practice, String messageId, Map<String, List<Claim>> gone) {
    List<Claim> its = by(tx, practice, messageId);
    if (gone.putIfAbsent(messageId, its) != null) {
      return;
    }
    for (Claim claim : its) {
      for (String other : aloneAfter(tx, practice, claim.number(), claim.place())) {
        withdraw(tx, practice, other, gone);
      }
    }
    // What another has moved in between may have changed where they led before.
    for (Claim claim : by(tx, practice, messageId)) {
      Optional<Long> next =
          bound(
                  tx,
                  practice,
                  claim.number(),
                  "select place from identifier_claim where"
                      + NUMBER
                      + "and place > :place order by place limit 1")
              .param("place", claim.place())
              .query(Long.class)
              .optional();
      if (next.isPresent()) {
        bound(
                tx,
                practice,
                claim.number(),
                "update identifier_claim set former = :former where"
                    + NUMBER
                    + "and place = :place")
            .param("former", claim.former())
            .param("place", next.get())
            .update();
      } else if (claim.former().isEmpty()) {
        bound(
                tx,
                practice,
                claim.number(),
                "delete from identifier where kind = 'Patient' and" + NUMBER)
            .update();
      } else {
        point(tx, practice, claim.number(), claim.former());
      }
    }
    forget(tx, practice, messageId);
  }

  /** Whether nobody but these messages ever gave the person a number. */
  public boolean areAll(Transaction tx, Person person, Collection<String> messageIds) {
    return tx.sql(
                """
                select count(*) from identifier i where i.practice = :practice and i.kind = 'Patient' and i.target = :person
                  and not exists (select 1 from identifier_claim c where c.practice = i.practice and c.system = i.system
                    and c.value_index = i.value_index and c.former = '' and c.message_id in (:messages))
                """)
            .param("practice", person.practice())
            .param("person", person.id())
            .param("messages", messageIds)
            .query(Long.class)
            .single()
        == 0;
  }

  private static void forget(Transaction tx, String practice, String messageId) {
    tx.sql("delete from identifier_claim where practice = :practice and message_id = :message")
        .param("practice", practice)
        .param("message", messageId)
        .update();
  }

  private void claim(
      Transaction tx,
      String practice,
      Number number,
      String messageId,
      String former,
      boolean alone,
      boolean tells) {
    bound(tx, practice, number, CLAIM)
        .param("message", messageId)
        .param("former", former)
        .param("alone", alone ? 1 : 0)
        .param("tells", tells ? 1 : 0)
        .update();
  }

  /** Empty if it leads to nobody. */
  private static Optional<Leading> leading(
      Transaction tx, String practice, String messageId, Number number) {
    return bound(tx, practice, number, LEADING)
        .param("message", messageId)
        .query((row, n) -> new Leading(row.getString("target"), row.getBoolean("is_claimed")))
        .optional();
  }

  private static Optional<String> parked(
      Transaction tx, String practice, String messageId, Number number) {
    return target(tx, practice, number)
        .flatMap(
            target ->
                bound(tx, practice, number, PARKED)
                    .param("message", messageId)
                    .param("target", target)
                    .query(String.class)
                    .optional());
  }

  private static List<String> aloneAfter(
      Transaction tx, String practice, Number number, long place) {
    return bound(
            tx,
            practice,
            number,
            "select message_id from identifier_claim where"
                + NUMBER
                + "and place > :place and alone = 1 order by place")
        .param("place", place)
        .query(String.class)
        .list();
  }

  private static List<Claim> by(Transaction tx, String practice, String messageId) {
    return tx
        .sql("select * from identifier_claim where practice = :practice and message_id = :message")
        .param("practice", practice)
        .param("message", messageId)
        .query((row, n) -> claim(row))
        .list()
        .stream()
        // Not by the statement: SQLite would then walk all claims of the practice in that order.
        .sorted(Comparator.comparing(each -> each.number().system() + "|" + each.number().index()))
        .toList();
  }

  private static Claim claim(ResultSet row) throws SQLException {
    return new Claim(
        new Number(row.getString("system"), row.getString("value_index")),
        row.getString("message_id"),
        row.getLong("place"),
        row.getString("former"),
        row.getInt("alone") == 0 || row.getInt("tells") == 1);
  }

  private static Optional<String> target(Transaction tx, String practice, Number number) {
    return Persons.target(tx, practice, Persons.PATIENT, number.system(), number.index());
  }

  private static void point(Transaction tx, String practice, Number number, String target) {
    Persons.point(tx, practice, Persons.PATIENT, number.system(), number.index(), target);
  }

  private Number number(Identifier identifier) {
    return new Number(identifier.system(), persons.index(identifier));
  }

  private static JdbcClient.StatementSpec bound(
      Transaction tx, String practice, Number number, String sql) {
    return tx.sql(sql)
        .param("practice", practice)
        .param("system", number.system())
        .param("value", number.index());
  }
}
