package pontic.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.AnotherInstallation;
import pontic.house.House;
import pontic.inbound.PerioSample;
import pontic.mapping.Writes;

/**
 * Where every write of the API leaves an entry in the office's log, none of Pontic's own is taken
 * for another installation's, and theirs are noticed (decision 0389).
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OwnEntriesTest {
  private static final String WORDS =
      "{patient-field: {'urn:hospital:number': Hospital number}, confirmation: {Confirmed: 2}, appointment-type: {EXAM: 1}}";

  @TempDir static Path folder;
  private static House house;
  private static AnotherInstallation other;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.of(folder, House.SCALE, Offices.FIRST.plans())
            .busyLanes()
            .with("pontic.capture.period", "1h")
            .with("pontic.facade.wait-seconds", "0");
    for (String practice : Offices.FIRST.all()) {
      house
          .with(
              "practices." + practice + ".writes.on",
              "procedurelogs.post, payments.post, carriers.post, insplans.post")
          .withCodes(practice, WORDS);
      house
          .api()
          .change(
              practice,
              settings -> settings.withAlso(House.EVERY_PERMISSION).withEveryWriteLogged(true));
    }
    house.startBundle();
    house.untilConnected();
    other = new AnotherInstallation(house);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  @Order(1)
  void noneOfOursIsTakenForAnothersWhateverItWrites() throws Exception {
    long before = other.counted();
    Matrix.Sender sender = new Matrix.Sender(house);
    Matrix.Product product =
        new Matrix.Product() {
          @Override
          public void deliver(String practice, Chapter.Message message) throws Exception {
            assertTrue(sender.send(practice, message), message.controlId());
          }

          @Override
          public void untilAllEnded(String practice) {
            house.untilAllEnded();
            assertEquals(before, other.counted());
            // What was written in this round stands for no entry of the next.
            house
                .ledger()
                .change(
                    "update call set intent_at = intent_at - 86400000, outcome_at = outcome_at - 86400000"
                        + " where purpose = 'call' and state = 'landed'");
          }
        };
    new Matrix(house, Offices.FIRST).playClean(product);
    // An exam of which the strings say one part, one in part, and one not at all.
    PerioSample exam =
        PerioSample.partlyDigits("2025-02-03").with(PerioSample.Measure.mobility(3, 2));
    product.deliver(
        "elm",
        new Chapter.Message(
            "own-exam",
            "/Observation/own-exam",
            exam.json("Patient/elm-patient-" + somebodyElse(), "own-exam", "final")));
    product.untilAllEnded("elm");

    Set<String> known = new TreeSet<>();
    Writes.load(House.home().resolve("mappings")).all().forEach(write -> known.add(write.name()));
    assertEquals(
        known,
        new TreeSet<>(
            house
                .ledger()
                .texts(
                    "select distinct name from call where practice = 'elm' and purpose = 'call' and state = 'landed'"
                        + " and name not like 'subscriptions.%'")),
        "each kind of write");
    long landed =
        house
            .ledger()
            .count(
                "select count(*) from call where practice = 'elm' and purpose = 'call' and state = 'landed'"
                    + " and name not like 'subscriptions.%'");
    long entries =
        house.office("elm").count("select count(*) from securitylog where LogSource = 23");
    assertTrue(entries >= landed, entries + " entries of " + landed + " writes");
    assertEquals(
        entries,
        house.ledger().count("select own_log_seen from lane where practice = 'elm'"),
        "each was looked at");
    assertEquals(landed("documents.post"), entries(202));
    assertEquals(landed("referrals.post"), entries(54));
  }

  /** A file, and that somebody refers a patient. */
  @Test
  @Order(2)
  void filesAndReferralsOfAnotherInstallationAreCounted() throws Exception {
    long before = other.counted();
    long patient = anybody();
    long referral = house.office("elm").count("select max(ReferralNum) from referral");
    other.writes(
        "POST",
        "/documents/Upload",
        "{\"PatNum\":%d,\"rawBase64\":\"JVBERi0xLjQK\",\"extension\":\".pdf\",\"Description\":\"theirs\"}"
            .formatted(patient));
    assertEquals(before + 1, other.counted(), "a file");
    other.writes(
        "POST", "/refattaches", "{\"PatNum\":%d,\"ReferralNum\":%d}".formatted(patient, referral));
    assertEquals(before + 2, other.counted(), "a referral of a patient");
    // Of the list of who refers, and so of no patient.
    other.writes("POST", "/referrals", "{\"LName\":\"Theirs\",\"FName\":\"Ada\"}");
    assertEquals(before + 2, other.counted(), "nobody's");
    assertEquals(landed("referrals.post") + 1, entries(54), "though it is in the log");
    assertEquals(before + 2, other.counted(), "once");
  }

  /** Types of open-dental-schema.md 1.4 that no request of the sandbox leaves. */
  @ParameterizedTest
  @CsvSource({"44, 1", "54, 1", "57, 1", "89, 1", "202, 1", "99, 0"})
  @Order(3)
  void whatElseIsDoneToFilesAndReferralsOfAPatientIsCounted(int type, int more) throws Exception {
    long before = other.counted();
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(
            "insert into securitylog (PermType, UserNum, LogDateTime, LogText, PatNum, CompName, FKey, LogSource, DefNum, DefNumError)"
                + " values (?, 0, now(), 'by API developer Pontic Sandbox', ?, '', 0, 23, 0, 0)")
        .params(type, anybody())
        .update();
    // A type whose name tells of no write is no harm.
    assertEquals(before + more, other.counted());
  }

  @Test
  @Order(4)
  void whereAFileLeavesNoEntryItIsNotNoticed() throws Exception {
    house.api().change("elm", settings -> settings.withEveryWriteLogged(false));
    long before = other.counted();
    other.writes(
        "POST",
        "/documents/Upload",
        "{\"PatNum\":%d,\"rawBase64\":\"JVBERi0xLjQK\",\"extension\":\".pdf\"}"
            .formatted(anybody()));
    assertEquals(before, other.counted());
  }

  /** Of whom Pontic writes nothing. */
  private static long anybody() {
    return house.office("elm").anybody();
  }

  private static long somebodyElse() {
    return house
        .office("elm")
        .count("select min(PatNum) from patient where PatStatus = 0 and PatNum > ?", anybody());
  }

  private static long landed(String write) {
    return house
        .ledger()
        .count(
            "select count(*) from call where practice = 'elm' and state = 'landed' and name = '"
                + write
                + "'");
  }

  private static long entries(int type) {
    return house
        .office("elm")
        .count("select count(*) from securitylog where LogSource = 23 and PermType = ?", type);
  }
}
