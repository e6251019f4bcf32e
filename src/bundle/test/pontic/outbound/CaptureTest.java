package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static pontic.house.House.until;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Appointment.AppointmentStatus;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.sandbox.database.HistAppointments;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Arrival;
import pontic.translate.UsCore;

/**
 * What the two offices, at versions 25.3 and 23.1, do and what the hospital then has. One house;
 * oak begins with more patients than two pages hold.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class CaptureTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MORE = 2400;
  private static final LocalDateTime AT = LocalDateTime.of(2027, 3, 2, 9, 0);

  /** 2026-11-01 in New York, before and after the clock goes back. */
  private static final long FIRST_HALF_PAST_ONE = 1_793_511_000;

  private static final long SECOND_HALF_PAST_ONE = FIRST_HALF_PAST_ONE + 3600;

  /** 2^53 + 1. */
  private static final long HUGE = 9_007_199_254_740_993L;

  @TempDir static Path folder;
  private static House house;
  private static FrontDesk elm;
  private static FrontDesk oak;

  @BeforeAll
  static void open() throws Exception {
    house = House.sandboxOnly(folder);
    house.with("pontic.capture.sweep-period", "2s");
    elm = house.sandbox().frontDesk("elm");
    oak = house.sandbox().frontDesk("oak");
    copyPatients(MORE);
    inTheHourThatComesTwice();
    house.startBundle();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  @Order(1)
  void theFirstLoadSaysHowFarItIsAndGoesOnAfterARestart() throws Exception {
    long patients = house.office("oak").count("select count(*) from patient");
    assertTrue(patients > 2 * 1000);
    until(
        "the first load is under way",
        () -> {
          JsonNode feed = feed("oak", "patient");
          return feed.path("state").asText().equals("loading")
              && feed.path("read").asLong() < patients
              && feed.path("total").asLong() == patients;
        });
    house.stopBundle();
    house.startBundle();
    until(
        "the first load is done", () -> feed("oak", "patient").path("state").asText().equals("on"));
    until("all is sent", () -> due() == 0);
    assertEquals(patients, feed("oak", "patient").path("read").asLong());
    assertEquals(patients, feed("oak", "patient").path("changed").asLong());
    assertEquals(
        patients,
        house.hospital().all("Patient").stream()
            .filter(arrival -> arrival.id().startsWith("oak-"))
            .map(Arrival::id)
            .distinct()
            .count());
  }

  /** At the hospital's FHIR server; thousands of HL7 v2 messages take longer. */
  private static long due() {
    return house.ledger().count("select count(*) from due where destination = 'hospital'");
  }

  @Test
  @Order(2)
  void anAgeingRunOverEveryPatientIsCountedOnceAndSendsNothing() throws Exception {
    until("nothing is due", () -> due() == 0);
    int transactions = house.hospital().transactions();
    long before = feed("oak", "patient").path("unchanged").asLong();
    int touched = oak.touchAll();
    assertTrue(touched > MORE);
    until(
        "the ageing run was read",
        () -> feed("oak", "patient").path("unchanged").asLong() - before >= touched);
    // Sweeps read the same rows again, each second of this test, in three pages.
    String stamp = feed("oak", "patient").path("readUpTo").asText();
    until(
        "sweeps have gone over it",
        () -> feed("oak", "patient").path("readUpTo").asText().compareTo(stamp) > 0);
    assertEquals(touched, feed("oak", "patient").path("unchanged").asLong() - before);
    assertEquals(transactions, house.hospital().transactions());
    assertTrue(
        get("/metrics", false)
            .contains("pontic_capture_rows{feed=\"patient\",kind=\"unchanged\",practice=\"oak\"}"));
  }

  @Test
  void aColumnThatTheOfficeLacksIsLeftOutWithItsElement() throws Exception {
    long ofElm = elm.book(patient("elm", 0), 1, 1, AT, 40, "");
    long ofOak = oak.book(patient("oak", 0), 1, 1, AT, 40, "");
    execute("elm", "update appointment set IsMirrored = 1 where AptNum = " + ofElm);
    Appointment mirrored = appointment("elm", ofElm, apt -> apt.hasExtension());
    assertEquals(
        "urn:pontic:extension:also-in-room-of-second-provider",
        mirrored.getExtension().get(0).getUrl());
    assertFalse(appointment("oak", ofOak, apt -> true).hasExtension());
    assertEquals("23.1.30.0", feed("oak", "appointment").path("version").asText());
    assertEquals("on", feed("oak", "appointment").path("state").asText());
  }

  @Test
  void whatIsBookedMovedCompletedAndDeletedTheHospitalHas() throws Exception {
    long apt = oak.book(patient("oak", 1), 2, 3, AT, 30, "");
    Appointment booked = appointment("oak", apt, is(AppointmentStatus.BOOKED));
    assertEquals(
        List.of(
            "Patient/oak-patient-" + patient("oak", 1),
            "Practitioner/oak-practitioner-3",
            "Location/oak-location-2"),
        booked.getParticipant().stream().map(each -> each.getActor().getReference()).toList());
    oak.move(apt, AT.plusDays(1), OptionalLong.empty(), OptionalLong.empty());
    appointment(
        "oak", apt, each -> each.getStart().toInstant().toString().equals("2027-03-03T17:00:00Z"));
    oak.complete(apt);
    appointment("oak", apt, is(AppointmentStatus.FULFILLED));
    oak.delete(apt);
    appointment("oak", apt, is(AppointmentStatus.ENTEREDINERROR));
    assertEquals(
        patient("oak", 1),
        house
            .ledger()
            .count(
                "select patient_key from record where practice = 'oak' and resource = 'Appointment' and row_key = "
                    + apt));
  }

  @Test
  void aDeleteTraceWithoutPatientKeepsTheOrderOfThePatient() throws Exception {
    long patient = patient("elm", 1);
    long apt = elm.book(patient, 1, 1, AT, 30, "");
    appointment("elm", apt, is(AppointmentStatus.BOOKED));
    execute(
        "elm",
        "insert into histappointment (HistDateTStamp, HistApptAction, AptNum) values (now(), 4, "
            + apt
            + ")",
        "delete from appointment where AptNum = " + apt);
    appointment("elm", apt, is(AppointmentStatus.ENTEREDINERROR));
    assertEquals(
        patient,
        house
            .ledger()
            .count(
                "select patient_key from record where practice = 'elm' and resource = 'Appointment' and row_key = "
                    + apt));
  }

  @Test
  void missedAndCancelledBreaksAreToldApart() throws Exception {
    long missed = oak.book(patient("oak", 2), 1, 1, AT.plusHours(1), 30, "");
    long cancelled = oak.book(patient("oak", 3), 1, 1, AT.plusHours(2), 30, "");
    oak.breakAppointment(missed, true);
    oak.breakAppointment(cancelled, false);
    appointment("oak", missed, is(AppointmentStatus.NOSHOW));
    appointment("oak", cancelled, is(AppointmentStatus.CANCELLED));
  }

  @Test
  void aBreakIsToldOnlyWhenItsHistorySaysWhichItWas() throws Exception {
    long apt = elm.book(patient("elm", 2), 1, 1, AT.plusHours(3), 30, "");
    appointment("elm", apt, is(AppointmentStatus.BOOKED));
    execute("elm", "update appointment set AptStatus = 5 where AptNum = " + apt);
    long later = elm.book(patient("elm", 4), 1, 1, AT.plusHours(4), 30, "");
    appointment("elm", later, is(AppointmentStatus.BOOKED));
    try (Connection connection = practice("elm").dataSource().getConnection()) {
      new HistAppointments(practice("elm").schema())
          .record(
              connection,
              apt,
              HistAppointments.Action.MISSED,
              practice("elm").now(),
              FrontDesk.USER,
              HistAppointments.SOURCE_NONE);
    }
    appointment("elm", apt, is(AppointmentStatus.NOSHOW));
    assertEquals(
        List.of(AppointmentStatus.BOOKED, AppointmentStatus.NOSHOW),
        house.hospital().history("Appointment", "elm-appointment-" + apt).stream()
            .map(arrival -> ((Appointment) arrival.resource()).getStatus())
            .distinct()
            .toList());
  }

  @Test
  void aBreakWithoutHistoryIsACancellationAfterAWhile() throws Exception {
    long apt = elm.book(patient("elm", 2), 1, 1, AT.plusHours(5), 30, "");
    appointment("elm", apt, is(AppointmentStatus.BOOKED));
    execute(
        "elm",
        "update appointment set AptStatus = 5, DateTStamp = now() - interval 40 second where AptNum = "
            + apt);
    appointment("elm", apt, is(AppointmentStatus.CANCELLED));
  }

  /** The record's stamp lies in the office's future then. */
  @Test
  void whatIsChangedAfterTheOfficesClockSteppedBackIsTold() throws Exception {
    long patient = patient("elm", 5);
    execute("elm", "update patient set City = 'Before' where PatNum = " + patient);
    resource(
        Patient.class,
        "elm-patient-" + patient,
        each -> "Before".equals(each.getAddressFirstRep().getCity()));
    execute(
        "elm",
        "update patient set City = 'After', DateTStamp = now() - interval 20 second where PatNum = "
            + patient);
    resource(
        Patient.class,
        "elm-patient-" + patient,
        each -> "After".equals(each.getAddressFirstRep().getCity()));
  }

  @Test
  void aTraceOfADeleteOfWhatIsThereDeletesNothing() throws Exception {
    long apt = elm.book(patient("elm", 2), 1, 1, AT.plusHours(6), 30, "");
    appointment("elm", apt, is(AppointmentStatus.BOOKED));
    execute(
        "elm",
        "insert into histappointment (HistDateTStamp, HistApptAction, AptNum) values (now(), 4, "
            + apt
            + ")");
    elm.complete(apt);
    appointment("elm", apt, is(AppointmentStatus.FULFILLED));
    assertEquals(
        List.of(AppointmentStatus.BOOKED, AppointmentStatus.FULFILLED),
        house.hospital().history("Appointment", "elm-appointment-" + apt).stream()
            .map(arrival -> ((Appointment) arrival.resource()).getStatus())
            .distinct()
            .toList());
  }

  @Test
  void mergedPatientsAreLinkedBothWays() throws Exception {
    long loser = patient("elm", 3);
    long winner = patient("elm", 4);
    elm.merge(loser, winner);
    Patient replaced =
        resource(
            Patient.class, "elm-patient-" + loser, each -> each.hasLink() && !each.getActive());
    assertEquals(Patient.LinkType.REPLACEDBY, replaced.getLinkFirstRep().getType());
    assertEquals(
        "Patient/elm-patient-" + winner, replaced.getLinkFirstRep().getOther().getReference());
    Patient replacing =
        resource(
            Patient.class, "elm-patient-" + winner, each -> each.hasLink() && each.getActive());
    assertEquals(Patient.LinkType.REPLACES, replacing.getLinkFirstRep().getType());
    assertEquals(
        "Patient/elm-patient-" + loser, replacing.getLinkFirstRep().getOther().getReference());
  }

  @Test
  void anAppointmentInTheHourThatComesTwiceIsInTheFirstAndOneInTheMissingHourIsAfterIt() {
    Map<String, String> starts =
        Map.of(
            "2027-11-07 01:30:00",
            "2027-11-07T05:30:00Z",
            "2027-03-14 02:30:00",
            "2027-03-14T07:30:00Z");
    starts.forEach(
        (wall, start) -> {
          long apt = appointmentOf(patient("elm", 6), wall, 1, 1);
          appointment("elm", apt, each -> each.getStart().toInstant().toString().equals(start));
        });
  }

  /** Read in the first load, in the order of the instants and not of the wall clock. */
  @Test
  void aStampInTheHourThatComesTwiceIsTheInstantThatItWas() {
    assertEquals(
        List.of(FIRST_HALF_PAST_ONE * 1000, SECOND_HALF_PAST_ONE * 1000),
        house
            .ledger()
            .rows(
                "select stamp from record where practice = 'elm' and resource = 'Patient'"
                    + " and row_key in (101, 102) order by row_key")
            .stream()
            .map(row -> ((Number) row.get("stamp")).longValue())
            .toList());
  }

  @Test
  void datesThatAreNoneAndKeysThatAreNoneAreNotTold() throws Exception {
    long patient = patient("elm", 6);
    for (String none : List.of("0001-01-01", "0000-00-00")) {
      execute(
          "elm",
          "update patient set Birthdate = '1984-05-06' where PatNum = " + patient,
          "update patient set City = 'Known' where PatNum = " + patient);
      resource(
          Patient.class,
          "elm-patient-" + patient,
          each -> each.hasBirthDate() && "Known".equals(each.getAddressFirstRep().getCity()));
      execute(
          "elm",
          "update patient set Birthdate = '"
              + none
              + "', DateTimeDeceased = '"
              + none
              + " 00:00:00', City = 'Unknown' where PatNum = "
              + patient);
      Patient told =
          resource(
              Patient.class,
              "elm-patient-" + patient,
              each -> "Unknown".equals(each.getAddressFirstRep().getCity()));
      assertFalse(told.hasBirthDate() || told.hasDeceased(), none);
    }
    // 0 is nobody, and 777 is nobody either.
    for (long nobody : List.of(0, 777)) {
      long apt = appointmentOf(patient, "2027-03-01 08:00:00", nobody, nobody);
      assertEquals(
          List.of("Patient/elm-patient-" + patient),
          appointment("elm", apt, each -> true).getParticipant().stream()
              .map(each -> each.getActor().getReference())
              .toList());
    }
  }

  @Test
  void aKeyThatADoubleCannotHoldAndALineBreakArriveAsTheyAre() throws Exception {
    execute(
        "oak",
        "insert into patient (PatNum, LName, FName, Birthdate, Address, DateTStamp) values ("
            + HUGE
            + ", 'Huge', 'Ida', '1990-01-01', concat('1 Line St', char(13, 10), 'Rear'), now())",
        "insert into appointment (AptNum, PatNum, AptStatus, AptDateTime, Op, ProvNum, Pattern) values ("
            + HUGE
            + ", "
            + HUGE
            + ", 1, '2027-03-01 08:00:00', 1, 1, '/X/')");
    Patient patient = resource(Patient.class, "oak-patient-" + HUGE, each -> true);
    assertEquals("1 Line St\r\nRear", patient.getAddressFirstRep().getLine().get(0).getValue());
    assertEquals(
        "Patient/oak-patient-" + HUGE,
        appointment("oak", HUGE, each -> true).getParticipant().get(0).getActor().getReference());
  }

  @Test
  void onePersonUnderTwoProviderNumbersIsTwoPractitionersOfOneNpi() throws Exception {
    Practitioner one = resource(Practitioner.class, "elm-practitioner-1", each -> true);
    Practitioner other = resource(Practitioner.class, "elm-practitioner-5", each -> true);
    assertEquals(npi(one), npi(other));
    assertFalse(resource(Practitioner.class, "elm-practitioner-6", each -> true).getActive());
    execute("elm", "update operatory set IsHidden = 1 where OperatoryNum = 4");
    resource(
        Location.class,
        "elm-location-4",
        each -> each.getStatus() == Location.LocationStatus.INACTIVE);
  }

  @Test
  void whatTheDatabaseShowsLateASweepFinds() throws Exception {
    String stamp = feed("elm", "patient").path("readUpTo").asText();
    execute(
        "elm",
        "insert into patient (PatNum, LName, FName, Birthdate, DateTStamp)"
            + " values (99, 'Late', 'Row', '1990-01-01', now() - interval 20 minute)");
    resource(Patient.class, "elm-patient-99", each -> true);
    assertTrue(
        java.time.Instant.parse(stamp).isAfter(java.time.Instant.now().minusSeconds(600)), stamp);
  }

  @Test
  @Order(Integer.MAX_VALUE - 2)
  void afterAllOfThisNothingIsUnexplained() throws Exception {
    until("all is sent", () -> due() == 0);
    house.nothingIsUnexplained("elm", "oak");
  }

  @Test
  @Order(Integer.MAX_VALUE - 3)
  void theFirstAndEveryOtherPageHoldsWhatIsValidAndPointsToWhatIsThere() throws Exception {
    assumeTrue(UsCore.isThere(), UsCore.MISSING);
    until("all is sent", () -> due() == 0);
    List<String> wrong = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    List<Resource> all = new ArrayList<>();
    for (String type : List.of("Practitioner", "Location", "Patient", "Appointment")) {
      List<Resource> latest =
          house.hospital().all(type).stream()
              .map(Arrival::id)
              .distinct()
              // Copies of the seeded ones differ in their key alone.
              .filter(id -> !id.matches("oak-patient-\\d{3,}"))
              .map(id -> house.hospital().latest(type, id).orElseThrow().resource())
              .toList();
      assertFalse(latest.isEmpty(), type);
      all.addAll(latest);
    }
    for (Resource each : all) {
      String text = FhirContext.forR4Cached().newJsonParser().encodeResourceToString(each);
      texts.add(text);
      for (JsonNode reference : JSON.readTree(text).findValues("reference")) {
        String[] target = reference.asText().split("/");
        // Here neither clinics are read nor what is planned.
        if (target[1].matches("[a-z]+-(practitioner|location|patient|appointment)-[0-9]+")
            && house.hospital().latest(target[0], target[1]).isEmpty()) {
          wrong.add(each.getId() + " points to " + reference.asText());
        }
      }
    }
    wrong.addAll(UsCore.SHARED.errorsOfAll(texts));
    assertEquals(List.of(), wrong);
  }

  @Test
  @Order(Integer.MAX_VALUE - 1)
  void anOfficeThatIsNotUnderstoodIsNotReadAndSaysWhy() throws Exception {
    long patient = patient("oak", 4);
    version("oak", "26.1.2.0");
    untilOff("oak", "patient", "it holds for DataBaseVersion 21.1 to 25.3, not for 26.1.2.0");
    oak.editPatient(patient, Map.of("City", "Newversion"));
    // An upgrade that moved the version and took away what the feeds need.
    execute(
        "oak",
        "alter table patient change Language Tongue varchar(100)",
        "alter table provider modify DateTStamp timestamp not null default current_timestamp",
        "replace into preference (PrefName, ValueString, PrefNum) values ('RandomPrimaryKeys', '1', 999)");
    version("oak", "25.1.1.0");
    untilOff("oak", "patient", "the office lacks the column p.Language");
    untilOff(
        "oak",
        "provider",
        "the stamp provider.DateTStamp does not move when a row changes (it lacks ON UPDATE)");
    untilOff(
        "oak",
        "appointment-deleted",
        "keys of this office do not grow with time (RandomPrimaryKeys or auto_increment_increment)");
    assertFalse(
        house.hospital().history("Patient", "oak-patient-" + patient).stream()
            .anyMatch(
                each ->
                    "Newversion"
                        .equals(((Patient) each.resource()).getAddressFirstRep().getCity())));
    assertTrue(
        get("/metrics", false).contains("pontic_capture_on{feed=\"patient\",practice=\"oak\"} 0"));
    execute("oak", "alter table patient change Tongue Language varchar(100)");
    version("oak", "25.1.2.0");
    resource(
        Patient.class,
        "oak-patient-" + patient,
        each -> "Newversion".equals(each.getAddressFirstRep().getCity()));
    assertEquals("", feed("oak", "patient").path("reason").asText());
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void aColumnThatGoesWithoutANewVersionIsSeenByThePollThatFails() throws Exception {
    execute("elm", "alter table operatory change OpName RoomName varchar(255)");
    untilOff("elm", "operatory", "the office lacks the column OpName");
    assertEquals("on", feed("elm", "patient").path("state").asText());
  }

  /** The office's wall clock says half past one for both. */
  private static void inTheHourThatComesTwice() throws Exception {
    String patient =
        "insert into patient (PatNum, LName, FName, Birthdate) values (%d, 'Autumn', 'Ann', '1990-01-01')";
    execute(
        "elm",
        "set timestamp = " + FIRST_HALF_PAST_ONE,
        patient.formatted(101),
        "set timestamp = " + SECOND_HALF_PAST_ONE,
        patient.formatted(102),
        "set timestamp = default");
  }

  private static long appointmentOf(long patient, String wall, long provider, long operatory) {
    try {
      execute(
          "elm",
          "insert into appointment (PatNum, AptStatus, AptDateTime, Op, ProvNum, Pattern) values ("
              + patient
              + ", 1, '"
              + wall
              + "', "
              + operatory
              + ", "
              + provider
              + ", '//X//')");
    } catch (Exception e) {
      throw new AssertionError(wall, e);
    }
    return house
        .office("elm")
        .count(
            "select max(AptNum) from appointment where PatNum = ? and AptDateTime = ?",
            patient,
            wall);
  }

  private static void copyPatients(int count) throws Exception {
    execute(
        "oak",
        "insert into patient (LName, FName, Birthdate, PatStatus, Gender, City, Zip, ChartNumber)"
            + " select concat('Copy', x.PatNum), 'Many', '1990-01-01', 0, 1, 'Sampleton', '90000', ''"
            + " from patient x join patient y join patient z join patient w limit "
            + count);
  }

  private static pontic.sandbox.database.Practice practice(String id) {
    return house.sandbox().practice(id);
  }

  private static void execute(String practice, String... sql) throws Exception {
    try (Connection connection = practice(practice).dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
    }
  }

  private static void version(String practice, String version) throws Exception {
    execute(
        practice,
        "update preference set ValueString = '" + version + "' where PrefName = 'DataBaseVersion'");
  }

  private static long patient(String practice, int number) {
    return house
        .office(practice)
        .count(
            "select PatNum from patient where PatNum <= 12 and PatStatus in (0, 3) order by PatNum limit 1 offset "
                + number);
  }

  private static String npi(Practitioner practitioner) {
    return practitioner.getIdentifier().stream()
        .filter(each -> each.getSystem().equals("http://hl7.org/fhir/sid/us-npi"))
        .map(each -> each.getValue())
        .findFirst()
        .orElseThrow();
  }

  private static Predicate<Appointment> is(AppointmentStatus status) {
    return appointment -> appointment.getStatus() == status;
  }

  private static Appointment appointment(String practice, long key, Predicate<Appointment> fits) {
    return resource(Appointment.class, practice + "-appointment-" + key, fits);
  }

  private static <T extends Resource> T resource(Class<T> type, String id, Predicate<T> fits) {
    until(
        type.getSimpleName() + "/" + id + " as expected",
        () -> latest(type, id).filter(fits).isPresent());
    return latest(type, id).orElseThrow();
  }

  private static <T extends Resource> Optional<T> latest(Class<T> type, String id) {
    return house
        .hospital()
        .latest(type.getSimpleName(), id)
        .map(arrival -> type.cast(arrival.resource()));
  }

  private static void untilOff(String practice, String feed, String reason) {
    until(
        feed + " of " + practice + " is off: " + reason,
        () ->
            feed(practice, feed).path("state").asText().equals("off")
                && feed(practice, feed).path("reason").asText().equals(reason));
  }

  /** As {@code ./pontic status} gets it. */
  private static JsonNode feed(String practice, String name) {
    try {
      return Stream.of(JSON.readTree(get("/control/status", true)).path("practices"))
          .flatMap(list -> java.util.stream.StreamSupport.stream(list.spliterator(), false))
          .filter(each -> each.path("practice").asText().equals(practice))
          .flatMap(
              each ->
                  java.util.stream.StreamSupport.stream(each.path("feeds").spliterator(), false))
          .filter(each -> each.path("feed").asText().equals(name))
          .findFirst()
          .orElse(JSON.createObjectNode());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String get(String path, boolean withToken) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + house.flags().get("pontic.management.port") + path));
    if (withToken) {
      request.header(
          "Authorization",
          "Bearer " + Files.readString(folder.resolve("data/management.token")).strip());
    }
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
