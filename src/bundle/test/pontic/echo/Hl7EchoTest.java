package pontic.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Appointment.AppointmentStatus;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Arrival;
import pontic.sandbox.hospital.Hl7Message;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.HospitalFhirServer;
import pontic.sandbox.hospital.HospitalMllp;

/**
 * One hospital with an HL7 engine and a FHIR server, which speaks to us by HL7 and through the
 * façade; the registry says nothing. What each of them got is looked up at its own end.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Hl7EchoTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 3, 1, 12, 0);
  private static final AtomicInteger NUMBER = new AtomicInteger(7000);
  private static final List<String> HOSPITAL = List.of("hospital", "hospital-hl7");

  @TempDir static Path folder;
  private static House house;
  private static HospitalMllp engine;
  private static FrontDesk desk;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .with("destinations.hospital.senders", "ADTLAKE|LAKESIDE, hospital")
            .with("destinations.hospital-hl7.senders", "ADTLAKE|LAKESIDE, hospital");
    engine = house.hospitalMllp();
    desk = house.sandbox().frontDesk("elm");
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  @Order(1)
  void whatTheHospitalSaysReachesTheRegistryAndNeitherOfItsOwnSystems() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    say(Hospital.adt("A28", control(), patient));
    long patNum = house.office("elm").patNum(patient);
    registryHas("Patient", patNum, p -> true);
    spared("Patient", patNum);

    say(Hospital.adt("A31", control(), patient.withPhone("5035550000")));
    registryHas("Patient", patNum, p -> phones((Patient) p).contains("5035550000"));
    spared("Patient", patNum);

    say(Hospital.siu("S12", control(), patient, placer, NOON, 30, "crown"));
    long aptNum = house.office("elm").aptNum(patient);
    registryHas("Appointment", aptNum, starts(NOON));
    spared("Appointment", aptNum);

    say(Hospital.siu("S13", control(), patient, placer, NOON.plusDays(1), 40, "crown"));
    registryHas("Appointment", aptNum, starts(NOON.plusDays(1)));
    spared("Appointment", aptNum);

    say(Hospital.siu("S15", control(), patient, placer, NOON.plusDays(1), 40, "is ill"));
    registryHas(
        "Appointment", aptNum, a -> ((Appointment) a).getStatus() == AppointmentStatus.CANCELLED);
    spared("Appointment", aptNum);

    assertEquals(
        0,
        house
            .ledger()
            .count(
                "select count(*) from delivery where destination = 'hospital-hl7' and resource not in ('Patient',"
                    + " 'Appointment')"));
    assertEquals(List.of(), events(patient(patNum)));
    assertEquals(List.of(), events(appointment(aptNum)));
    assertEquals(List.of(), house.hospital().history("Patient", id("Patient", patNum)));
    assertEquals(List.of(), house.hospital().history("Appointment", id("Appointment", aptNum)));
  }

  @Test
  @Order(2)
  void whatOpenDentalFilledInIsAChangeOfTheHospitalsOwnBookingUnderItsOwnNumbers()
      throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    say(withoutPractitioner(Hospital.siu("S12", control(), patient, placer, NOON, 30, "")));
    long aptNum = house.office("elm").aptNum(patient);
    long patNum = house.office("elm").patNum(patient);

    Hl7Message told = frame(appointment(aptNum));
    assertEquals("SIU^S14", told.trigger(), "the hospital made it, so it is not new to it");
    assertEquals(placer + "^LAKE", told.field("SCH", 1));
    assertTrue(told.has("SCH", 2, "" + aptNum));
    assertEquals(
        List.of(patNum + "^^^elm&urn:pontic:elm:patient&URI^PI", patient.mrn() + "^^^LAKE^MR"),
        List.of(told.field("PID", 3).split("~")));
    assertTrue(told.text().contains("\rAIP|"), "the provider that Open Dental chose");

    Appointment fhir =
        (Appointment) arrived(house.hospital(), "Appointment", aptNum, starts(NOON)).resource();
    assertEquals(
        List.of("urn:pontic:elm:appointment=" + aptNum, "urn:id:LAKE=" + placer),
        names(fhir.getIdentifier()));
    Appointment elsewhere = (Appointment) registryHas("Appointment", aptNum, starts(NOON));
    assertEquals(List.of("urn:pontic:elm:appointment=" + aptNum), names(elsewhere.getIdentifier()));

    heard("Appointment", aptNum);
    desk.move(aptNum, NOON.plusDays(3), OptionalLong.empty(), OptionalLong.empty());
    assertEquals(placer + "^LAKE", frame(appointment(aptNum).and(is("SIU^S13"))).field("SCH", 1));
    spared("Patient", patNum);
    assertEquals(List.of(), events(patient(patNum)));
    assertEquals(List.of("SIU^S14", "SIU^S13"), events(appointment(aptNum)));
  }

  @Test
  @Order(3)
  void whatTheDeskChangesOfThePatientItRegisteredIsAChangeAndOnlyItIsToldItsNumber()
      throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    say(Hospital.adt("A28", control(), patient));
    long patNum = house.office("elm").patNum(patient);
    spared("Patient", patNum);
    desk.editPatient(patNum, Map.of("City", "Bend"));
    Hl7Message told = frame(patient(patNum));
    assertEquals("ADT^A31", told.trigger());
    assertTrue(told.has("PID", 3, patient.mrn()));

    Predicate<Resource> bend = p -> "Bend".equals(((Patient) p).getAddressFirstRep().getCity());
    Patient fhir = (Patient) arrived(house.hospital(), "Patient", patNum, bend).resource();
    assertTrue(names(fhir.getIdentifier()).contains("urn:id:LAKE=" + patient.mrn()));
    assertEquals(
        "MR",
        fhir.getIdentifier()
            .get(fhir.getIdentifier().size() - 1)
            .getType()
            .getCodingFirstRep()
            .getCode());
    Patient elsewhere = (Patient) registryHas("Patient", patNum, bend);
    assertFalse(names(elsewhere.getIdentifier()).toString().contains(patient.mrn()));
  }

  @Test
  @Order(4)
  void aNumberThatIsLearnedIsToldWithTheNextChangeAndNotForItself() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    long patNum =
        desk.addPatient(
            Map.of(
                "LName", patient.last(),
                "FName", patient.first(),
                "Birthdate", birth(patient),
                "Gender", patient.sex().equals("F") ? "1" : "0",
                "HmPhone",
                    "(503)" + patient.phone().substring(3, 6) + "-" + patient.phone().substring(6),
                "Address", patient.street(),
                "City", patient.city(),
                "State", patient.state(),
                "Zip", patient.zip()));
    assertEquals("ADT^A28", frame(patient(patNum)).trigger());
    assertFalse(frame(patient(patNum)).has("PID", 3, patient.mrn()));
    heard("Patient", patNum);

    String id = control();
    assertEquals("AA", house.send("elm", Hospital.adt("A31", id, patient)));
    house.untilAllEnded();
    house.ledger().assertEnd("no change", id);
    assertEquals(
        0,
        house
            .ledger()
            .count("select count(*) from due where resource = 'Patient' and row_key = " + patNum));
    assertEquals(List.of("ADT^A28"), events(patient(patNum)));

    desk.editPatient(patNum, Map.of("City", "Bend"));
    assertTrue(frame(patient(patNum).and(is("ADT^A31"))).has("PID", 3, patient.mrn()));
    assertEquals(
        1,
        house
            .ledger()
            .count(
                "select count(*) from said_identifier where kind = 'Patient' and value_index in (select value_index from"
                    + " identifier i join person p on p.id = i.target where p.pat_num = "
                    + patNum
                    + ")"));
    assertFalse(
        house.ledger().rows("select * from said_identifier").toString().contains(patient.mrn()),
        "its value is sealed");
  }

  /** The second life reads what the first one wrote to Open Dental: only the store knows whose. */
  @Test
  @Order(5)
  void overARestartOnlyWhatTheDeskChangedInTheSameSecondIsToldAndAsAChange() throws Exception {
    house.stopBundle();
    house.with("pontic.capture.period", "3600000");
    house.startBundle();
    Hospital.Patient untouched = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    Hospital.Patient edited = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    Hospital.Patient moved = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    Hospital.Patient cancelled = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    int day = 10;
    for (Hospital.Patient patient : List.of(untouched, edited, moved, cancelled)) {
      say(
          Hospital.siu(
              "S12", control(), patient, "PL" + patient.mrn(), NOON.plusDays(day++), 30, ""));
    }
    sameSecond(
        "update patient set HmPhone = '', Email = 'desk@example.org'",
        house.office("elm").patNum(edited));
    sameSecond(
        "update appointment set AptDateTime = '2027-04-01 08:00:00'",
        house.office("elm").aptNum(moved));
    sameSecond("update appointment set AptStatus = 5", house.office("elm").aptNum(cancelled));
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(
            "insert into histappointment (HistDateTStamp, HistApptAction, AptNum) values (now(), 3, ?)")
        .params(house.office("elm").aptNum(cancelled))
        .update();
    house.stopBundle();
    house.with("pontic.capture.period", "100ms");
    house.startBundle();

    Hl7Message change = frame(patient(house.office("elm").patNum(edited)));
    assertEquals("ADT^A31", change.trigger());
    assertTrue(change.field("PID", 13).contains("desk@example.org"));
    Hl7Message move = frame(appointment(house.office("elm").aptNum(moved)));
    assertEquals("SIU^S13", move.trigger());
    assertTrue(move.field("SCH", 11).contains("20270401080000"));
    assertEquals("PL" + moved.mrn() + "^LAKE", move.field("SCH", 1));
    assertEquals("SIU^S15", frame(appointment(house.office("elm").aptNum(cancelled))).trigger());
    arrived(
        house.hospital(),
        "Patient",
        house.office("elm").patNum(edited),
        p -> phones((Patient) p).contains("desk@example.org"));
    for (Hospital.Patient patient : List.of(untouched, moved, cancelled)) {
      registryHas("Patient", house.office("elm").patNum(patient), p -> true);
      spared("Patient", house.office("elm").patNum(patient));
      assertEquals(List.of(), events(patient(house.office("elm").patNum(patient))));
    }
    for (Hospital.Patient patient : List.of(untouched, edited)) {
      spared("Appointment", house.office("elm").aptNum(patient));
      assertEquals(List.of(), events(appointment(house.office("elm").aptNum(patient))));
    }
    for (Hospital.Patient patient : List.of(edited, moved, cancelled)) {
      assertEquals(
          1,
          engine
              .frames(
                  patient(house.office("elm").patNum(patient))
                      .or(appointment(house.office("elm").aptNum(patient))))
              .size());
    }
  }

  @Test
  @Order(6)
  void aWriteThatLandsLateIsNoNewsAndItsNoteStandsOnce() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    landsLate("POST", "/patients");
    landsLate("POST", "/appointments");
    say(Hospital.siu("S12", control(), patient, placer, NOON.plusDays(40), 30, "lateword"));
    long patNum = house.office("elm").patNum(patient);
    long aptNum = house.office("elm").aptNum(patient);
    registryHas("Patient", patNum, p -> true);
    registryHas("Appointment", aptNum, starts(NOON.plusDays(40)));
    spared("Patient", patNum);
    spared("Appointment", aptNum);

    landsLate("PUT", "/appointments/" + aptNum + "/Note");
    say(Hospital.siu("S13", control(), patient, placer, NOON.plusDays(41), 30, "laterword"));
    registryHas("Appointment", aptNum, starts(NOON.plusDays(41)));
    spared("Appointment", aptNum);
    assertEquals(List.of(), house.api().faults().list(), "every fault met a request");
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(1, house.office("elm").appointments(patient).size());
    String note = String.valueOf(house.office("elm").appointments(patient).get(0).get("Note"));
    assertEquals(1, count(note, "lateword"), note);
    assertEquals(1, count(note, "laterword"), note);
    assertEquals(2, count(note, "[ref "), note);
    assertEquals(List.of(), events(patient(patNum)));
    assertEquals(List.of(), events(appointment(aptNum)));
    assertEquals(List.of(), house.hospital().history("Patient", id("Patient", patNum)));
    assertEquals(List.of(), house.hospital().history("Appointment", id("Appointment", aptNum)));
  }

  @Test
  @Order(7)
  void aRowThatIsReadWhileItsCreateIsUnclearIsToldAfterItsEndAndNotAsNew() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    say(Hospital.adt("A28", control(), patient));
    house.api().faults().arm(Fault.of("elm", FaultKind.TIMEOUT_AFTER).on("POST", "/appointments"));
    String id = control();
    byte[] booking = Hospital.siu("S12", id, patient, "PL" + id, NOON.plusDays(50), 30, "");
    assertEquals("AA", house.send("elm", withoutPractitioner(booking)));
    until("it is booked", () -> !house.office("elm").appointments(patient).isEmpty());
    long aptNum = house.office("elm").aptNum(patient);
    registryHas("Appointment", aptNum, starts(NOON.plusDays(50)));
    assertEquals("", house.ledger().end(id), "told while the write's end was open");
    assertEquals("SIU^S14", frame(appointment(aptNum)).trigger());
    // The write has its end; the message has it once the book was looked at again.
    until("the message has its end", () -> !house.ledger().end(id).isEmpty());
    house.ledger().assertEnd("landed", id);
    heard("Appointment", aptNum);
    assertEquals(List.of("SIU^S14"), events(appointment(aptNum)));
  }

  @Test
  @Order(8)
  void whatTheHospitalPutsThroughTheFacadeGoesToNeitherOfItsSystems() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    put(patient, "77", patient.phone());
    long patNum = house.office("elm").patNum(patient);
    registryHas("Patient", patNum, p -> true);
    spared("Patient", patNum);
    put(patient, "77", "5035554444");
    registryHas("Patient", patNum, p -> phones((Patient) p).contains("5035554444"));
    spared("Patient", patNum);
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(List.of(), events(patient(patNum)));
    assertEquals(List.of(), house.hospital().history("Patient", id("Patient", patNum)));
  }

  private static void put(Hospital.Patient patient, String id, String phone) throws Exception {
    String base = "http://127.0.0.1:" + house.flags().get("pontic.facade.port");
    String body =
        """
        {"resourceType":"Patient","id":"%s","name":[{"family":"%s","given":["%s"]}],"gender":"%s","birthDate":"%s",
         "telecom":[{"system":"phone","use":"home","value":"%s"}]}"""
            .formatted(
                id,
                patient.last(),
                patient.first(),
                patient.sex().equals("F") ? "female" : "male",
                birth(patient),
                phone);
    HttpResponse<String> accepted =
        Fixture.request(
            "PUT",
            base + "/fhir/elm/Patient/" + id,
            body,
            "Prefer",
            "respond-async",
            "Content-Type",
            "application/fhir+json",
            "Authorization",
            "Bearer ElmFacadeToken01");
    assertEquals(202, accepted.statusCode(), accepted.body());
    house.untilAllEnded();
    String status =
        Fixture.request(
                "GET",
                base + accepted.headers().firstValue("Content-Location").orElseThrow(),
                "",
                "Authorization",
                "Bearer ElmFacadeToken01")
            .body();
    assertEquals("landed", new ObjectMapper().readTree(status).path("end").asText(), status);
  }

  private static void landsLate(String method, String path) {
    house
        .api()
        .faults()
        .arm(
            Fault.of("elm", FaultKind.LANDS_LATE)
                .on(method, path)
                .lasting(Duration.ofSeconds(1))
                .answeringAtOnce());
  }

  private static void say(byte[] message) throws Exception {
    house.ledger().assertEnd("landed", house.ended("elm", message));
  }

  private static byte[] withoutPractitioner(byte[] message) {
    return new String(message, StandardCharsets.UTF_8)
        .replaceAll("AIP\\|[^\r]*\r", "")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** As the desk might, without moving the stamp that the API's write left. */
  private static void sameSecond(String change, long key) {
    String column = change.contains(" patient ") ? "PatNum" : "AptNum";
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(change + ", DateTStamp = DateTStamp where " + column + " = ?")
        .params(key)
        .update();
  }

  /** Waits until both of the hospital's systems count as having the newest version unsent. */
  private static void spared(String resource, long key) {
    HOSPITAL.forEach(each -> house.ledger().untilSpared(each, resource, key));
  }

  /** Waits until all answers are stored: what is said from now on, is said knowing that. */
  private static void heard(String resource, long key) {
    until(
        "all have acknowledged " + resource + " " + key,
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from due where practice = 'elm' and resource = '"
                            + resource
                            + "' and row_key = "
                            + key)
                == 0);
  }

  private static Resource registryHas(String type, long key, Predicate<Resource> fits)
      throws Exception {
    return arrived(house.registry(), type, key, fits).resource();
  }

  private static Arrival arrived(
      HospitalFhirServer server, String type, long key, Predicate<Resource> fits) throws Exception {
    return server
        .await(type, id(type, key), fits, LIMIT)
        .orElseThrow(
            () ->
                new AssertionError(id(type, key) + " did not come\n" + house.ledger().describe()));
  }

  /** The first frame that fits. */
  private static Hl7Message frame(Predicate<Hl7Message> fits) throws Exception {
    List<HospitalMllp.Frame> came = engine.await(1, fits, LIMIT);
    assertFalse(
        came.isEmpty(),
        () ->
            "frames came: "
                + events(message -> true)
                + house
                    .ledger()
                    .rows("select resource, row_key, version, state, attempts, reason from due"));
    return came.get(0).message();
  }

  private static List<String> events(Predicate<Hl7Message> fits) {
    return engine.frames(fits).stream().map(frame -> frame.message().trigger()).toList();
  }

  private static Predicate<Hl7Message> patient(long patNum) {
    return message ->
        message.field("MSH", 4).equals("elm")
            && message.trigger().startsWith("ADT")
            && message.has("PID", 3, "" + patNum);
  }

  private static Predicate<Hl7Message> appointment(long aptNum) {
    return message -> message.field("MSH", 4).equals("elm") && message.has("SCH", 2, "" + aptNum);
  }

  private static Predicate<Hl7Message> is(String trigger) {
    return message -> message.trigger().equals(trigger);
  }

  private static Predicate<Resource> starts(LocalDateTime at) {
    return appointment ->
        ((Appointment) appointment)
            .getStart()
            .toInstant()
            .equals(at.atZone(ZoneId.of("America/New_York")).toInstant());
  }

  private static List<String> names(List<Identifier> identifiers) {
    return identifiers.stream().map(one -> one.getSystem() + "=" + one.getValue()).toList();
  }

  /** Digits of phones, and e-mail addresses. */
  private static List<String> phones(Patient patient) {
    return patient.getTelecom().stream()
        .map(one -> one.getValue())
        .flatMap(value -> Stream.of(value, value.replaceAll("\\D", "")))
        .toList();
  }

  private static String birth(Hospital.Patient patient) {
    return patient.birth().replaceAll("(....)(..)(..)", "$1-$2-$3");
  }

  private static int count(String text, String part) {
    return (text.length() - text.replace(part, "").length()) / part.length();
  }

  private static String id(String type, long key) {
    return "elm-" + type.toLowerCase(Locale.ROOT) + "-" + key;
  }

  private static String control() {
    return "H" + NUMBER.incrementAndGet();
  }
}
