package pontic.person;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

/** To whom numbers lead while messages are open, and after them (decision 0414). */
final class ClaimsTest {
  private static final String PRACTICE = "elm";
  private static final Identifier HUNDRED = new Identifier("urn:id:LAKE", "100");
  private static final Identifier OTHER = new Identifier("urn:id:EAST", "777");
  private static final Identifier THIRD = new Identifier("urn:id:WEST", "888");

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
  void aNumberThatWasTakenBackLeadsToNobodyWithAllThatWasFoundByIt(Store store) {
    Town town = new Town(store);
    town.run(
        tx -> {
          Person ann = town.known(tx, 20, HUNDRED);
          town.says(tx, "first", ann, false, HUNDRED, OTHER);
          assertTrue(town.claims.alone(tx, PRACTICE, "second", List.of(OTHER, THIRD)));
          assertFalse(town.claims.alone(tx, PRACTICE, "second", List.of(HUNDRED, OTHER)));
          town.says(tx, "second", ann, true, OTHER, THIRD);
          town.says(tx, "last", ann, true, THIRD);
          assertEquals(
              List.of("second", "last"),
              town.claims.withdraw(tx, PRACTICE, "first").stream()
                  .map(Claims.Lost::messageId)
                  .toList());
          assertEquals(List.of(ann.id()), town.targets(tx, HUNDRED));
          assertEquals(List.of(), town.targets(tx, OTHER, THIRD));
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aNumberThatALaterMessageSaysTooStaysWithThat(Store store) {
    Town town = new Town(store);
    town.run(
        tx -> {
          Person ann = town.known(tx, 20, HUNDRED);
          town.says(tx, "first", ann, false, HUNDRED, OTHER);
          town.says(tx, "second", ann, false, HUNDRED, OTHER);
          assertEquals(List.of(), town.claims.withdraw(tx, PRACTICE, "first"));
          assertEquals(List.of(ann.id()), town.targets(tx, OTHER));
          town.claims.withdraw(tx, PRACTICE, "second");
          assertEquals(List.of(), town.targets(tx, OTHER));
        });
  }

  /**
   * While an office does not answer, messages about one patient wait by the thousand, and each says
   * his number: what a new one asks of their claims is answered by those few that moved it.
   */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("explained")
  void whatOneMessageAsksOfANumberIsNoWalkOfAllThatSayIt(Store store, String explain) {
    Town town = new Town(store);
    town.run(
        tx -> {
          Person ann = town.known(tx, 20, HUNDRED);
          town.says(tx, "first", ann, false, OTHER);
          String index = town.persons.index(OTHER);
          tx.each(
              """
              insert into identifier_claim (practice, system, value_index, message_id, place, former, alone, tells)
              values (?, ?, ?, ?, ?, ?, 0, 1)
              """,
              // Three hundred of one patient, and of each other ten, with ids on either side of
              // his.
              IntStream.range(2, 6_000)
                  .mapToObj(
                      i ->
                          i % 20 == 0
                              ? new Object[] {
                                PRACTICE, OTHER.system(), index, "m-" + i, i, ann.id()
                              }
                              : new Object[] {
                                PRACTICE,
                                OTHER.system(),
                                "n-" + i % 571,
                                "m-" + i,
                                i,
                                (i % 2 == 1 ? "p-0" : "p-z") + i % 571
                              })
                  .toList());
          tx.sql("analyze identifier_claim").update();
          assertAll(
              Stream.of(Claims.LEADING, Claims.PARKED)
                  .map(
                      sql ->
                          () -> {
                            List<String> plan = town.plan(tx, explain + sql, OTHER);
                            assertEquals(
                                2,
                                plan.stream()
                                    .filter(step -> step.contains("identifier_claim_led"))
                                    .count(),
                                plan.toString());
                            assertTrue(
                                plan.stream()
                                    .noneMatch(
                                        step ->
                                            step.contains("sqlite_autoindex_identifier_claim")
                                                || step.contains("identifier_claim_pkey")),
                                plan.toString());
                          }));
          List<String> plan = town.plan(tx, explain + Claims.CLAIM, OTHER);
          assertTrue(
              plan.stream().anyMatch(step -> step.contains("identifier_claim_place")),
              plan.toString());
          // And it is the answer still.
          assertTrue(town.claims.alone(tx, PRACTICE, "next", List.of(OTHER)));
          assertFalse(town.claims.alone(tx, PRACTICE, "first", List.of(OTHER)));
          assertFalse(town.claims.alone(tx, PRACTICE, "next", List.of(HUNDRED)));
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatEndedWellSettlesWhatWasSaidBeforeUnlessItSaysNoName(Store store) {
    Town town = new Town(store);
    town.run(
        tx -> {
          Person ann = town.known(tx, 20, HUNDRED);
          town.says(tx, "first", ann, false, HUNDRED, OTHER, THIRD);
          town.says(tx, "nameless", ann, true, OTHER);
          town.says(tx, "named", ann, false, HUNDRED, THIRD);
          town.claims.settle(tx, PRACTICE, "nameless");
          town.claims.settle(tx, PRACTICE, "named");
          town.claims.withdraw(tx, PRACTICE, "first");
          assertEquals(List.of(), town.targets(tx, OTHER));
          assertEquals(List.of(ann.id()), town.targets(tx, THIRD));
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatAMergeSaysOfANumberStandsWhateverBecomesOfWhoClaimedItBefore(Store store) {
    Town town = new Town(store);
    town.run(
        tx -> {
          Person ann = town.known(tx, 20, HUNDRED);
          town.says(tx, "first", ann, false, HUNDRED, OTHER, THIRD);
          town.claims.settle(tx, PRACTICE, List.of(OTHER));
          town.claims.withdraw(tx, PRACTICE, "first");
          assertEquals(List.of(ann.id()), town.targets(tx, OTHER));
          assertEquals(List.of(), town.targets(tx, THIRD));
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aMovedNumberGoesBackToWhoHadItAlsoIfHeWasMergedMeanwhile(Store store) {
    Town town = new Town(store);
    town.run(
        tx -> {
          Person ann = town.known(tx, 20, HUNDRED);
          Person carl = town.known(tx, 30, OTHER);
          Person carlAgain = town.known(tx, 31, THIRD);
          town.claims.lead(tx, PRACTICE, "merge", List.of(OTHER), ann.id());
          town.says(tx, "nameless", ann, true, OTHER);
          assertEquals(List.of(ann.id()), town.targets(tx, OTHER));
          town.persons.merge(tx, carl, carlAgain);
          assertEquals(
              List.of(new Claims.Lost("nameless", List.of(carlAgain.id()))),
              town.claims.withdraw(tx, PRACTICE, "merge"));
          assertEquals(List.of(carlAgain.id()), town.targets(tx, OTHER));
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whomAPersonDecidesForHasTheNumbersThatOthersBroughtByTheseAlone(Store store) {
    Town town = new Town(store);
    town.run(
        tx -> {
          Person ann = town.known(tx, 20, HUNDRED);
          Person bob = town.known(tx, 30);
          town.says(tx, "held", ann, false, HUNDRED, OTHER);
          town.says(tx, "behind", ann, true, OTHER, THIRD);
          town.claims.lead(tx, PRACTICE, "held", List.of(OTHER), bob.id());
          assertEquals(List.of(bob.id()), town.targets(tx, OTHER, THIRD));
          // Held once more, and given up.
          town.claims.withdraw(tx, PRACTICE, "held");
          assertEquals(List.of(), town.targets(tx, OTHER, THIRD));
          assertEquals(List.of(ann.id()), town.targets(tx, HUNDRED));
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whoIsNotThereYetAndHasNoOtherNumberIsKnownAsSuch(Store store) {
    Town town = new Town(store);
    town.run(
        tx -> {
          Person nobody = town.waiting(tx);
          town.says(tx, "first", nobody, false, OTHER);
          assertTrue(town.claims.areAll(tx, nobody, Set.of("first")));
          town.says(tx, "second", nobody, true, OTHER, THIRD);
          assertFalse(town.claims.areAll(tx, nobody, Set.of("first")));
          assertEquals(
              Optional.empty(),
              town.claims.parked(tx, PRACTICE, "second", List.of(OTHER)),
              "there is no such work");
          assertEquals("", town.persons.nameBirth(tx, nobody));
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aBookingThatNobodySpeaksOfIsForgottenAndOneOfTheOfficeIsNot(Store store) {
    Town town = new Town(store);
    town.run(
        tx -> {
          Person ann = town.known(tx, 20, HUNDRED);
          Booking open = town.persons.createBooking(tx, PRACTICE, ann.id(), 0);
          Booking made = town.persons.createBooking(tx, PRACTICE, ann.id(), 7);
          town.persons.forgetBooking(tx, PRACTICE, open.id());
          town.persons.forgetBooking(tx, PRACTICE, made.id());
          assertTrue(town.persons.booking(tx, PRACTICE, open.id()).isEmpty());
          assertTrue(town.persons.booking(tx, PRACTICE, made.id()).isPresent());
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void whatAnySenderHasCalledHimIsKnownAndNothingElseThatTheySaid(Store store) {
    Town town = new Town(store);
    town.run(
        tx -> {
          Person ann = town.known(tx, 20, HUNDRED);
          town.asserts(tx, "ADT|LAKE", Persons.PATIENT, ann.id(), "Ann");
          town.asserts(tx, "DOCS|LAKE", Persons.CALLED, ann.id() + "#m-1", "Annie");
          town.asserts(tx, "DOCS|LAKE", "documents", ann.id() + "#1", "Letter");
          assertEquals(
              Set.of("Ann", "Annie"),
              town.persons.called(tx, ann).stream()
                  .map(fields -> fields.path("FName").asText())
                  .collect(Collectors.toSet()));
        });
  }

  /** People of one test; nothing of it stays in the store. */
  private static final class Town {
    private final Store store;
    private final Persons persons;
    private final Claims claims;

    Town(Store store) {
      this.store = store;
      this.persons = new Persons(store.vault());
      this.claims = new Claims(persons);
    }

    void run(Steps steps) {
      Unit<Boolean> unit =
          tx -> {
            for (String table : List.of("identifier", "identifier_claim", "person", "booking")) {
              tx.sql("delete from " + table).update();
            }
            steps.take(tx);
            return true;
          };
      store.write(unit);
    }

    Person known(Transaction tx, long patNum, Identifier... numbers) {
      Person person = persons.create(tx, PRACTICE, "known", patNum, "", List.of(), "", List.of());
      persons.remember(tx, PRACTICE, Persons.PATIENT, List.of(numbers), person.id());
      return person;
    }

    Person waiting(Transaction tx) {
      return persons.create(tx, PRACTICE, "waiting", 0, "", List.of(), "", List.of());
    }

    void says(Transaction tx, String message, Person meant, boolean alone, Identifier... numbers) {
      claims.remember(tx, PRACTICE, message, List.of(numbers), meant.id(), alone, !alone);
    }

    void asserts(Transaction tx, String sender, String kind, String target, String first) {
      persons.assertedNow(
          tx,
          PRACTICE,
          sender,
          kind,
          target,
          "m-1",
          1,
          JsonNodeFactory.instance.objectNode().put("FName", first));
    }

    /** How a database answers it. */
    List<String> plan(Transaction tx, String explained, Identifier number) {
      return tx.sql(explained)
          .param("practice", PRACTICE)
          .param("system", number.system())
          .param("value", persons.index(number))
          .param("message", "next")
          .param("target", target(tx, number))
          .param("former", "")
          .param("alone", 0)
          .param("tells", 0)
          .query((row, n) -> row.getString(row.getMetaData().getColumnCount()))
          .list();
    }

    private String target(Transaction tx, Identifier number) {
      return targets(tx, number).get(0);
    }

    List<String> targets(Transaction tx, Identifier... numbers) {
      return persons.targets(tx, PRACTICE, Persons.PATIENT, List.of(numbers));
    }
  }

  /** What is done and looked at in one unit. */
  @FunctionalInterface
  private interface Steps {
    void take(Transaction tx);
  }
}
