package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.AnotherInstallation;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Requests.Entry;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/** Whatever another installation writes with our keys is counted, and never what we write. */
final class AnotherInstallationTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 6, 1, 12, 0);

  @TempDir static Path folder;
  private static House house;
  private static AnotherInstallation other;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder, 0.05).busyLanes();
    house.startBundle();
    house.untilConnected();
    other = new AnotherInstallation(house);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void whatItBooksMovesAndChangesIsCountedOnce() throws Exception {
    long before = other.counted();
    // Ours beside theirs, as in any hour.
    house.accepted("elm", Hospital.adt("A28", "W1", Patient.numbered(8101)));
    house.untilAllEnded();
    List<Map<String, Object>> theirs =
        house
            .office("elm")
            .rows(
                "select PatNum from patient where PatStatus = 0 and PatNum <= 10 order by PatNum limit 3");
    long booked = patNum(theirs, 0);
    other.writes(
        "POST",
        "/appointments",
        "{\"PatNum\":%d,\"Op\":1,\"ProvNum\":1,\"AptDateTime\":\"2027-07-05 09:00:00\"}"
            .formatted(booked));
    assertEquals(before + 1, other.counted(), "booked");
    assertEquals(before + 1, other.counted(), "once");
    long aptNum =
        house.office("elm").count("select max(AptNum) from appointment where PatNum = ?", booked);
    other.writes("PUT", "/appointments/" + aptNum, "{\"AptDateTime\":\"2027-07-05 11:00:00\"}");
    assertEquals(before + 2, other.counted(), "moved");
    other.writes("PUT", "/patients/" + patNum(theirs, 1), "{\"City\":\"Elsewhere\"}");
    assertEquals(before + 3, other.counted(), "a patient changed");
    assertTrue(
        house.metrics().contains("pontic_foreign_writes{practice=\"elm\"} " + (before + 3) + ".0"));
    house.api().requests().clear();
    assertEquals(before + 3, other.counted(), "once");
    assertEquals(
        1,
        house.api().requests().list("elm").stream()
            .map(Entry::template)
            .filter(path -> path.equals("/securitylogs"))
            .count(),
        "one request an hour");
  }

  @Test
  void whatWeWriteIsNeverCountedThoughAnswersAreLostAndProcessesEnd() throws Exception {
    long before = other.counted();
    Patient patient = Patient.numbered(8201);
    house.accepted("elm", Hospital.adt("A28", "W21", patient));
    house.untilAllEnded();
    assertEquals(before, other.counted(), "created");
    for (FaultKind lost : List.of(FaultKind.DROP_AFTER, FaultKind.TIMEOUT_AFTER)) {
      String name = lost.name().toLowerCase();
      house.api().faults().arm(Fault.of("elm", lost).on("PUT", "/patients/*"));
      house.api().faults().arm(Fault.of("elm", lost).on("POST", "/appointments"));
      house.accepted(
          "elm",
          Hospital.adt(
              "A31",
              "W22" + name,
              patient.withPhone(lost == FaultKind.DROP_AFTER ? "9715551101" : "9715551102")));
      house.accepted(
          "elm",
          Hospital.siu(
              "S12", "W23" + name, patient, "PL" + name, NOON.plusDays(lost.ordinal()), 30, ""));
      // While it is unclear, and when it is settled.
      house.untilUnderstood();
      assertEquals(before, other.counted(), "unclear after " + name);
      house.untilAllEnded();
      house.ledger().assertEnd("landed", "W22" + name);
      house.ledger().assertEnd("landed", "W23" + name);
      assertEquals(before, other.counted(), "settled after " + name);
      house.api().faults().clear();
    }
    house.accepted("elm", Hospital.adt("A31", "W24", patient.withPhone("9715551103")));
    house.untilAllEnded();
    house.stopBundle();
    house.startBundle();
    house.untilConnected();
    assertEquals(before, other.counted(), "after a restart");
  }

  @Test
  void entriesThatAMergeMovesToAnotherPatientAreNotCounted() throws Exception {
    long before = other.counted();
    Patient patient = Patient.numbered(8301);
    house.accepted("elm", Hospital.adt("A28", "W31", patient));
    house.untilAllEnded();
    long kept = house.office("elm").anybody();
    house.sandbox().frontDesk("elm").merge(house.office("elm").patNum(patient), kept);
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from securitylog where PatNum = ? and PermType = 106 and LogSource = 23",
                kept),
        "the entry of our create stands under the patient that was kept");
    assertEquals(before, other.counted());
    assertEquals(before, other.counted());
  }

  @Test
  void aLogThatIsNotInTheOrderOfItsNumbersIsNotJudged() throws Exception {
    long before = other.counted();
    house.accepted("elm", Hospital.adt("A28", "W41", Patient.numbered(8401)));
    house.untilAllEnded();
    assertEquals(before, other.counted());
    // As if another entry stood now where the last look ended.
    house
        .ledger()
        .change("update lane set own_log_newest = own_log_newest + 1 where practice = 'elm'");
    other.writes("PUT", "/patients/" + house.office("elm").anybody(), "{\"City\":\"Away\"}");
    assertEquals(before, other.counted(), "nothing can be told");
    assertEquals(-1, house.ledger().count("select own_log_seen from lane where practice = 'elm'"));
    assertEquals(before, other.counted(), "begun anew");
    other.writes("PUT", "/patients/" + house.office("elm").anybody(), "{\"City\":\"Back\"}");
    assertEquals(before + 1, other.counted(), "from there on it is judged again");
  }

  private static long patNum(List<Map<String, Object>> rows, int number) {
    return ((Number) rows.get(number).get("PatNum")).longValue();
  }
}
