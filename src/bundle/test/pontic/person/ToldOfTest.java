package pontic.person;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.store.BothStores;
import pontic.store.Store;
import pontic.store.Transaction;
import pontic.store.Unit;

/** Of whom a row was told that must not be there twice, whoever told it. */
final class ToldOfTest {
  private static final String PRACTICE = "elm";
  private static final String PAYMENT = "PaymentNotice#payments/[ref P-A]";
  private static final int MANY = 3_000;

  @RegisterExtension static final BothStores BOTH = new BothStores();

  static List<Store> stores() {
    return BOTH.stores().toList();
  }

  static Stream<Arguments> explained() {
    return Stream.of(
        Arguments.of(stores().get(0), "explain query plan "),
        Arguments.of(stores().get(1), "explain "));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aRowIsFoundUnderItsWholeKeyWhoeverToldItOfWhomever(Store store) {
    Persons persons = new Persons(store.vault());
    run(
        store,
        tx -> {
          Person ann = person(persons, tx, PRACTICE, 20);
          Person bob = person(persons, tx, PRACTICE, 30);
          Person waiting = person(persons, tx, PRACTICE, 0);
          Person elsewhere = person(persons, tx, "fir", 40);
          told(persons, tx, ann, "EHR|LAKE", "PaymentNotice", "#payments/[ref P-A]");
          told(persons, tx, ann, "ADT|LAKE", "PaymentNotice", "#payments/[ref P-A]");
          told(persons, tx, bob, "EHR|LAKE", "PaymentNotice", "#payments/[ref P-A]");
          told(persons, tx, waiting, "EHR|LAKE", "PaymentNotice", "#payments/[ref P-B]");
          told(persons, tx, bob, "EHR|LAKE", "PaymentNotice", "#payments/also/[ref P-A]");
          told(persons, tx, bob, "EHR|LAKE", "Invoice", "#payments/[ref P-C]");
          told(persons, tx, bob, "EHR|LAKE", "PaymentNotice", "#payments/[ref P-D]/1");
          told(persons, tx, elsewhere, "EHR|LAKE", "PaymentNotice", "#payments/[ref P-C]");
          List<String> rows =
              List.of(
                  PAYMENT,
                  PAYMENT,
                  "PaymentNotice#payments/[ref P-B]",
                  "PaymentNotice#payments/also/[ref P-A]",
                  "PaymentNotice#payments/also/[ref P-B]",
                  "PaymentNotice#payments/[ref P-C]",
                  "PaymentNotice#payments/[ref P-D]/1",
                  "PaymentNotice#1",
                  "PaymentNotice#[ref P-A]",
                  "Invoice#payments/[ref P-C]",
                  "Invoice#payments/[ref P-A]");
          Map<String, Set<Long>> found = persons.toldOf(tx, PRACTICE, rows);
          assertEquals(
              Map.of(
                  PAYMENT,
                  Set.of(20L, 30L),
                  "PaymentNotice#payments/[ref P-B]",
                  Set.of(0L),
                  "PaymentNotice#payments/also/[ref P-A]",
                  Set.of(30L),
                  "PaymentNotice#payments/[ref P-D]/1",
                  Set.of(30L),
                  "Invoice#payments/[ref P-C]",
                  Set.of(30L)),
              found);
          assertEquals(Map.of(), persons.toldOf(tx, PRACTICE, Set.of()));
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aMessageOfManyPaymentsIsAskedForAllOfThem(Store store) {
    Persons persons = new Persons(store.vault());
    run(
        store,
        tx -> {
          many(persons, tx);
          List<String> rows = new ArrayList<>();
          // More than SQLite takes parameters in one statement.
          IntStream.range(0, 33_000).forEach(i -> rows.add("PaymentNotice#payments/" + i));
          Map<String, Set<Long>> found = persons.toldOf(tx, PRACTICE, rows);
          assertEquals(new HashSet<>(rows.subList(0, MANY)), found.keySet());
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("explained")
  void itIsNoWalkOfAllThatWasTold(Store store, String explain) {
    Persons persons = new Persons(store.vault());
    run(
        store,
        tx -> {
          many(persons, tx);
          tx.sql("analyze asserted").update();
          tx.sql("analyze person").update();
          List<String> plan =
              tx.sql(explain + Persons.TOLD_OF)
                  .param("practice", PRACTICE)
                  .param("kind", "PaymentNotice")
                  .param("rows", List.of("#payments/1", "#payments/2"))
                  .query((row, n) -> row.getString(row.getMetaData().getColumnCount()))
                  .list();
          assertTrue(
              plan.stream().anyMatch(step -> step.contains("asserted_row")), plan.toString());
        });
  }

  /** So many rows told of one person each. */
  private static void many(Persons persons, Transaction tx) {
    List<Object[]> rows = new ArrayList<>();
    List<Person> people =
        IntStream.range(0, 100).mapToObj(i -> person(persons, tx, PRACTICE, i + 1)).toList();
    for (int i = 0; i < MANY; i++) {
      String id = people.get(i % people.size()).id();
      rows.add(new Object[] {PRACTICE, id + "#payments/" + i, id});
    }
    tx.each(
        """
        insert into asserted (practice, sender, kind, target, person_id, message_id, body)
        values (?, 'EHR|LAKE', 'PaymentNotice', ?, ?, 'm-1', '')
        """,
        rows);
  }

  private static Person person(Persons persons, Transaction tx, String practice, long patNum) {
    return persons.create(tx, practice, "known", patNum, "", List.of(), "", List.of());
  }

  private static void told(
      Persons persons, Transaction tx, Person person, String sender, String kind, String row) {
    persons.assertedNow(
        tx,
        person.practice(),
        sender,
        kind,
        person.id() + row,
        "m-1",
        1,
        JsonNodeFactory.instance.objectNode().put("PayAmt", 10));
  }

  private static void run(Store store, Steps steps) {
    Unit<Boolean> unit =
        tx -> {
          tx.sql("delete from asserted").update();
          tx.sql("delete from person").update();
          steps.take(tx);
          return true;
        };
    store.write(unit);
  }

  /** What is done and looked at in one unit. */
  @FunctionalInterface
  private interface Steps {
    void take(Transaction tx);
  }
}
