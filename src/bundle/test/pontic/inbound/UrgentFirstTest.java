package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.house.FacadeClient;
import pontic.house.House;
import pontic.sandbox.api.Requests.Entry;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/**
 * What somebody waits for goes before what is loaded (decision 0337): seen in the keys that the
 * office's database gave and in the order of the API's requests. {@code -Dproof.flood=300} for a
 * longer flood.
 */
final class UrgentFirstTest {
  private static final Logger LOG = LoggerFactory.getLogger(UrgentFirstTest.class);
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 8, 3, 12, 0);
  private static final int FLOOD = Integer.getInteger("proof.flood", 40);

  /** After so many urgent ones one of the others has its turn. */
  private static final int TURN = 10;

  @TempDir static Path folder;
  private static House house;
  private static int people = 9_000;
  private static int sent;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000")
            .with("practices.oak.database.enabled", "false")
            .permitted(Set.of("ApiDocuments", "ApiAllOthers"));
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void noRequestBrokeTheSpacing() {
    assertEquals(List.of(), house.api().requests().violations(0));
  }

  @Test
  void aBookingAndWhoRegistersAtTheDeskGoBeforeAFloodThatCameEarlier() throws Exception {
    rests("elm");
    List<Patient> flood = flood("elm", "A28", FLOOD);
    Patient arrives = somebody();
    Patient booked = somebody();
    house.accepted("elm", Hospital.adt("A04", id(), arrives));
    house.accepted("elm", booking("S12", booked, NOON));
    goesOn("elm");
    house.untilAllEnded();

    long first = patNum("elm", arrives);
    assertTrue(before(flood, first) == 0, before(flood, first) + " went before who arrives");
    long second = patNum("elm", booked);
    assertTrue(before(flood, second) == 0, before(flood, second) + " went before the booking");
    assertEquals(1, house.office("elm").appointments(booked).size());
    for (Patient each : flood) {
      assertEquals(1, house.office("elm").patients(each).size());
    }
    LOG.info(
        "{} registrations of an import waited: the booking was written with request {} of {}",
        FLOOD,
        place("elm", "POST", "/appointments"),
        house.api().requests().list("elm").size());
  }

  @Test
  void whatAnUrgentOneWaitsForIsAsUrgentAndTheOrderOfAPatientHolds() throws Exception {
    Patient known = somebody();
    house.ended("elm", Hospital.adt("A28", id(), known));
    rests("elm");
    List<Patient> flood = flood("elm", "A28", FLOOD / 2);
    Patient fresh = somebody();
    String registered = house.accepted("elm", Hospital.adt("A28", id(), fresh));
    String older = house.accepted("elm", Hospital.adt("A31", id(), known.withPhone("5035559101")));
    flood.addAll(flood("elm", "A28", FLOOD / 2));
    String first = house.accepted("elm", booking("S12", fresh, NOON.plusDays(1)));
    String second = house.accepted("elm", booking("S12", known, NOON.plusDays(1).plusHours(1)));
    String newer = house.accepted("elm", Hospital.adt("A31", id(), known.withPhone("5035559102")));
    goesOn("elm");
    house.untilAllEnded();

    assertTrue(before(flood, patNum("elm", fresh)) == 0, "its registration came with the booking");
    assertTrue(ended(registered) <= ended(first), "registered, then booked");
    assertTrue(ended(older) <= ended(second), "changed, then booked");
    assertTrue(ended(second) <= ended(newer), "booked, then changed again");
    for (String each : List.of(registered, older, first, second, newer)) {
      house.ledger().assertEnd("landed", each);
    }
    assertEquals(
        "5035559102",
        String.valueOf(house.office("elm").patients(known).get(0).get("HmPhone"))
            .replaceAll("\\D", ""));
    assertEquals(1, house.office("elm").patients(fresh).size());
    assertEquals(1, house.office("elm").appointments(fresh).size());
    assertEquals(1, house.office("elm").appointments(known).size());
    List<Long> floods = flood.stream().map(UrgentFirstTest::inElm).toList();
    assertTrue(
        floods.stream().filter(each -> each < patNum("elm", fresh)).count() == 0,
        "both bookings went before the flood");
    assertTrue(ended(newer) > ended(first), "what is behind its booking is not urgent for it");
  }

  @Test
  void afterTenUrgentOnesOneOfTheOthersHasItsTurn() throws Exception {
    List<Patient> known = new ArrayList<>();
    for (int i = 0; i < 2 * TURN + 5; i++) {
      Patient each = somebody();
      house.accepted("elm", Hospital.adt("A28", id(), each));
      known.add(each);
    }
    house.untilAllEnded();
    rests("elm");
    for (int i = 0; i < known.size(); i++) {
      house.accepted(
          "elm", booking("S12", known.get(i), NOON.plusDays(10 + i / 8).plusHours(i % 8)));
    }
    List<Patient> others = flood("elm", "A28", 3);
    goesOn("elm");
    house.untilAllEnded();

    List<String> writes =
        house.api().requests().list("elm").stream()
            .filter(entry -> entry.method().equals("POST"))
            .map(Entry::template)
            .filter(template -> template.matches("/(patients|appointments)"))
            .toList();
    assertEquals(known.size() + others.size(), writes.size(), writes.toString());
    List<Integer> turns =
        IntStream.range(0, writes.size())
            .filter(i -> writes.get(i).equals("/patients"))
            .boxed()
            .toList();
    assertEquals(TURN, turns.get(0), writes.toString());
    assertEquals(2 * TURN + 1, turns.get(1), writes.toString());
    assertEquals(writes.size() - 1, turns.get(2), "the third waits until no booking does");
    for (Patient each : known) {
      assertEquals(1, house.office("elm").appointments(each).size());
    }
  }

  @Test
  void whatCameInABatchIsBulkWhateverItIs() throws Exception {
    rests("elm");
    StringBuilder batch =
        new StringBuilder("FHS|^~\\&|ADTLAKE|LAKESIDE\rBHS|^~\\&|ADTLAKE|LAKESIDE\r");
    List<Patient> loaded = new ArrayList<>();
    for (int i = 0; i < TURN; i++) {
      Patient each = somebody();
      loaded.add(each);
      batch.append(
          new String(booking("S12", each, NOON.plusDays(20).plusHours(i)), StandardCharsets.UTF_8));
    }
    batch.append("BTS|").append(TURN).append("\rFTS|1\r");
    house.send("elm", batch.toString().getBytes(StandardCharsets.UTF_8));
    Patient alone = somebody();
    house.accepted("elm", booking("S12", alone, NOON.plusDays(30)));
    goesOn("elm");
    house.untilAllEnded();

    assertEquals(0, before(loaded, patNum("elm", alone)));
    for (Patient each : loaded) {
      assertEquals(1, house.office("elm").appointments(each).size());
    }
  }

  @Test
  void aFhirBookingGoesBeforeAFloodOfResultsAndOfUpdates() throws Exception {
    Patient known = somebody();
    Patient sick = somebody();
    house.accepted("elm", Hospital.adt("A28", id(), sick));
    house.ended("elm", Hospital.adt("A28", id(), known));
    FacadeClient client = new FacadeClient(house, "urgent");
    rests("elm");
    List<String> bulk = new ArrayList<>();
    for (int i = 0; i < FLOOD / 4; i++) {
      bulk.add(house.accepted("elm", result(sick)));
    }
    String appointment =
        """
        {"resourceType": "Appointment", "status": "booked", "identifier": [{"system": "urn:oid:1.2.3", "value": "FB-%s"}],
         "start": "2027-09-01T15:00:00Z", "end": "2027-09-01T15:30:00Z", "minutesDuration": 30,
         "participant": [{"actor": {"reference": "Patient/elm-patient-%d"}, "status": "accepted"},
           {"actor": {"type": "Location", "identifier": {"value": "OP-1"}}, "status": "accepted"}]}
        """
            .formatted(id(), patNum("elm", known));
    String status =
        client
            .send("elm", "POST", "/Appointment", appointment)
            .headers()
            .firstValue("Content-Location")
            .orElseThrow();
    goesOn("elm");
    assertEquals("landed", client.untilEnded("elm", status).path("end").asText());
    house.untilAllEnded();

    long booked = place("elm", "POST", "/appointments");
    long filed = place("elm", "POST", "/documents/Upload");
    assertTrue(booked < filed, "booked with request " + booked + ", a result filed with " + filed);
    assertEquals(1, house.office("elm").appointments(known).size());
    for (String each : bulk) {
      house.ledger().assertEnd("landed", each);
    }
  }

  /** Oak's database is not read: its lists are, by the same lane. */
  @Test
  void listsThatAreReadLeaveABookingNineRequestsOfTen() throws Exception {
    house.api().requests().clear();
    House.until(
        "lists are read again and again",
        () ->
            house.api().requests().list("oak").stream().filter(UrgentFirstTest::isRead).count()
                > 20);
    Patient patient = somebody();
    long from = house.api().requests().list("oak").size();
    String id = house.accepted("oak", booking("S12", patient, NOON.plusDays(40)));
    House.until("it has ended", () -> !house.ledger().end(id).isEmpty());
    house.ledger().assertEnd("landed", id);
    List<Entry> all = house.api().requests().list("oak");
    int written =
        IntStream.range(0, all.size())
            .filter(
                i ->
                    all.get(i).template().equals("/appointments")
                        && all.get(i).method().equals("POST"))
            .findFirst()
            .orElseThrow();
    int begun =
        IntStream.range((int) from, all.size())
            .filter(i -> all.get(i).template().equals("/patients/Simple"))
            .findFirst()
            .orElse((int) from);
    long lists = all.subList(begun, written).stream().filter(UrgentFirstTest::isRead).count();
    assertTrue(lists <= 1, lists + " lists were read between its first request and its last");
    assertEquals(1, house.office("oak").appointments(patient).size());
  }

  private static boolean isRead(Entry entry) {
    return entry.method().equals("GET")
        && entry
            .template()
            .matches("/(patients|appointments|providers|operatories|histappointments)");
  }

  /** Messages are understood, and nothing is asked for them. */
  private static void rests(String practice) throws Exception {
    assertEquals(202, house.control("pause", practice, "writes"));
  }

  private static void goesOn(String practice) throws Exception {
    house.untilUnderstood();
    house.api().requests().clear();
    assertEquals(202, house.control("resume", practice, "writes"));
  }

  /** Of one patient each. */
  private static List<Patient> flood(String practice, String trigger, int many) throws Exception {
    List<Patient> flood = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      Patient each = somebody();
      house.accepted(practice, Hospital.adt(trigger, id(), each));
      flood.add(each);
    }
    return flood;
  }

  private static byte[] booking(String trigger, Patient patient, LocalDateTime at) {
    String id = id();
    return Hospital.siu(trigger, id, patient, "PL-" + id, at, 30, "");
  }

  private static byte[] result(Patient patient) {
    String id = id();
    return Hospital.message(
        "ORU^R01",
        id,
        "PID|1||" + patient.mrn() + "^^^LAKE^MR||" + patient.last() + "^" + patient.first(),
        "OBR|1|PL-" + id + "^LAKE|FI-" + id + "^LAB|1^Panel|||202603010700",
        "OBX|1|ST|2^Told||of " + id + "||||||F");
  }

  /** Of these, who got his key from the office before. */
  private static long before(List<Patient> flood, long patNum) {
    return flood.stream().map(UrgentFirstTest::inElm).filter(each -> each < patNum).count();
  }

  private static long inElm(Patient patient) {
    return patNum("elm", patient);
  }

  private static long patNum(String practice, Patient patient) {
    return house.office(practice).patNum(patient);
  }

  /** How many requests of the practice came before the first of this kind. */
  private static long place(String practice, String verb, String template) {
    return house.api().requests().list(practice).stream()
        .takeWhile(entry -> !(entry.method().equals(verb) && entry.template().equals(template)))
        .count();
  }

  private static long ended(String controlId) {
    return ((Number) house.ledger().receipt(controlId).get("ended_at")).longValue();
  }

  private static Patient somebody() {
    return Patient.numbered(people++);
  }

  private static String id() {
    return "urgent-" + ++sent;
  }
}
