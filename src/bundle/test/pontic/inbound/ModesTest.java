package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.Mode;
import pontic.sandbox.api.Requests.Entry;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * The API inside the office (open-dental-api.md 1.1): elm in Service mode, oak in Local mode, which
 * names no location. Neither has a throttle, and an office that is away closes the socket.
 */
final class ModesTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 6, 1, 12, 0);
  private static final AtomicInteger NUMBER = new AtomicInteger(8800);

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000")
            .with("practices.elm.api.mode", "service")
            .with("practices.oak.api.mode", "local");
    house.api().change("elm", office -> office.withMode(Mode.SERVICE));
    house.api().change("oak", office -> office.withMode(Mode.LOCAL));
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void asItWas() {
    house.api().faults().clear();
    house.api().requests().clear();
  }

  @ParameterizedTest
  @ValueSource(strings = {"elm", "oak"})
  void aPatientAndHisVisitsLandAndNothingWaitsForAPeriod(String practice) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    String place = "MODE" + NUMBER;
    String made = house.ended(practice, Hospital.adt("A28", control(), patient));
    String booked =
        house.ended(practice, Hospital.siu("S12", control(), patient, place, NOON, 30, ""));
    String moved =
        house.ended(
            practice, Hospital.siu("S13", control(), patient, place, NOON.plusDays(1), 30, ""));
    for (String id : List.of(made, booked, moved)) {
      house.ledger().assertEnd("landed", id);
    }
    assertEquals(1, house.office(practice).patients(patient).size());
    assertEquals(1, house.office(practice).appointments(patient).size());
    assertEquals(
        NOON.plusDays(1).toString(),
        house
            .office(practice)
            .appointments(patient)
            .get(0)
            .get("AptDateTime")
            .toString()
            .replace(' ', 'T')
            .substring(0, 16));
    assertEquals("0", periodMillis(practice));
    assertEquals(
        List.of(), requests(practice).stream().filter(each -> each.periodMillis() != 0).toList());
  }

  /** A key that is not told in the answer would be looked for, or made a second time. */
  @ParameterizedTest
  @ValueSource(strings = {"elm", "oak"})
  void theKeyOfANewRowIsReadOutOfTheAnswer(String practice) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    String id = house.ended(practice, Hospital.adt("A28", control(), patient));
    house.ledger().assertEnd("landed", id);
    assertTrue(
        house
            .ledger()
            .receipt(id)
            .get("receipt_keys")
            .toString()
            .contains("" + house.office(practice).patNum(patient)),
        () -> house.ledger().receipt(id).toString());
    assertEquals("", house.ledger().receipt(id).get("receipt_settled"), "nothing was looked for");
    assertEquals(
        List.of("201"),
        requests(practice).stream()
            .filter(each -> each.method().equals("POST") && each.template().equals("/patients"))
            .map(Entry::status)
            .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"elm", "oak"})
  void anOfficeThatIsAwayClosesTheSocketAndWhatWaitsDrainsInOrder(String practice)
      throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    house.ended(practice, Hospital.adt("A28", control(), patient));
    house.api().faults().arm(Fault.of(practice, FaultKind.OFFLINE));
    List<String> waiting =
        List.of(
            house.accepted(
                practice, Hospital.adt("A31", control(), patient.withPhone("5035558801"))),
            house.accepted(
                practice, Hospital.adt("A31", control(), patient.withPhone("5035558802"))));
    String booked =
        house.accepted(
            practice, Hospital.siu("S12", control(), patient, "AWAY" + NUMBER, NOON, 30, ""));
    House.until(
        "the office is known to be away",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from lane where practice = '"
                            + practice
                            + "' and state = 'offline'")
                == 1);
    assertTrue(
        Pattern.compile(
                "\"practice\":\"" + practice + "\".*?\"state\":\"offline\"[^}]*\"lastOkAt\":\"20")
            .matcher(house.control("/control/status"))
            .find(),
        "status says since when");
    assertTrue(
        requests(practice).stream().anyMatch(each -> each.status().equals("dropped")),
        "it was a closed socket");
    house.api().faults().clear();
    house.untilAllEnded();
    assertTrue(List.of("landed", "superseded by").contains(house.ledger().end(waiting.get(0))));
    house.ledger().assertEnd("landed", waiting.get(1));
    house.ledger().assertEnd("landed", booked);
    assertEquals(
        "5035558802",
        house
            .office(practice)
            .patients(patient)
            .get(0)
            .get("HmPhone")
            .toString()
            .replaceAll("\\D", ""));
    assertEquals(1, house.office(practice).appointments(patient).size());
  }

  @ParameterizedTest
  @CsvSource({
    "elm, /patients",
    "elm, /appointments",
    "oak, /patients",
    "oak, /appointments",
  })
  void aCreateWhoseAnswerIsLostLeavesOneRow(String practice, String path) throws Exception {
    Patient patient = Patient.numbered(NUMBER.incrementAndGet());
    house.api().faults().arm(Fault.of(practice, FaultKind.DROP_AFTER).on("POST", path).times(1));
    String id =
        house.ended(
            practice, Hospital.siu("S12", control(), patient, "DROP" + NUMBER, NOON, 30, ""));
    house.ledger().assertEnd("landed", id);
    assertTrue(
        requests(practice).stream()
            .anyMatch(each -> each.fault().isPresent() && each.landed().isPresent()),
        "its answer was lost");
    assertEquals(1, house.office(practice).patients(patient).size());
    assertEquals(1, house.office(practice).appointments(patient).size());
  }

  private static String periodMillis(String practice) {
    return house
        .ledger()
        .texts("select capabilities from lane where practice = ?", practice)
        .get(0)
        .replaceAll("(?s).*\"periodMillis\":(\\d+).*", "$1");
  }

  private static List<Entry> requests(String practice) {
    return house.api().requests().list(practice);
  }

  private static String control() {
    return "MODES-" + NUMBER.incrementAndGet();
  }
}
