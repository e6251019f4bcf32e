package pontic.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import ca.uhn.fhir.context.FhirContext;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Arrival;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.HospitalFhirServer;

/**
 * The hospital speaks HL7 v2 to us and is told FHIR; the registry is told FHIR and says nothing.
 * What each of them got is looked up at its own server.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EchoTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 3, 1, 12, 0);
  private static final AtomicInteger NUMBER = new AtomicInteger(5000);

  @TempDir static Path folder;
  private static HospitalFhirServer registry;
  private static House house;
  private static FrontDesk desk;

  @BeforeAll
  static void open() throws Exception {
    registry = HospitalFhirServer.start(0);
    house =
        House.sandboxOnly(folder)
            .with("destinations.registry.url", registry.url())
            .with("pontic.facade.wait-seconds", "0")
            .with(
                "practices.elm.database.feeds",
                "patient, patient-merged, appointment, appointment-broken, appointment-deleted, provider, operatory,"
                    + " allergy, disease, medicationpat, document");
    desk = house.sandbox().frontDesk("elm");
    house.api().change("elm", settings -> settings.withAlso(Set.of("ApiSetup", "ApiDocuments")));
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
    registry.close();
  }

  @Test
  @Order(1)
  void whatTheHospitalRegistersChangesBooksMovesAndCancelsOnlyTheRegistryIsTold() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    say(Hospital.adt("A28", control(), patient));
    long patNum = house.office("elm").patNum(patient);
    told(registry, patNum, family(patient.last()));
    spared("Patient", patNum);

    say(Hospital.adt("A31", control(), patient.withPhone("5035550000")));
    told(registry, patNum, phone("5035550000"));
    spared("Patient", patNum);

    say(Hospital.siu("S12", control(), patient, placer, NOON, 30, "crown"));
    long aptNum = house.office("elm").aptNum(patient);
    toldAppointment(registry, aptNum, starts(NOON));
    spared("Appointment", aptNum);

    say(Hospital.siu("S13", control(), patient, placer, NOON.plusDays(1), 40, "crown"));
    toldAppointment(registry, aptNum, starts(NOON.plusDays(1)));
    spared("Appointment", aptNum);

    say(Hospital.siu("S15", control(), patient, placer, NOON.plusDays(1), 40, "patient is ill"));
    toldAppointment(registry, aptNum, a -> a.getStatus() == AppointmentStatus.CANCELLED);
    spared("Appointment", aptNum);

    assertEquals(List.of(), arrivals("Patient", patNum));
    assertEquals(List.of(), arrivals("Appointment", aptNum));
    String metrics =
        Fixture.request(
                "GET",
                "http://127.0.0.1:" + house.flags().get("pontic.management.port") + "/metrics",
                "")
            .body();
    assertTrue(
        metrics.contains("pontic_echoes{destination=\"hospital\",practice=\"elm\"} 2"),
        "operators see the patient and the appointment that were spared");
  }

  @Test
  @Order(2)
  void theProviderThatOpenDentalChoseComesBackWithTheBooking() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    String placer = "PL" + NUMBER;
    say(withoutPractitioner(Hospital.siu("S12", control(), patient, placer, NOON, 30, "")));
    long aptNum = house.office("elm").aptNum(patient);
    Appointment told = toldAppointment(house.hospital(), aptNum, starts(NOON));
    assertTrue(
        told.getParticipant().stream()
            .anyMatch(who -> who.getActor().getReference().startsWith("Practitioner/")));
    heard("Appointment", aptNum);

    say(
        withoutPractitioner(
            Hospital.siu("S13", control(), patient, placer, NOON.plusDays(2), 30, "")));
    toldAppointment(registry, aptNum, starts(NOON.plusDays(2)));
    spared("Appointment", aptNum);
    assertEquals(1, arrivals("Appointment", aptNum).size());
  }

  @Test
  @Order(3)
  void aServerThatChecksReferencesIsSentThePatientThatItWasSpared() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    house.hospital().refuse(EchoTest::refersToNobody);
    try {
      String placer = "PL" + NUMBER;
      say(withoutPractitioner(Hospital.siu("S12", control(), patient, placer, NOON, 30, "")));
      toldAppointment(house.hospital(), house.office("elm").aptNum(patient), starts(NOON));
      told(house.hospital(), house.office("elm").patNum(patient), family(patient.last()));
    } finally {
      house.hospital().refuseNothing();
    }
  }

  private static boolean refersToNobody(Resource resource) {
    return resource instanceof Appointment appointment
        && appointment.getParticipant().stream()
            .map(who -> String.valueOf(who.getActor().getReference()))
            .filter(reference -> reference.startsWith("Patient/"))
            .anyMatch(
                reference -> house.hospital().latest("Patient", reference.substring(8)).isEmpty());
  }

  @Test
  @Order(4)
  void anotherSendersWordIsNewsToTheHospital() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    say(Hospital.adt("A28", control(), patient));
    long patNum = house.office("elm").patNum(patient);
    spared("Patient", patNum);
    String other =
        new String(
                Hospital.adt("A31", control(), patient.withPhone("5035551111")),
                StandardCharsets.UTF_8)
            .replace("ADTLAKE|LAKESIDE", "CLINIC|RIVER");
    // A second sender may only fill what is empty: the phone is the first one's word.
    desk.editPatient(patNum, Map.of("HmPhone", ""));
    told(house.hospital(), patNum, p -> p.getTelecom().isEmpty());
    say(other.getBytes(StandardCharsets.UTF_8));
    told(house.hospital(), patNum, phone("5035551111"));
  }

  @Test
  @Order(5)
  void aValueThatTheDeskSetsBackIsToldAgain() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    say(Hospital.adt("A28", control(), patient));
    long patNum = house.office("elm").patNum(patient);
    spared("Patient", patNum);
    String said = String.valueOf(house.office("elm").patients(patient).get(0).get("HmPhone"));

    desk.editPatient(patNum, Map.of("HmPhone", "(503)555-7777"));
    told(house.hospital(), patNum, phone("5035557777"));
    desk.editPatient(patNum, Map.of("HmPhone", said));
    told(house.hospital(), patNum, phone(patient.phone()));

    // What the hospital says after it was told otherwise is its own word again.
    heard("Patient", patNum);
    say(Hospital.adt("A31", control(), patient.withPhone("5035552222")));
    told(registry, patNum, phone("5035552222"));
    spared("Patient", patNum);
    assertEquals(2, arrivals("Patient", patNum).size());
  }

  @Test
  @Order(6)
  void aRowThatIsReadWhileItsCreateIsUnclearWaitsForTheEndAndIsAnEchoThen() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    house.api().faults().arm(Fault.of("elm", FaultKind.TIMEOUT_AFTER).on("POST", "/patients"));
    String id = control();
    assertEquals("AA", house.send("elm", Hospital.adt("A28", id, patient)));
    until("the patient is there", () -> !house.office("elm").patients(patient).isEmpty());
    long patNum = house.office("elm").patNum(patient);
    told(registry, patNum, family(patient.last()));
    assertEquals("", house.ledger().end(id), "told while the write's end was open");
    until(
        "the hospital's copy waits for the write to end",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from due where destination = 'hospital' and resource = 'Patient' and row_key = "
                            + patNum)
                == 1);
    house.untilAllEnded();
    house.ledger().assertEnd("landed", id);
    spared("Patient", patNum);
    assertEquals(List.of(), arrivals("Patient", patNum));
  }

  @Test
  @Order(7)
  void theSurvivorOfAMergeGetsTheSendersWordsAndTheyAreNoNewsToIt() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    say(Hospital.adt("A28", control(), patient));
    long from = house.office("elm").patNum(patient);
    spared("Patient", from);
    long into =
        desk.addPatient(
            Map.of("LName", patient.last(), "FName", patient.first(), "Birthdate", "1970-01-01"));
    told(house.hospital(), into, family(patient.last()));
    desk.merge(from, into);
    told(house.hospital(), from, p -> !p.getActive());
    told(house.hospital(), into, Patient::hasLink);
    heard("Patient", into);
    int before = arrivals("Patient", into).size();
    until(
        "the merge is followed",
        () -> house.ledger().count("select count(*) from person where pat_num = " + into) >= 1);
    say(Hospital.adt("A31", control(), patient.withPhone("5035553333")));
    told(registry, into, phone("5035553333"));
    spared("Patient", into);
    assertEquals(before, arrivals("Patient", into).size());
  }

  /** A row of a chart as the hospital sends it, and where it ends. */
  private enum Chart {
    ALLERGY(
        "AllergyIntolerance",
        "AllergyIntolerance:allergy",
        """
        {"resourceType": "AllergyIntolerance", "identifier": [{"system": "urn:hospital:row", "value": "NUMBER"}],
         "patient": {"reference": "Patient/elm-patient-5"}, "code": {"text": "WORD"}, "criticality": "high",
         "reaction": [{"manifestation": [{"text": "hives"}]}]}
        """,
        "select a.AllergyNum from allergy a join allergydef d on d.AllergyDefNum = a.AllergyDefNum where d.Description = ?",
        "update allergy set Reaction = 'swelling' where AllergyNum = ?"),
    PROBLEM(
        "Condition",
        "Condition:disease",
        """
        {"resourceType": "Condition", "identifier": [{"system": "urn:hospital:row", "value": "NUMBER"}],
         "subject": {"reference": "Patient/elm-patient-5"}, "code": {"text": "WORD"}, "onsetDateTime": "2019-03-04",
         "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}}
        """,
        "select a.DiseaseNum from disease a join diseasedef d on d.DiseaseDefNum = a.DiseaseDefNum where d.DiseaseName = ?",
        "update disease set PatNote = 'swelling' where DiseaseNum = ?"),
    MEDICATION(
        "MedicationStatement",
        "MedicationRequest:medicationpat",
        """
        {"resourceType": "MedicationStatement", "identifier": [{"system": "urn:hospital:row", "value": "NUMBER"}],
         "status": "active", "subject": {"reference": "Patient/elm-patient-5"}, "medicationCodeableConcept": {"text": "WORD"},
         "effectivePeriod": {"start": "2024-05-06"}, "dosage": [{"text": "one a day"}]}
        """,
        "select a.MedicationPatNum from medicationpat a join medication d on d.MedicationNum = a.MedicationNum where d.MedName = ?",
        "update medicationpat set PatNote = 'swelling' where MedicationPatNum = ?");

    private final String type;
    private final String record;
    private final String body;
    private final String key;
    private final String edit;

    Chart(String type, String record, String body, String key, String edit) {
      this.type = type;
      this.record = record;
      this.body = body;
      this.key = key;
      this.edit = edit;
    }

    String told() {
      return record.replaceFirst(":.*", "");
    }

    String id(long key) {
      return "elm-" + record.replaceFirst(".*:", "") + "-" + key;
    }
  }

  /** The API tells the key of a problem, and of the others none. */
  @ParameterizedTest
  @EnumSource
  @Order(8)
  void aRowOfAChartThatTheHospitalSentIsNotSentBackAndAnEditOfItBearsTheHospitalsNumber(Chart chart)
      throws Exception {
    String word = "Chart" + NUMBER.incrementAndGet();
    brought(chart, word);
    long key = only(chart, word);
    assertTrue(numbers(toldRow(registry, chart, key, "")).stream().allMatch(EchoTest::isOurs));
    spared(chart.record, key);
    // The same once more, under another number, is neither a row nor news.
    brought(chart, word, word + "-again");
    assertEquals(key, only(chart, word));
    assertEquals(List.of(), house.hospital().history(chart.told(), chart.id(key)));

    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql(chart.edit)
        .param(key)
        .update();
    Set<String> theirs =
        chart == Chart.MEDICATION
            ? Set.of()
            : Set.of("urn:hospital:row " + word, "urn:hospital:row " + word + "-again");
    Set<String> told = numbers(toldRow(house.hospital(), chart, key, "swelling"));
    assertTrue(told.removeIf(EchoTest::isOurs), told.toString());
    assertEquals(theirs, told);
    assertEquals(1, house.hospital().history(chart.told(), chart.id(key)).size());
    assertTrue(
        numbers(toldRow(registry, chart, key, "swelling")).stream().allMatch(EchoTest::isOurs),
        "nobody else is told the hospital's number");
  }

  @Test
  @Order(8)
  void anAllergyThatIsReadWhileItsCreateIsUnclearWaitsAndIsAnEchoThen() throws Exception {
    String word = "Chart" + NUMBER.incrementAndGet();
    house.api().faults().arm(Fault.of("elm", FaultKind.TIMEOUT_AFTER).on("POST", "/allergies"));
    brought(Chart.ALLERGY, word);
    long key = only(Chart.ALLERGY, word);
    toldRow(registry, Chart.ALLERGY, key, "hives");
    spared(Chart.ALLERGY.record, key);
    assertEquals(List.of(), house.hospital().history("AllergyIntolerance", Chart.ALLERGY.id(key)));
  }

  /** What the office had before is known by both numbers from then on. */
  @Test
  @Order(8)
  void aRowThatTheOfficeHadIsToldUnderTheHospitalsNumberOnceItHasNamedIt() throws Exception {
    String word = "Chart" + NUMBER.incrementAndGet();
    JdbcClient office = JdbcClient.create(house.sandbox().practice("elm").dataSource());
    office.sql("insert into allergydef (Description) values (?)").param(word).update();
    office
        .sql(
            "insert into allergy (PatNum, Reaction, StatusIsActive, AllergyDefNum)"
                + " select 5, 'rash', 1, AllergyDefNum from allergydef where Description = ?")
        .param(word)
        .update();
    long key = only(Chart.ALLERGY, word);
    assertTrue(
        numbers(toldRow(house.hospital(), Chart.ALLERGY, key, "rash")).stream()
            .allMatch(EchoTest::isOurs));
    brought(Chart.ALLERGY, word);
    assertEquals(key, only(Chart.ALLERGY, word));
    office.sql(Chart.ALLERGY.edit).param(key).update();
    assertTrue(
        numbers(toldRow(house.hospital(), Chart.ALLERGY, key, "swelling"))
            .contains("urn:hospital:row " + word));
  }

  /** Its bytes are not told, so what is told of it is no echo: it bears the hospital's number. */
  @Test
  @Order(8)
  void aDocumentThatTheHospitalSentIsToldUnderItsNumber() throws Exception {
    String word = "Chart" + NUMBER.incrementAndGet();
    accepted(
        "DocumentReference",
        """
        {"resourceType": "DocumentReference", "status": "current", "identifier": [{"system": "urn:hospital:row", "value": "WORD"}],
         "subject": {"reference": "Patient/elm-patient-5"}, "description": "WORD",
         "content": [{"attachment": {"contentType": "application/pdf", "data": "JVBERi0xLjQK"}}]}
        """
            .replace("WORD", word));
    long key =
        ((Number)
                house
                    .office("elm")
                    .rows("select DocNum from document where Description like ?", word + "%")
                    .get(0)
                    .get("DocNum"))
            .longValue();
    Resource told =
        house
            .hospital()
            .await("DocumentReference", "elm-document-" + key, any -> true, LIMIT)
            .map(Arrival::resource)
            .orElseThrow();
    assertTrue(numbers(told).contains("urn:hospital:row " + word), numbers(told).toString());
  }

  private static void brought(Chart chart, String word) throws Exception {
    brought(chart, word, word);
  }

  private static void brought(Chart chart, String word, String number) throws Exception {
    accepted(chart.type, chart.body.replace("NUMBER", number).replace("WORD", word));
  }

  /** Waits until it has ended well. */
  private static void accepted(String type, String body) throws Exception {
    HttpResponse<String> answer =
        Fixture.request(
            "POST",
            "http://127.0.0.1:" + house.flags().get("pontic.facade.port") + "/fhir/elm/" + type,
            body,
            "Content-Type",
            "application/fhir+json",
            "Authorization",
            "Bearer ElmFacadeToken01");
    assertEquals(202, answer.statusCode(), answer.body());
    house.untilAllEnded();
    assertEquals(
        0,
        house
            .ledger()
            .count(
                "select count(*) from message where receipt_end not in ('landed', 'no change')"));
  }

  private static long only(Chart chart, String word) {
    List<Map<String, Object>> rows = house.office("elm").rows(chart.key, word);
    assertEquals(1, rows.size(), word);
    return ((Number) rows.get(0).values().iterator().next()).longValue();
  }

  private static Resource toldRow(HospitalFhirServer server, Chart chart, long key, String words)
      throws InterruptedException {
    return server
        .await(
            chart.told(),
            chart.id(key),
            each ->
                FhirContext.forR4Cached()
                    .newJsonParser()
                    .encodeResourceToString(each)
                    .contains(words),
            LIMIT)
        .map(Arrival::resource)
        .orElseThrow(() -> new AssertionError(chart.id(key) + "\n" + house.ledger().describe()));
  }

  /** System and value of each identifier. */
  private static Set<String> numbers(Resource resource) {
    Set<String> numbers = new TreeSet<>();
    resource.getNamedProperty("identifier").getValues().stream()
        .map(Identifier.class::cast)
        .forEach(each -> numbers.add(each.getSystem() + " " + each.getValue()));
    return numbers;
  }

  private static boolean isOurs(String number) {
    return number.startsWith("urn:pontic:");
  }

  /** The second life reads what the first one wrote to Open Dental: only the store knows whose. */
  @Test
  @Order(9)
  void overARestartOnlyWhatTheDeskChangedInTheSameSecondComesBack() throws Exception {
    house.stopBundle();
    house.with("practices.elm.database.enabled", "false");
    house.startBundle();
    Hospital.Patient untouched = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    Hospital.Patient edited = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    Hospital.Patient overwritten = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    for (Hospital.Patient patient : List.of(untouched, edited, overwritten)) {
      say(Hospital.adt("A28", control(), patient));
    }
    sameSecond("Email = 'desk@example.org'", house.office("elm").patNum(edited));
    sameSecond("City = 'Bend'", house.office("elm").patNum(overwritten));
    house.stopBundle();
    house.with("practices.elm.database.enabled", "true");
    house.startBundle();

    told(house.hospital(), house.office("elm").patNum(edited), p -> !p.getTelecom().isEmpty());
    told(house.hospital(), house.office("elm").patNum(overwritten), p -> city(p).equals("Bend"));
    told(registry, house.office("elm").patNum(untouched), family(untouched.last()));
    spared("Patient", house.office("elm").patNum(untouched));
    assertEquals(List.of(), arrivals("Patient", house.office("elm").patNum(untouched)));
    assertEquals(
        0,
        house
            .ledger()
            .count(
                "select count(*) from delivery where destination = 'registry' and withheld <> ''"),
        "nothing is withheld from the registry");
  }

  /** The proof that the others look in the right place. */
  @Test
  @Order(10)
  void aHospitalOfWhichNoSenderIsKnownIsToldItsOwnWords() throws Exception {
    house.stopBundle();
    house.with("destinations.hospital.senders", "");
    house.startBundle();
    Hospital.Patient patient = Hospital.Patient.numbered(NUMBER.incrementAndGet());
    say(Hospital.adt("A28", control(), patient));
    told(house.hospital(), house.office("elm").patNum(patient), family(patient.last()));
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
  private static void sameSecond(String change, long patNum) {
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql("update patient set " + change + ", DateTStamp = DateTStamp where PatNum = ?")
        .params(patNum)
        .update();
  }

  /**
   * Waits until the hospital's answer is stored: what it says from now on, it says knowing that.
   */
  private static void heard(String resource, long key) {
    until(
        "the hospital has acknowledged " + resource + " " + key,
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from due where destination = 'hospital' and resource = '"
                            + resource
                            + "' and row_key = "
                            + key)
                == 0);
  }

  /** Waits until the hospital counts as having the newest version of the row unsent. */
  private static void spared(String resource, long key) {
    house.ledger().untilSpared("hospital", resource, key);
  }

  private static Patient told(HospitalFhirServer server, long patNum, Predicate<Patient> fits)
      throws InterruptedException {
    return (Patient) arrived(server, "Patient", patNum, r -> fits.test((Patient) r));
  }

  private static Appointment toldAppointment(
      HospitalFhirServer server, long aptNum, Predicate<Appointment> fits)
      throws InterruptedException {
    return (Appointment) arrived(server, "Appointment", aptNum, r -> fits.test((Appointment) r));
  }

  private static Resource arrived(
      HospitalFhirServer server, String type, long key, Predicate<Resource> fits)
      throws InterruptedException {
    return server
        .await(type, id(type, key), fits, LIMIT)
        .map(Arrival::resource)
        .orElseThrow(
            () ->
                new AssertionError(
                    (server == registry ? "the registry" : "the hospital")
                        + " was not told of "
                        + id(type, key)
                        + "\n"
                        + house.ledger().describe()));
  }

  private static List<Arrival> arrivals(String type, long key) {
    return house.hospital().history(type, id(type, key));
  }

  private static String id(String type, long key) {
    return "elm-" + type.toLowerCase(java.util.Locale.ROOT) + "-" + key;
  }

  private static Predicate<Patient> family(String name) {
    return patient -> patient.getNameFirstRep().getFamily().equals(name);
  }

  private static Predicate<Patient> phone(String digits) {
    return patient ->
        patient.getTelecom().stream()
            .anyMatch(phone -> phone.getValue().replaceAll("\\D", "").equals(digits));
  }

  private static String city(Patient patient) {
    return String.valueOf(patient.getAddressFirstRep().getCity());
  }

  /** The practice's zone is New York's: five hours behind in March's first week, four later. */
  private static Predicate<Appointment> starts(LocalDateTime at) {
    return appointment ->
        appointment
            .getStart()
            .toInstant()
            .equals(at.atZone(java.time.ZoneId.of("America/New_York")).toInstant());
  }

  private static String control() {
    return "E" + NUMBER.incrementAndGet();
  }
}
