package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import pontic.house.AnotherInstallation;
import pontic.house.House;
import pontic.lane.Lane;
import pontic.lane.Work;
import pontic.sandbox.api.BookingDoubts;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.OfficeSettings;
import pontic.sandbox.api.OpenDentalApi;
import pontic.sandbox.api.Requests.Entry;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/** What nobody could confirm about the API (open-dental-api.md 8) is survived both ways. */
final class OpenPointsTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 6, 1, 12, 0);

  /** Half a minute, scaled. */
  private static final double LONGEST_PAUSE_MILLIS = 30_000 * House.SCALE;

  private static final List<BookingDoubts> BOTH_WAYS =
      List.of(BookingDoubts.STANDARD, BookingDoubts.OTHER_WAY);

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder, 0.05)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("routes.reconcile.period", "1000")
            .with("routes.reconcile-destination.period", "1000")
            .with("practices.elm.writes.doubleBooking", "park")
            .with("practices.oak.writes.doubleBooking", "refuse")
            .withCodes("elm", "{appointment-type: {EXAM: 1}}");
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
    house.api().meanwhile().clear();
    change(settings -> OfficeSettings.standard());
    assertEquals(List.of(), house.api().requests().violations(0));
  }

  @Test
  void anErrorMayBeAJsonStringOrBareText() throws Exception {
    int n = 7000;
    for (boolean bare : List.of(false, true)) {
      change(settings -> settings.withBareErrorText(bare));
      Patient patient = Patient.numbered(++n);
      house.accepted("elm", Hospital.adt("A28", "O" + n, patient));
      house.untilAllEnded();
      long patNum = house.office("elm").patNum(patient);
      house.sandbox().frontDesk("elm").deletePatient(patNum);
      String id =
          house.accepted(
              "elm", Hospital.adt("A31", "O" + n + "u", patient.withPhone("5035557000")));
      house.untilAllEnded();
      house.ledger().assertEnd("parked", id);
      assertEquals(
          "PatNum "
              + patNum
              + " can no longer be read in Open Dental: \"patient has been deleted\" (HTTP 400); candidates: ["
              + patNum
              + "]",
          house.ledger().receipt(id).get("receipt_reason"));
    }
  }

  /** Another client of the same key has a request under way when Pontic's next one comes. */
  @Test
  void tooManyRequestsMayBeAnsweredOrOnlyQueued() throws Exception {
    int n = 7100;
    for (boolean queueing : List.of(false, true)) {
      change(settings -> settings.withQueueLength(0).withQueueingOnly(queueing));
      Patient patient = Patient.numbered(++n);
      lane(Long.MAX_VALUE);
      String id =
          house.accepted(
              "elm", Hospital.siu("S12", "O" + n, patient, "PL" + n, NOON.plusDays(n), 30, ""));
      house.untilUnderstood();
      house.api().requests().clear();
      house
          .api()
          .faults()
          .arm(
              Fault.of("elm", FaultKind.SLOW)
                  .on("GET", "/preferences")
                  .lasting(Duration.ofMillis(900)));
      CompletableFuture<HttpResponse<Void>> other = another("/preferences?PrefName=ProgramVersion");
      house.api().requests().await(entry -> entry.fault().isPresent(), Duration.ofSeconds(600));
      lane(0);
      house.untilAllEnded();
      assertEquals(200, other.join().statusCode());
      house.ledger().assertEnd("landed", id);
      assertEquals(1, house.office("elm").appointments(patient).size());
      List<Entry> all = house.api().requests().list("elm");
      assertTrue(
          all.get(1).arrival() < all.get(0).end().getAsLong(),
          "it came while the other was served");
      assertEquals(
          !queueing, all.stream().anyMatch(entry -> entry.status().equals("429")), all.toString());
      // Two clients of one key cannot keep their distance.
      house.api().requests().clear();
    }
  }

  /** Point 6; the desk has been there before the hospital. */
  @Test
  void aTakenTimeIsNotBookedWhetherTheApiWouldTakeItOrNot() throws Exception {
    int n = 7200;
    for (BookingDoubts doubts : BOTH_WAYS) {
      change(settings -> settings.withBookings(doubts));
      LocalDateTime at = NOON.plusDays(++n - 7000);
      Patient patient = Patient.numbered(n);
      house.office("elm").worked(at.toLocalDate());
      long desk = desk("elm", at.minusMinutes(10));
      String id =
          house.accepted("elm", Hospital.siu("S12", "O" + n, patient, "PL" + n, at, 30, ""));
      house.untilAllEnded();
      house.ledger().assertEnd("parked", id);
      assertEquals(
          "slot taken: AptNum "
              + desk
              + " stands in operatory 1 at that time; next free there: "
              + at.toLocalDate()
              + " 12:20 to 17:00 (America/New_York); of it stands PatNum "
              + house.office("elm").patNum(patient),
          reason(id).replaceFirst(", for ProvNum \\d+(?=;)", ""));
      assertEquals(0, house.office("elm").appointments(patient).size());
      house
          .sandbox()
          .frontDesk("elm")
          .move(desk, at.minusHours(3), OptionalLong.empty(), OptionalLong.empty());
      assertEquals(202, house.release(house.ledger().id(id)));
      house.untilAllEnded();
      house.ledger().assertEnd("landed", id);
      assertEquals(1, house.office("elm").appointments(patient).size());
    }
  }

  @Test
  void whatTheDeskBooksBetweenLookAndWriteIsNotSilentWhetherTheApiTakesItOrNot() throws Exception {
    int n = 7210;
    for (BookingDoubts doubts : BOTH_WAYS) {
      change(settings -> settings.withBookings(doubts));
      LocalDateTime at = NOON.plusDays(++n - 7000);
      Patient patient = Patient.numbered(n);
      house.office("elm").worked(at.toLocalDate());
      AtomicLong desk = new AtomicLong();
      house
          .api()
          .meanwhile()
          .before("elm", "POST", "/appointments", () -> desk.set(desk("elm", at.minusMinutes(10))));
      String id =
          house.accepted("elm", Hospital.siu("S12", "O" + n, patient, "PL" + n, at, 30, ""));
      house.untilAllEnded();
      house.ledger().assertEnd("parked", id);
      boolean taken = !doubts.overlapRefused();
      assertEquals(taken ? 1 : 0, house.office("elm").appointments(patient).size());
      assertTrue(
          reason(id)
              .contains(
                  (taken ? "but doubly booked: AptNum " : "slot taken: AptNum ")
                      + desk.get()
                      + " stands in operatory 1 at that time; next free there: "
                      + at.toLocalDate()),
          reason(id));
    }
  }

  @Test
  void aMoveAndAPlannedVisitTakeNoTimeOfSomebodyElse() throws Exception {
    LocalDateTime at = NOON.plusDays(220);
    long desk = desk("elm", at);
    Patient moved = Patient.numbered(7221);
    house.accepted("elm", Hospital.siu("S12", "O7221", moved, "PL7221", at.plusHours(2), 30, ""));
    Patient planned = Patient.numbered(7222);
    house.accepted("elm", planned(planned, "O7222", "PL7222"));
    house.untilAllEnded();
    String move = house.accepted("elm", Hospital.siu("S13", "O7223", moved, "PL7221", at, 30, ""));
    String time =
        house.accepted("elm", Hospital.siu("S13", "O7224", planned, "PL7222", at, 30, ""));
    house.untilAllEnded();
    for (String id : List.of(move, time)) {
      house.ledger().assertEnd("parked", id);
      assertTrue(reason(id).startsWith("slot taken: AptNum " + desk + " stands"), reason(id));
    }
    assertEquals(
        "14:00",
        String.valueOf(house.office("elm").appointments(moved).get(0).get("AptDateTime"))
            .replace('T', ' ')
            .substring(11, 16));
    assertEquals(1, house.office("elm").appointments(planned).size(), "the plan alone");
    house.sandbox().frontDesk("elm").breakAppointment(desk, true);
    assertEquals(202, house.release(house.ledger().id(time)));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", time);
    assertEquals(2, house.office("elm").appointments(planned).size());
  }

  /** One chair holds nobody twice; whom two people see on one morning is told. */
  @ParameterizedTest
  @CsvSource({"elm, parked, 7851", "oak, refused, 7852"})
  void aPatientsOwnVisitTakesItsTimeAndIsToldInAnotherOperatory(
      String practice, String end, int number) throws Exception {
    Patient patient = Patient.numbered(number);
    LocalDateTime at = NOON.minusHours(2).plusDays(number - 7000);
    String placer = "PL" + number;
    house.accepted(practice, Hospital.siu("S12", "OA" + number, patient, placer, at, 60, ""));
    house.untilAllEnded();
    long desk =
        house
            .sandbox()
            .frontDesk(practice)
            .book(
                house.office(practice).patNum(patient),
                1,
                2,
                at.plusMinutes(130),
                30,
                "by the desk");
    String second =
        house.accepted(
            practice,
            Hospital.siu("S12", "OB" + number, patient, placer + "B", at.plusHours(2), 60, ""));
    house.untilAllEnded();
    house.ledger().assertEnd(end, second);
    assertTrue(
        reason(second)
            .startsWith(
                "slot taken: AptNum "
                    + desk
                    + ", the same patient's, stands in operatory 1 at that time"),
        reason(second));
    assertEquals(2, house.office(practice).appointments(patient).size());
    dropped(second, end);
    String moved =
        house.accepted(
            practice,
            Hospital.siu("S13", "OC" + number, patient, placer, at.plusMinutes(130), 60, ""));
    house.untilAllEnded();
    house.ledger().assertEnd(end, moved);
    assertTrue(reason(moved).startsWith("slot taken: AptNum " + desk), reason(moved));
    assertEquals(List.of(at, at.plusMinutes(130)), times(practice, patient));
    dropped(moved, end);
    // In another room the same moves are told.
    String told =
        "the patient is in two places at that time: AptNum " + desk + " stands in operatory 1";
    String elsewhere =
        house.accepted(
            practice,
            inRoom2(
                Hospital.siu("S13", "OD" + number, patient, placer, at.plusMinutes(130), 60, "")));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", elsewhere);
    assertTrue(warnings(elsewhere).contains(told), warnings(elsewhere));
    String back =
        house.accepted(
            practice, inRoom2(Hospital.siu("S13", "OE" + number, patient, placer, at, 60, "")));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", back);
    assertFalse(warnings(back).contains("two places"), warnings(back));
    String third =
        house.accepted(
            practice,
            inRoom2(
                Hospital.siu(
                    "S12", "OF" + number, patient, placer + "F", at.plusHours(2), 60, "")));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", third);
    assertTrue(warnings(third).contains(told), warnings(third));
    assertEquals(List.of(at, at.plusHours(2), at.plusMinutes(130)), times(practice, patient));
  }

  private static void dropped(String id, String end) throws Exception {
    if (end.equals("parked")) {
      assertEquals(
          202, house.post("/control/parked/drop?id=" + house.ledger().id(id) + "&reason=seen"));
    }
  }

  private static String warnings(String id) {
    return String.valueOf(house.ledger().receipt(id).get("receipt_warnings"));
  }

  private static byte[] inRoom2(byte[] message) {
    return new String(message, StandardCharsets.UTF_8)
        .replace("AIL|1|A|OP-1", "AIL|1|A|OP-2")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static List<LocalDateTime> times(String practice, Patient patient) {
    return house.office(practice).appointments(patient).stream()
        .map(row -> String.valueOf(row.get("AptDateTime")).replace(' ', 'T').substring(0, 16))
        .map(LocalDateTime::parse)
        .sorted()
        .toList();
  }

  /** Nobody is booked who is, and an archived chart is opened by nobody. */
  @ParameterizedTest
  @CsvSource({"7225, 5, deceased", "7226, 3, archived"})
  void aPlannedVisitOfWhoIsGoneIsGivenNoTime(int number, String status, String why)
      throws Exception {
    Patient planned = Patient.numbered(number);
    house.accepted("elm", planned(planned, "O" + number, "PL" + number));
    house.untilAllEnded();
    house
        .sandbox()
        .frontDesk("elm")
        .editPatient(house.office("elm").patNum(planned), Map.of("PatStatus", status));
    String time =
        house.accepted(
            "elm",
            Hospital.siu("S13", "OT" + number, planned, "PL" + number, NOON.plusDays(235), 30, ""));
    house.untilAllEnded();
    house.ledger().assertEnd("parked", time);
    assertTrue(reason(time).contains(why), reason(time));
    assertEquals(1, house.office("elm").appointments(planned).size(), "the plan alone");
  }

  /** Of an office whose lists take no operatory, by a practice that wants it refused. */
  @Test
  void anOlderOfficeIsLookedAtAsAWhole() throws Exception {
    LocalDateTime at = NOON.plusDays(230);
    desk("oak", at);
    Patient patient = Patient.numbered(7231);
    String id = house.accepted("oak", Hospital.siu("S12", "O7231", patient, "PL7231", at, 30, ""));
    house.untilAllEnded();
    house.ledger().assertEnd("refused", id);
    assertTrue(reason(id).startsWith("slot taken: "), reason(id));
    assertTrue(reason(id).contains("Open Dental offers nothing so long there"), reason(id));
    assertEquals(0, house.office("oak").appointments(patient).size());
  }

  /** Of a booking that is refused the patient stands who was made for it. */
  @Test
  void aRefusalNamesThePatientWhoWasMadeForIt() throws Exception {
    LocalDateTime at = NOON.plusDays(235);
    desk("oak", at);
    Patient patient = Patient.numbered(7235);
    String id = house.accepted("oak", Hospital.siu("S12", "O7235", patient, "PL7235", at, 30, ""));
    house.untilAllEnded();
    house.ledger().assertEnd("refused", id);
    assertEquals(1, house.office("oak").patients(patient).size());
    long patNum = house.office("oak").patNum(patient);
    assertTrue(reason(id).startsWith("slot taken: "), reason(id));
    assertTrue(reason(id).endsWith("; of it stands PatNum " + patNum), reason(id));
    assertEquals("{\"PatNum\":" + patNum + "}", keys(id));
    // A person is told the same, and so is who gives it up.
    LocalDateTime later = NOON.plusDays(236);
    desk("elm", later);
    Patient other = Patient.numbered(7236);
    String parked =
        house.accepted("elm", Hospital.siu("S12", "O7236", other, "PL7236", later, 30, ""));
    house.untilAllEnded();
    house.ledger().assertEnd("parked", parked);
    long made = house.office("elm").patNum(other);
    assertTrue(reason(parked).endsWith("; of it stands PatNum " + made), reason(parked));
    assertEquals("{\"PatNum\":" + made + "}", keys(parked));
    assertEquals(
        202, house.post("/control/parked/drop?id=" + house.ledger().id(parked) + "&reason=seen"));
    house.ledger().assertEnd("dropped", parked);
    assertTrue(reason(parked).endsWith("seen; of it stands PatNum " + made), reason(parked));
    assertEquals("{\"PatNum\":" + made + "}", keys(parked));
  }

  /** What landed of it is its sender's word, and so the base of his next. */
  @Test
  void aRefusalNamesWhatItChangedAndThatIsItsSendersWordFromNowOn() throws Exception {
    LocalDateTime at = NOON.plusDays(237);
    Patient patient = Patient.numbered(7237);
    long aptNum = bookedWithNotesRefused("O7237", patient, "PL7237", at);
    String moved =
        house.accepted(
            "elm",
            Hospital.siu("S13", "O7238", patient, "PL7237", at.plusHours(1), 30, "bring it along"));
    house.untilAllEnded();
    house.ledger().assertEnd("refused", moved);
    assertEquals(at.plusHours(1).toString(), start("elm", patient));
    assertTrue(
        reason(moved).endsWith("; of it stands: AptNum " + aptNum + " was moved"), reason(moved));
    assertTrue(keys(moved).contains("\"AptNum\":" + aptNum), keys(moved));
    // Who says the same once more moves nothing, though the desk has moved it back since.
    house.sandbox().frontDesk("elm").move(aptNum, at, OptionalLong.empty(), OptionalLong.empty());
    house.api().requests().clear();
    String again =
        house.accepted(
            "elm", Hospital.siu("S13", "O7239", patient, "PL7237", at.plusHours(1), 30, ""));
    house.untilAllEnded();
    house.ledger().assertEnd("no change", again);
    assertEquals(at.toString(), start("elm", patient));
    assertEquals(
        List.of(),
        house.api().requests().list("elm").stream()
            .filter(entry -> !entry.method().equals("GET"))
            .toList());
    // The note has never stood, so it is still to be written.
    house.api().faults().clear();
    String note =
        house.accepted(
            "elm",
            Hospital.siu("S13", "O7240", patient, "PL7237", at.plusHours(1), 30, "bring it along"));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", note);
    assertEquals(at.toString(), start("elm", patient));
    assertTrue(
        String.valueOf(house.office("elm").appointments(patient).get(0).get("Note"))
            .contains("bring it along"));
  }

  /** A visit that was broken by what was then refused is booked again by who wants it again. */
  @Test
  void whatWasBrokenByARefusedCancellationIsBookedAgain() throws Exception {
    LocalDateTime at = NOON.plusDays(239);
    Patient patient = Patient.numbered(7239);
    long aptNum = bookedWithNotesRefused("O7241", patient, "PL7239", at);
    String broken =
        house.accepted("elm", Hospital.siu("S15", "O7242", patient, "PL7239", at, 30, "is ill"));
    house.untilAllEnded();
    house.ledger().assertEnd("refused", broken);
    assertEquals("5", status("elm", patient));
    assertTrue(
        reason(broken).endsWith("; of it stands: AptNum " + aptNum + " was broken"),
        reason(broken));
    house.api().faults().clear();
    String again =
        house.accepted("elm", Hospital.siu("S13", "O7243", patient, "PL7239", at, 30, ""));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", again);
    assertEquals("1", status("elm", patient));
  }

  @Test
  void closedHoursAndHiddenOperatoriesMayBeTakenOrRefused() throws Exception {
    int n = 7240;
    for (BookingDoubts doubts :
        List.of(
            BookingDoubts.STANDARD,
            new BookingDoubts(false, false, true),
            new BookingDoubts(false, true, false))) {
      change(settings -> settings.withBookings(doubts));
      LocalDate day = NOON.toLocalDate().plusDays(++n - 7000);
      house.office("elm").worked(day);
      hidden(doubts.hiddenRefused());
      Patient patient = Patient.numbered(n);
      String id =
          house.accepted(
              "elm", Hospital.siu("S12", "O" + n, patient, "PL" + n, day.atTime(20, 0), 30, ""));
      house.untilAllEnded();
      hidden(false);
      boolean refused = doubts.hiddenRefused() || doubts.closedRefused();
      house.ledger().assertEnd(refused ? "parked" : "landed", id);
      assertEquals(refused ? 0 : 1, house.office("elm").appointments(patient).size());
      String warnings = String.valueOf(house.ledger().receipt(id).get("receipt_warnings"));
      assertEquals(!refused, warnings.contains("nobody works in operatory 1"), warnings);
      if (refused) {
        assertTrue(
            reason(id)
                .startsWith(
                    "slot not free: Open Dental did not take appointments.post and does not offer operatory 1"),
            reason(id));
      }
    }
  }

  /** By the crosswalks, at the office's wall clock, in its signs of five minutes. */
  @Test
  void whereWhenHowLongOfWhichKindAndWithWhomStandsInTheRow() throws Exception {
    Patient patient = Patient.numbered(7251);
    LocalDateTime at = NOON.plusDays(250);
    Patient other = Patient.numbered(7252);
    Patient lost = Patient.numbered(7254);
    house.accepted(
        "elm",
        changed(
            Hospital.siu("S12", "O7251", patient, "PL7251", at, 45, ""),
            "ROUTINE\\|\\|NORMAL",
            "ROUTINE||EXAM",
            "OP-1",
            "OP-2",
            "DR-1\\^",
            "HYG-1^",
            "\\^(2028\\d{10})\\^(2028\\d{10})",
            "^$1-0800^$2-0800"));
    house.accepted("elm", Hospital.siu("S12", "O7252", other, "PL7252", at.plusHours(1), 30, ""));
    String nowhere =
        house.accepted(
            "elm",
            changed(
                Hospital.siu("S12", "O7254", lost, "PL7254", at.plusHours(2), 30, ""),
                "OP-1",
                "OP-99"));
    house.untilAllEnded();
    Map<String, Object> row = house.office("elm").appointments(patient).get(0);
    // Three hours east of where it was said.
    assertEquals(
        at.plusHours(3).toString(),
        String.valueOf(row.get("AptDateTime")).replace(' ', 'T').substring(0, 16));
    assertEquals(
        List.of("2", "3", "1", "9"),
        List.of(
            String.valueOf(row.get("Op")),
            String.valueOf(row.get("ProvNum")),
            String.valueOf(row.get("AppointmentTypeNum")),
            String.valueOf(String.valueOf(row.get("Pattern")).length())));
    assertEquals("0", kind(other));
    house.ledger().assertEnd("parked", nowhere);
    assertTrue(reason(nowhere).contains("operatory has no entry for 'OP-99'"), reason(nowhere));
    assertEquals(0, house.office("elm").appointments(lost).size());
    house.accepted(
        "elm",
        changed(
            Hospital.siu("S14", "O7253", other, "PL7252", at.plusHours(1), 30, ""),
            "ROUTINE\\|\\|NORMAL",
            "ROUTINE||EXAM"));
    house.untilAllEnded();
    assertEquals("1", kind(other));
  }

  /** Points 5 and 10; oak is older than some of what Pontic knows. */
  @Test
  void unknownAndNewerFieldsMayBeRefusedOrIgnored() throws Exception {
    int n = 7700;
    for (boolean otherWay : List.of(false, true)) {
      for (String practice : List.of("elm", "oak")) {
        house
            .api()
            .change(
                practice,
                settings ->
                    settings.withUnknownFieldsRefused(otherWay).withNewerFieldsIgnored(otherWay));
        Patient patient = Patient.numbered(++n);
        LocalDateTime at = NOON.plusDays(n - 7400);
        String placer = "PL" + n;
        house.accepted(
            practice, Hospital.siu("S12", "O" + n + "a", patient, placer, at, 30, "knee"));
        house.accepted(
            practice, Hospital.adt("A31", "O" + n + "b", patient.withPhone("5035557700")));
        String last =
            house.accepted(
                practice,
                Hospital.siu("S13", "O" + n + "c", patient, placer, at.plusHours(1), 50, ""));
        house.untilAllEnded();
        house.ledger().assertEnd("landed", last);
        Map<String, Object> row = house.office(practice).appointments(patient).get(0);
        assertEquals(10, String.valueOf(row.get("Pattern")).length(), row.toString());
        assertEquals(
            at.plusHours(1).toString(),
            String.valueOf(row.get("AptDateTime")).replace(' ', 'T').substring(0, 16));
        assertEquals(
            "5035557700",
            String.valueOf(house.office(practice).patients(patient).get(0).get("HmPhone"))
                .replaceAll("\\D", ""));
      }
    }
    house.api().change("oak", settings -> OfficeSettings.standard());
  }

  /** Point 7. */
  @Test
  void aDeletedPatientMayBeShownOrNotAndIsNeitherChangedNorBooked() throws Exception {
    int n = 7800;
    for (boolean shown : List.of(false, true)) {
      change(settings -> settings.withDeletedPatientsShown(shown));
      Patient patient = Patient.numbered(++n);
      house.accepted("elm", Hospital.adt("A28", "O" + n, patient));
      house.untilAllEnded();
      long patNum = house.office("elm").patNum(patient);
      house.sandbox().frontDesk("elm").deletePatient(patNum);
      String update =
          house.accepted(
              "elm", Hospital.adt("A31", "O" + n + "a", patient.withPhone("5035557801")));
      String booking =
          house.accepted(
              "elm",
              Hospital.siu(
                  "S12", "O" + n + "b", patient, "PL" + n, NOON.plusDays(n - 7400), 30, ""));
      house.untilAllEnded();
      house.ledger().assertEnd("parked", update);
      house.ledger().assertEnd("parked", booking);
      assertEquals(
          0,
          house.office("elm").count("select count(*) from appointment where PatNum = ?", patNum));
      assertEquals(
          0,
          house
              .office("elm")
              .count(
                  "select count(*) from patient where PatNum = ? and HmPhone like '%5557801'",
                  patNum));
    }
  }

  private static String kind(Patient patient) {
    return String.valueOf(
        house.office("elm").appointments(patient).get(0).get("AppointmentTypeNum"));
  }

  /** Patterns and what takes their place. */
  private static byte[] changed(byte[] message, String... changes) {
    String text = new String(message, StandardCharsets.UTF_8);
    for (int i = 0; i < changes.length; i += 2) {
      text = text.replaceAll(changes[i], changes[i + 1]);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** elm has a table of kinds, oak none to speak of. */
  @Test
  void whomWhereAndWhichKindABookingTakesNothingOfStandsOnItsReceipt() throws Exception {
    String strangers =
        "left out: Appointment.participant[2] (AIP-3 is not in codes/provider: the office's own provider stands)";
    String kinds =
        "left out: Appointment.appointmentType (SCH-8, ARQ-8 or AIS-3 is not in codes/appointment-type: the office's own kind stands)";
    int n = 7860;
    for (String practice : List.of("elm", "oak")) {
      Patient patient = Patient.numbered(++n);
      LocalDateTime at = NOON.plusDays(n - 7000);
      String id =
          house.accepted(
              practice,
              changed(
                  Hospital.siu("S12", "OS" + n, patient, "PL" + n, at, 30, ""), "DR-1", "DR-99"));
      house.untilAllEnded();
      house.ledger().assertEnd("landed", id);
      assertTrue(warnings(id).contains(strangers), warnings(id));
      assertEquals(practice.equals("elm"), warnings(id).contains(kinds), warnings(id));
      assertFalse(warnings(id).contains("DR-99"), warnings(id));
      Map<String, Object> row = house.office(practice).appointments(patient).get(0);
      assertEquals("1", String.valueOf(row.get("Op")));
      String more =
          house.accepted(
              practice,
              changed(
                  Hospital.siu("S14", "OT" + n, patient, "PL" + n, at, 30, ""),
                  "ROUTINE\\|\\|NORMAL",
                  "ROUTINE||EXAM",
                  "AIL\\|1.*",
                  "AIL|1|A|OP-1\rAIL|2|A|OP-2",
                  "AIP\\|1.*",
                  "AIP|1|A|DR-2\rAIP|2|A|DR-1"));
      house.untilAllEnded();
      house.ledger().assertEnd("landed", more);
      row = house.office(practice).appointments(patient).get(0);
      assertEquals("1", String.valueOf(row.get("Op")));
      assertEquals("2", String.valueOf(row.get("ProvNum")));
      String words = warnings(more);
      assertTrue(
          words.contains(
              "left out: Appointment.participant[2] (an appointment has one operatory: the first AIL)"),
          words);
      assertTrue(
          words.contains(
              "left out: Appointment.participant[4] (an appointment has one provider: the first AIP-3 that codes/provider knows)"),
          words);
      assertFalse(words.contains("not in codes"), words);
      String cancelled =
          house.accepted(
              practice,
              changed(
                  Hospital.siu("S15", "OU" + n, patient, "PL" + n, at, 30, ""), "DR-1", "DR-99"));
      house.untilAllEnded();
      house.ledger().assertEnd("landed", cancelled);
      assertFalse(warnings(cancelled).contains("codes/"), warnings(cancelled));
    }
  }

  /** A visit that has no time yet. */
  private static byte[] planned(Patient patient, String id, String placer) {
    return new String(
            Hospital.siu("S12", id, patient, placer, NOON, 30, ""), StandardCharsets.UTF_8)
        .replaceFirst(
            "\\rSCH[^\\r]*",
            "\rSCH|" + placer + "^LAKE|||||ROUTINE|NORMAL|EXAM|30|min|||||||||||||||Pending")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Somebody of the office's own, 30 minutes in operatory 1. */
  private static long desk(String practice, LocalDateTime at) throws Exception {
    return house
        .sandbox()
        .frontDesk(practice)
        .book(house.office(practice).anybody(), 1, 1, at, 30, "by the desk");
  }

  private static void hidden(boolean isHidden) {
    JdbcClient.create(house.sandbox().practice("elm").dataSource())
        .sql("update operatory set IsHidden = ? where OperatoryNum = 1")
        .params(isHidden ? 1 : 0)
        .update();
  }

  private static String reason(String id) {
    return String.valueOf(house.ledger().receipt(id).get("receipt_reason"));
  }

  private static String keys(String id) {
    return String.valueOf(house.ledger().receipt(id).get("receipt_keys"));
  }

  private static String start(String practice, Patient patient) {
    return String.valueOf(house.office(practice).appointments(patient).get(0).get("AptDateTime"))
        .replace(' ', 'T')
        .substring(0, 16);
  }

  private static String status(String practice, Patient patient) {
    return String.valueOf(house.office(practice).appointments(patient).get(0).get("AptStatus"));
  }

  @Test
  void aKeyWithoutPermissionMakesItsMessagesWaitUntilTheyAreAllowed() throws Exception {
    change(settings -> settings.withPermissions(Set.of("ApiReadAll", "ApiPatients")));
    Patient patient = Patient.numbered(7301);
    String booking =
        house.accepted("elm", Hospital.siu("S12", "O7301", patient, "PL7301", NOON, 30, ""));
    String behind =
        house.accepted("elm", Hospital.adt("A31", "O7302", patient.withPhone("5035557302")));
    House.until("the booking waits for its write", () -> waiting() == 1);
    assertEquals("", house.ledger().end(booking));
    String reason = String.valueOf(house.ledger().receipt(booking).get("receipt_reason"));
    assertTrue(reason.contains("appointments.post") && reason.contains("401"), reason);

    lane().watch();
    House.until("the practice has said what is off", () -> capability().contains("lacks"));
    // Neither the one that waits nor the one behind it, which is due, wakes anybody.
    House.until("no lane is woken", () -> woken() == 0);
    assertEquals("", house.ledger().end(behind));
    assertTrue(
        house.control("/control/status").contains("\"switchedOff\":1"),
        "status says how many wait");
    assertTrue(
        house.metrics().contains("pontic_work{practice=\"elm\",state=\"switched off\"} 1.0"));

    // Later bookings do not even try.
    Patient other = Patient.numbered(7303);
    String untried =
        house.accepted(
            "elm", Hospital.siu("S12", "O7303", other, "PL7303", NOON.plusDays(1), 30, ""));
    House.until("the second booking waits too", () -> waiting() == 2);
    String off = String.valueOf(house.ledger().receipt(untried).get("receipt_reason"));
    assertEquals("appointments.post is off: the key lacks ApiAppointments", off);
    assertEquals(0, house.office("elm").appointments(patient).size());

    change(settings -> OfficeSettings.standard());
    house
        .bundle()
        .store()
        .write(tx -> tx.sql("update lane set capabilities_at = 0 where practice = 'elm'").update());
    lane().watch();
    house.untilAllEnded();
    house.ledger().assertEnd("landed", booking);
    house.ledger().assertEnd("landed", behind);
    house.ledger().assertEnd("landed", untried);
    assertEquals("", house.ledger().receipt(booking).get("receipt_reason"));
    assertEquals(1, house.office("elm").appointments(patient).size());
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(1, house.office("elm").appointments(other).size());
  }

  @Test
  void anOfficeThatIsAwayIsProbedWithTheConnectReadAlone() throws Exception {
    Patient patient = Patient.numbered(7401);
    house.accepted("elm", Hospital.adt("A28", "O7401", patient));
    house.untilAllEnded();
    house.api().requests().clear();
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    String id =
        house.accepted("elm", Hospital.adt("A31", "O7402", patient.withPhone("5035557402")));
    House.until(
        "the office is known to be away",
        () ->
            house
                    .ledger()
                    .count("select count(*) from lane where practice = 'elm' and state = 'offline'")
                == 1);
    assertTrue(
        Pattern.compile(
                "\"state\":\"offline\",\"reason\":\"[^\"]+\",\"failures\":\\d+,\"nextAt\":\"20[^\"]+\",\"lastOkAt\":\"20")
            .matcher(house.control("/control/status"))
            .find(),
        "status says why, and since when");
    int known = house.api().requests().list("elm").size();
    House.until(
        "it was probed three times", () -> house.api().requests().list("elm").size() >= known + 3);
    assertEquals(
        List.of("/securityperms"),
        house.api().requests().list("elm").stream()
            .skip(known)
            .map(Entry::template)
            .distinct()
            .toList());
    // Eight failures: by then each pause would be longer than any is, were there no bound.
    House.until("it was probed eight times", () -> failures() >= 8);
    assertGentle(house.api().requests().list("elm").subList(known, known + 4));
    house.api().faults().clear();
    house.untilAllEnded();
    house.ledger().assertEnd("landed", id);
    List<Entry> all = house.api().requests().list("elm");
    int first = (int) all.stream().takeWhile(entry -> !entry.status().equals("200")).count();
    assertEquals("/securityperms", all.get(first).template(), "what the office answered first");
  }

  /**
   * Each pause that the lane means is at least as long as the one before, and twice that until the
   * longest; a machine that is slow can only lengthen one.
   */
  private static void assertGentle(List<Entry> probes) {
    double least = 1_000 * House.SCALE;
    for (int i = 1; i < probes.size(); i++) {
      long gap = probes.get(i).arrival() - probes.get(i - 1).end().orElseThrow();
      double meant = Math.min(LONGEST_PAUSE_MILLIS, least * Math.pow(2, i + 1));
      // The recorded moments are whole milliseconds.
      assertTrue(gap + 2 >= meant, "pause " + i + ": " + gap + " ms, at least " + meant);
    }
    // The lane waits, or its probe does where the office's words are none that Pontic knows.
    long next =
        Math.max(
            house.ledger().count("select next_at from lane where practice = 'elm'"),
            house
                .ledger()
                .count(
                    "select due_at from work where practice = 'elm' and event = '"
                        + Work.CONNECT
                        + "' and state = 'waiting'"));
    long now = System.currentTimeMillis();
    assertTrue(next - now <= LONGEST_PAUSE_MILLIS, next - now + " ms are too long");
  }

  private static long failures() {
    return house.ledger().count("select failures from lane where practice = 'elm'");
  }

  /** open-dental-api.md 1.6: by what the key may do; the sandbox's own clock is the judge. */
  @Test
  void thePeriodIsThatOfTheKeysPermissions() throws Exception {
    Set<String> all = OfficeSettings.standard().permissions();
    Set<String> enterprise = new HashSet<>(all);
    enterprise.add("ApiEnterprise");
    int n = 7500;
    for (Set<String> granted : List.of(enterprise, Set.of("ApiReadAll"), all)) {
      change(settings -> settings.withPermissions(granted));
      long looked = looked();
      house.ledger().change("update lane set capabilities_at = 0 where practice = 'elm'");
      lane().watch();
      House.until("the practice was looked at again", () -> looked() > looked);
      // What was sent before it knew is not measured by what it knows now.
      house.api().requests().clear();
      double millis = granted == enterprise ? 500 : granted == all ? 1000 : 5000;
      assertTrue(
          capability().contains("\"periodMillis\":" + Math.round(millis * House.SCALE)),
          capability());
      String id = house.accepted("elm", Hospital.adt("A28", "O" + ++n, Patient.numbered(n)));
      if (granted.contains("ApiPatients")) {
        house.untilAllEnded();
        house.ledger().assertEnd("landed", id);
      } else {
        House.until(
            "it waits for a write",
            () -> !house.ledger().texts("select id from work where waits_for <> ''").isEmpty());
      }
      assertEquals(List.of(), house.api().requests().violations(0));
    }
    house.untilAllEnded();
  }

  @Test
  void whatAnotherInstallationCreatesWithOurKeysIsCountedAndToldToWhoWatches() throws Exception {
    house.accepted("elm", Hospital.adt("A28", "O7601", Patient.numbered(7601)));
    house.untilAllEnded();
    AnotherInstallation other = new AnotherInstallation(house);
    assertEquals(0, other.counted(), "our own writes");
    Patient theirs = Patient.numbered(7602);
    other.writes(
        "POST",
        "/patients",
        "{\"LName\":\"%s\",\"FName\":\"%s\",\"Birthdate\":\"1980-01-02\"}"
            .formatted(theirs.last(), theirs.first()));
    assertEquals(1, other.counted(), "theirs");
    assertTrue(house.metrics().contains("pontic_foreign_writes{practice=\"elm\"} 1.0"));
    assertEquals(1, other.counted(), "once");
  }

  private static long looked() {
    return house.ledger().count("select capabilities_at from lane where practice = 'elm'");
  }

  private static CompletableFuture<HttpResponse<Void>> another(String path) {
    return HttpClient.newHttpClient()
        .sendAsync(request(path).build(), HttpResponse.BodyHandlers.discarding());
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(house.flags().get("practices.elm.api.url") + path))
        .header(
            "Authorization", "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + OpenDentalApi.ELM_KEY)
        .header("Content-Type", "application/json");
  }

  /** Nobody may act in elm's lane before then. */
  private static void lane(long until) {
    house
        .ledger()
        .change("update lease set until_at = ?, epoch = epoch + 1 where name = 'lane:elm'", until);
  }

  private static Lane lane() {
    return house.bundle().context().getRegistry().lookupByNameAndType("lane", Lane.class);
  }

  private static long waiting() {
    return house
        .ledger()
        .count(
            "select count(*) from work where waits_for = 'appointments.post' and state = 'waiting'");
  }

  private static String capability() {
    return String.valueOf(
        house
            .ledger()
            .rows("select capabilities from lane where practice = 'elm'")
            .get(0)
            .get("capabilities"));
  }

  /** How many lanes the clock's own query wakes now. */
  private static long woken() {
    try {
      String sql =
          Files.readString(House.home().resolve("sql/wake-lanes.sql")).replace(":#now", ":now");
      return house
          .bundle()
          .store()
          .read(
              tx ->
                  tx.sql(sql).param("now", tx.now().toEpochMilli()).query().listOfRows().stream()
                      .filter(row -> row.get("queue").equals("call"))
                      .count());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void change(UnaryOperator<OfficeSettings> to) {
    house.api().change("elm", to);
  }

  /** A visit of elm that stands, whose note the office refuses from then on. */
  private static long bookedWithNotesRefused(
      String controlId, Patient patient, String placer, LocalDateTime at) throws Exception {
    house.accepted("elm", Hospital.siu("S12", controlId, patient, placer, at, 30, ""));
    house.untilAllEnded();
    long aptNum =
        ((Number) house.office("elm").appointments(patient).get(0).get("AptNum")).longValue();
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("PUT", "/appointments/*/Note").times(0));
    return aptNum;
  }
}
