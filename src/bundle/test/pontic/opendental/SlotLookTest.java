package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pontic.house.House;
import pontic.opendental.Families.Human;
import pontic.opendental.OfficeTerms.DoubleBooking;
import pontic.store.EmbeddedStore;
import pontic.store.Store;

/** A visit gets no time that somebody else has without a word about it (decision 0347). */
final class SlotLookTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String NORTH = "NORTH";
  private static final String DAY = "2027-05-04 ";
  private static final long DESK = 100;

  @RegisterExtension final EmbeddedStore embedded = new EmbeddedStore();
  private Store store;
  private final Town.Office office = new Town.Office();
  private final Human human = human(1);

  @BeforeEach
  void open() throws Exception {
    store = embedded.store();
    office
        .free
        .addObject()
        .put("DateTimeStart", DAY + "08:00:00")
        .put("DateTimeEnd", DAY + "12:00:00")
        .put("ProvNum", 1)
        .put("OpNum", 1);
    office
        .free
        .addObject()
        .put("DateTimeStart", DAY + "13:00:00")
        .put("DateTimeEnd", DAY + "17:00:00")
        .put("ProvNum", 1)
        .put("OpNum", 1);
  }

  @Test
  void aTakenTimeIsNotBookedUntilItIsFree() throws Exception {
    Town town = town(DoubleBooking.PARK);
    desk(DAY + "12:10:00");
    String id = booked(town, "12:00:00");
    assertEquals("parked", town.end(id));
    assertEquals(
        "slot taken: AptNum 100 stands in operatory 1 at that time; next free there: 2027-05-04 13:00 to 17:00 (UTC), for ProvNum 1; of it stands PatNum 1",
        reason(town, id));
    assertEquals(1, office.appointments.size());
    town.release(id);
    town.serve();
    assertEquals("parked", town.end(id), "it is taken still");
    office.appointments.get(DESK).put("AptDateTime", DAY + "12:20:00");
    town.release(id);
    town.serve();
    assertEquals("landed", town.end(id), "what ends when the other begins is no conflict");
    assertEquals(2, office.appointments.size());
  }

  @Test
  void aPracticeMayRefuseItAndItsSenderTakesAnotherTime() throws Exception {
    Town town = town(DoubleBooking.REFUSE);
    desk(DAY + "12:10:00");
    String id = booked(town, "12:00:00");
    assertEquals("refused", town.end(id));
    assertTrue(reason(town, id).contains("next free there: 2027-05-04 13:00 to 17:00"));
    String other = town.book(human, NORTH, "move", "PL1", DAY + "13:00:00", "");
    town.serve();
    assertEquals("landed", town.end(other));
    assertEquals(DAY + "13:00:00", ours().path("AptDateTime").asText());
  }

  @Test
  void aPracticeMayHaveItWrittenAndIsTold() throws Exception {
    Town town = town(DoubleBooking.TELL);
    desk(DAY + "12:10:00");
    String id = booked(town, "12:00:00");
    assertEquals("landed", town.end(id));
    assertTrue(
        warnings(town, id)
            .contains(
                "doubly booked: AptNum 100 stands in operatory 1 at that time; next free there: 2027-05-04 13:00 to 17:00"),
        warnings(town, id));
    assertEquals(1, count("double_booking"));
    assertEquals(
        1, town.asked.stream().filter("appointments.day"::equals).count(), "one look, after it");
  }

  /** Status, start, operatory and provider of the desk's appointment. */
  @ParameterizedTest
  @CsvSource({
    "Scheduled, 12:10:00, 1, 2, false, parked",
    "Complete, 12:10:00, 1, 2, false, parked",
    "Broken, 12:10:00, 1, 2, false, landed",
    "UnschedList, 12:10:00, 1, 2, false, landed",
    "Planned, 12:10:00, 1, 2, false, landed",
    "PtNote, 12:10:00, 1, 2, false, landed",
    "Scheduled, 11:40:00, 1, 2, false, landed",
    "Scheduled, 11:45:00, 1, 2, false, parked",
    "Scheduled, 12:10:00, 2, 1, false, landed",
    "Scheduled, 12:10:00, 2, 1, true, parked",
    "Scheduled, 12:10:00, 2, 2, true, landed"
  })
  void whatTakesATime(
      String status, String start, long op, long provider, boolean sameProvider, String end)
      throws Exception {
    Town town = town(DoubleBooking.PARK, sameProvider);
    desk(DAY + start).put("AptStatus", status).put("Op", op).put("ProvNum", provider);
    assertEquals(end, town.end(booked(town, "12:00:00")));
  }

  /** Status, start, operatory and provider of what the desk gave the same patient. */
  @ParameterizedTest
  @CsvSource({
    "Scheduled, 12:10:00, 1, 2, false, parked, false",
    "Scheduled, 11:45:00, 1, 2, false, parked, false",
    "Complete, 12:10:00, 1, 2, false, parked, false",
    "Scheduled, 11:40:00, 1, 2, false, landed, false",
    "Broken, 12:10:00, 1, 2, false, landed, false",
    "UnschedList, 12:10:00, 1, 2, false, landed, false",
    "Planned, 12:10:00, 1, 2, false, landed, false",
    "Scheduled, 12:10:00, 2, 1, false, landed, true",
    "Complete, 12:10:00, 2, 2, false, landed, true",
    "Broken, 12:10:00, 2, 1, false, landed, false",
    "Scheduled, 12:20:00, 2, 1, false, landed, false",
    "Scheduled, 12:10:00, 2, 1, true, parked, false",
    "Scheduled, 12:10:00, 2, 2, true, landed, true"
  })
  void aVisitOfTheSamePatientTakesItsTimeTooAndElsewhereItIsTold(
      String status,
      String start,
      long op,
      long provider,
      boolean sameProvider,
      String end,
      boolean isTold)
      throws Exception {
    Town town = town(DoubleBooking.PARK, sameProvider);
    desks(town, DAY + start).put("AptStatus", status).put("Op", op).put("ProvNum", provider);
    String id = booked(town, "12:00:00");
    assertEquals(end, town.end(id), reason(town, id));
    assertEquals(
        end.equals("parked"),
        reason(town, id).startsWith("slot taken: AptNum 100, the same patient's, "),
        reason(town, id));
    assertEquals(
        isTold,
        warnings(town, id)
            .contains(
                "the patient is in two places at that time: AptNum 100 stands in operatory 2"),
        warnings(town, id));
    // A move is looked at alike.
    if (end.equals("landed")) {
      String away = town.book(human, NORTH, "move", "PL1", DAY + "15:00:00", "");
      town.serve();
      assertEquals("landed", town.end(away), reason(town, away));
      assertFalse(warnings(town, away).contains("two places"), warnings(town, away));
      String back = town.book(human, NORTH, "move", "PL1", DAY + "12:00:00", "");
      town.serve();
      assertEquals("landed", town.end(back), reason(town, back));
      assertEquals(isTold, warnings(town, back).contains("two places"), warnings(town, back));
    }
  }

  /** One message after the other: the second would wait behind the first, which waits for it. */
  @Test
  void whoShiftsTwoVisitsOfAPatientOneByOneMovesBothAndIsTold() throws Exception {
    Town town = town(DoubleBooking.PARK, false);
    assertEquals("landed", town.end(booked(town, "12:00:00")));
    String next = town.book(human, NORTH, "book", "PL2", DAY + "12:20:00", "");
    town.serve();
    assertEquals("landed", town.end(next), reason(town, next));
    String first = town.book(human, NORTH, "move", "PL1", DAY + "12:10:00", "");
    String second = town.book(human, NORTH, "move", "PL2", DAY + "12:30:00", "");
    town.serve();
    assertEquals("landed", town.end(first), reason(town, first));
    assertEquals("landed", town.end(second), reason(town, second));
    assertTrue(
        warnings(town, first).contains("the patient is in two places at that time"),
        warnings(town, first));
    assertFalse(warnings(town, second).contains("two places"), warnings(town, second));
  }

  /** It was made after the patient's own appointments had been read, and is not made again. */
  @Test
  void whatItsOwnWriteMadeLateIsNobodyElses() throws Exception {
    Town town = shortly(DoubleBooking.PARK);
    town.misunderstood =
        request ->
            request.name().equals("appointments.post")
                && town.asked.stream().filter("appointments.post"::equals).count() <= 1;
    town.meanwhile.put(
        "appointments.post",
        () ->
            town.meanwhile.put(
                "appointments.day",
                () ->
                    office.appointments.put(
                        1L,
                        ((ObjectNode) town.last.get("appointments.post").body())
                            .deepCopy()
                            .put("AptNum", 1)
                            .put("AptStatus", "Scheduled"))));
    String id = town.book(human, NORTH, "book", "PL1", DAY + "12:00:00", "");
    untilEnded(town, id);
    assertEquals("landed", town.end(id), reason(town, id));
    assertEquals(1, office.appointments.size());
    assertEquals(1, town.asked.stream().filter("appointments.post"::equals).count());
  }

  @Test
  void whatBeganTheDayBeforeIsSeen() throws Exception {
    Town town = town(DoubleBooking.PARK);
    desk("2027-05-03 23:50:00").put("Pattern", "XXXX");
    assertEquals("parked", town.end(booked(town, "00:00:00")));
  }

  @Test
  void aMoveToATakenTimeLeavesTheVisitWhereItIs() throws Exception {
    Town town = town(DoubleBooking.PARK);
    String id = booked(town, "09:00:00");
    assertEquals("landed", town.end(id));
    desk(DAY + "12:10:00");
    String moved = town.book(human, NORTH, "move", "PL1", DAY + "12:00:00", "");
    town.serve();
    assertEquals("parked", town.end(moved));
    assertTrue(reason(town, moved).startsWith("slot taken: AptNum 100"), reason(town, moved));
    assertEquals(DAY + "09:00:00", ours().path("AptDateTime").asText());
  }

  @Test
  void itsOwnTimeIsNobodyElses() throws Exception {
    Town town = town(DoubleBooking.PARK);
    assertEquals("landed", town.end(booked(town, "12:00:00")));
    int looks = town.asked.size();
    String again = town.book(human, NORTH, "book", "PL1", DAY + "12:00:00", "");
    town.serve();
    assertEquals("no change", town.end(again));
    assertFalse(town.asked.subList(looks, town.asked.size()).contains("appointments.day"));
    String moved = town.book(human, NORTH, "move", "PL1", DAY + "12:10:00", "");
    town.serve();
    assertEquals("landed", town.end(moved));
  }

  /** What the office itself put beside it is no reason to hold up a change of a few minutes. */
  @Test
  void whatTheOfficeHasDoublyBookedMayBeMovedWithin() throws Exception {
    Town town = town(DoubleBooking.PARK);
    assertEquals("landed", town.end(booked(town, "12:00:00")));
    desk(DAY + "12:10:00");
    String moved = town.book(human, NORTH, "move", "PL1", DAY + "12:05:00", "");
    town.serve();
    assertEquals(DAY + "12:05:00", ours().path("AptDateTime").asText());
    assertEquals("landed", town.end(moved), "the office knows of it");
    assertEquals(0, count("double_booking"));
    // Another, which the desk puts there in the second between, is told.
    town.meanwhile.put(
        "appointments.put",
        () -> {
          ObjectNode second = desk(DAY + "12:25:00").deepCopy().put("AptNum", DESK + 1);
          office.appointments.put(DESK + 1, second);
          desk(DAY + "12:10:00");
        });
    String on = town.book(human, NORTH, "move", "PL1", DAY + "12:10:00", "");
    town.serve();
    assertTrue(reason(town, on).startsWith("double: landed as"), reason(town, on));
    assertTrue(reason(town, on).contains("AptNum 101 stands in"), reason(town, on));
    assertEquals(1, count("double_booking"));
  }

  @Test
  void whatTheDeskBooksBetweenLookAndWriteIsSeenAfterIt() throws Exception {
    Town town = town(DoubleBooking.PARK);
    town.meanwhile.put("appointments.post", () -> desk(DAY + "12:10:00"));
    String id = booked(town, "12:00:00");
    assertEquals(2, office.appointments.size(), "both stand");
    assertEquals("parked", town.end(id));
    String reason = reason(town, id);
    assertTrue(reason.startsWith("double: landed as AptNum "), reason);
    assertTrue(reason.contains("but doubly booked: AptNum 100 stands in operatory 1"), reason);
    assertTrue(reason.contains("next free there: 2027-05-04 13:00 to 17:00"), reason);
    assertEquals(1, count("double_booking"));
    String next =
        town.say(
            new Human(
                human.id(),
                human.last(),
                human.first(),
                "",
                human.birth(),
                human.sex(),
                "5035550099",
                "",
                human.street(),
                human.zip(),
                ""),
            NORTH);
    town.serve();
    assertEquals("landed", town.end(next), "the patient is not held up");
    town.release(id);
    assertEquals("landed", town.end(id), "a person has looked into it");
  }

  @Test
  void theSecondLookIsNotLostWithTheProcess() throws Exception {
    Town town = shortly(DoubleBooking.PARK);
    town.meanwhile.put(
        "appointments.post",
        () -> {
          desk(DAY + "12:10:00");
          town.meanwhile.put(
              "appointments.day",
              () -> {
                throw new IllegalStateException("killed");
              });
        });
    String id = town.book(human, NORTH, "book", "PL1", DAY + "12:00:00", "");
    assertThrows(IllegalStateException.class, town::serve);
    assertEquals("", town.end(id));
    assertEquals(2, office.appointments.size());
    Town next = shortly(DoubleBooking.PARK);
    next.knows(town);
    House.until(
        "the next process has looked",
        () -> {
          next.serve();
          return !next.end(id).isEmpty();
        });
    assertTrue(reason(next, id).contains("but doubly booked: AptNum 100"), reason(next, id));
    assertEquals(2, office.appointments.size());
  }

  @Test
  void aRefusalInKnownWordsOfATimeThatIsTakenNowSaysWhatIsFree() throws Exception {
    Town town = town(DoubleBooking.PARK);
    town.meanwhile.put("appointments.post", () -> desk(DAY + "12:10:00"));
    town.refused = request -> request.name().equals("appointments.post");
    String id = booked(town, "12:00:00");
    assertEquals("refused", town.end(id));
    String reason = reason(town, id);
    assertTrue(reason.startsWith("Open Dental refused appointments.post"), reason);
    assertTrue(reason.contains("AptNum 100 stands in operatory 1"), reason);
    assertTrue(reason.contains("next free there: 2027-05-04 13:00 to 17:00"), reason);
  }

  /** Closed hours and hidden operatories: what words the API has for them nobody knows. */
  @Test
  void whatTheApiDoesNotTakeAndDoesNotOfferIsNotTriedForEver() throws Exception {
    Town town = shortly(DoubleBooking.REFUSE);
    town.misunderstood = request -> request.name().equals("appointments.post");
    String id = town.book(human, NORTH, "book", "PL1", DAY + "20:00:00", "");
    untilEnded(town, id);
    assertEquals("refused", town.end(id));
    assertEquals(
        "slot not free: Open Dental did not take appointments.post and does not offer operatory 1 at that time (closed, blocked or hidden); Open Dental offers nothing so long there in the 14 days from then, for ProvNum 1; of it stands PatNum 1",
        reason(town, id));
    assertEquals(2, town.asked.stream().filter("appointments.post"::equals).count());
  }

  @ParameterizedTest
  @CsvSource({
    "22.1.0.0, 3, []",
    "21.4.0.0, 0, 'AppointmentTypeNum was left: needs Open Dental 22.1, the office has 21.4'"
  })
  void theKindIsWrittenWhereTheOfficeTakesIt(String version, long stands, String said)
      throws Exception {
    Town town = town(DoubleBooking.PARK);
    town.version = version;
    town.kind = 3;
    String id = booked(town, "12:00:00");
    assertEquals("landed", town.end(id));
    assertEquals(stands, ours().path("AppointmentTypeNum").asLong());
    assertTrue(warnings(town, id).contains(said), warnings(town, id));
  }

  /** Who names nobody is given the patient's own provider. */
  @Test
  void whatIsFreeIsThatOfTheProviderWhoseVisitItIs() throws Exception {
    Town town = town(DoubleBooking.PARK);
    town.say(human, NORTH);
    town.serve();
    office.rows.values().forEach(row -> row.put("PriProv", 4));
    free(4, "14:00:00", "15:00:00");
    town.dentist = 0;
    desk(DAY + "12:10:00");
    String id = booked(town, "12:00:00");
    assertTrue(
        reason(town, id)
            .endsWith("; next free there: 2027-05-04 14:00 to 15:00 (UTC), for ProvNum 4"),
        reason(town, id));
    town.dentist = 1;
    town.hygienist = 4;
    String both = town.book(human(2), NORTH, "book", "PL2", DAY + "12:10:00", "");
    town.serve();
    assertTrue(
        reason(town, both)
            .endsWith(
                "; next free there: 2027-05-04 13:00 to 17:00 (UTC), for ProvNum 1; next free there: 2027-05-04 14:00 to 15:00 (UTC), for ProvNum 4; of it stands PatNum 2"),
        reason(town, both));
  }

  private static void untilEnded(Town town, String id) {
    House.until(
        "it has ended",
        () -> {
          town.serve();
          return !town.end(id).isEmpty();
        });
  }

  /** A no in unknown words may have another cause, if one of them could be booked then. */
  @Test
  void whatTheOfficeOffersOfOneOfItsProvidersIsTriedAgain() throws Exception {
    Town town = shortly(DoubleBooking.REFUSE);
    free(4, "19:00:00", "21:00:00");
    town.hygienist = 4;
    town.misunderstood =
        request ->
            request.name().equals("appointments.post")
                && town.asked.stream().filter("appointments.post"::equals).count() <= 2;
    String id = town.book(human, NORTH, "book", "PL1", DAY + "20:00:00", "");
    untilEnded(town, id);
    assertEquals("landed", town.end(id), reason(town, id));
    assertEquals(DAY + "20:00:00", ours().path("AptDateTime").asText());
  }

  /** That it could not be asked says nothing about the time, which the office would take. */
  @Test
  void anOfficeThatIsAwayDoesNotCloseATime() throws Exception {
    Town town = shortly(DoubleBooking.PARK);
    town.unreachable =
        request ->
            request.name().equals("appointments.post")
                && town.asked.stream().filter("appointments.post"::equals).count() <= 2;
    String id = town.book(human, NORTH, "book", "PL1", DAY + "20:00:00", "");
    untilEnded(town, id);
    assertEquals("landed", town.end(id), reason(town, id));
    assertEquals(3, town.asked.stream().filter("appointments.post"::equals).count());
    assertEquals(DAY + "20:00:00", ours().path("AptDateTime").asText());
  }

  /** A visit of 20 minutes; blocks are operatories, from and to. */
  @ParameterizedTest
  @CsvSource({
    "1 08:00 17:00, 16:40, false",
    "1 08:00 17:00, 16:45, true",
    "1 08:00 17:00, 07:55, true",
    "'1 12:00 17:00; 1 08:00 12:00', 11:50, false",
    "'1 08:00 12:00; 1 13:00 17:00', 11:50, true",
    "2 08:00 17:00, 10:00, true",
    "'2,1 08:00 17:00', 10:00, false",
    "11 08:00 17:00, 10:00, true",
    "- 08:00 17:00, 10:00, false",
    "- 08:00 17:00, 20:00, true"
  })
  void aVisitWhenNobodyWorksInItsOperatoryIsToldAndWritten(
      String blocks, String start, boolean isOutside) throws Exception {
    Town town = town(DoubleBooking.PARK);
    for (String block : blocks.split("; ")) {
      String[] words = block.split(" ");
      works("Provider", DAY.strip(), words[0].replace("-", ""), words[1], words[2]);
    }
    String id = booked(town, start + ":00");
    assertEquals("landed", town.end(id), reason(town, id));
    assertEquals(DAY + start + ":00", ours().path("AptDateTime").asText());
    String said =
        "outside of the office's hours: by the office's schedule nobody works in operatory 1 at that time";
    assertEquals(isOutside, warnings(town, id).contains(said), warnings(town, id));
    assertFalse(town.asked.contains("schedules.around"), "the day itself says it");
    assertTrue(
        town.asked.indexOf("schedules.day") < town.asked.indexOf("appointments.day"),
        "the book is read last before the write");
  }

  /** Nor do hours of the practice or a blockout open anything. */
  @ParameterizedTest
  @CsvSource({"2027-05-11, true", "2027-04-27, true", "2027-05-12, false"})
  void aDayWithoutAScheduleIsClosedIfTheOfficeKeepsOneAboutIt(String worked, boolean isOutside)
      throws Exception {
    Town town = town(DoubleBooking.PARK);
    works("Practice", DAY.strip(), "", "08:00", "17:00");
    works("Blockout", DAY.strip(), "1", "08:00", "17:00");
    works("Provider", worked, "1", "08:00", "17:00");
    String id = booked(town, "10:00:00");
    assertEquals("landed", town.end(id), reason(town, id));
    assertEquals(
        isOutside, warnings(town, id).contains("nobody works in operatory 1"), warnings(town, id));
  }

  @Test
  void whatStandsOutsideOfTheHoursAlreadyIsNotToldAgainUnlessItMoves() throws Exception {
    Town town = town(DoubleBooking.PARK);
    works("Provider", DAY.strip(), "1", "08:00", "17:00");
    String booked = booked(town, "20:00:00");
    assertTrue(warnings(town, booked).contains("nobody works"), warnings(town, booked));
    town.dentist = 4;
    String other = town.book(human, NORTH, "move", "PL1", DAY + "20:00:00", "");
    town.serve();
    assertEquals("landed", town.end(other), reason(town, other));
    assertEquals(4, ours().path("ProvNum").asLong());
    assertFalse(warnings(town, other).contains("nobody works"), warnings(town, other));
    String moved = town.book(human, NORTH, "move", "PL1", DAY + "20:30:00", "");
    town.serve();
    assertTrue(warnings(town, moved).contains("nobody works"), warnings(town, moved));
    String back = town.book(human, NORTH, "move", "PL1", DAY + "10:30:00", "");
    town.serve();
    assertEquals("landed", town.end(back), reason(town, back));
    assertFalse(warnings(town, back).contains("nobody works"), warnings(town, back));
  }

  @Test
  void anOfficeWhoseVersionListsNoSchedulesIsNotAsked() throws Exception {
    Town town = town(DoubleBooking.PARK);
    town.version = "21.4.10.0";
    works("Provider", DAY.strip(), "1", "08:00", "17:00");
    String id = booked(town, "20:00:00");
    assertEquals("landed", town.end(id), reason(town, id));
    assertFalse(town.asked.contains("schedules.day"));
    assertFalse(warnings(town, id).contains("nobody works"), warnings(town, id));
  }

  private void works(String type, String day, String operatories, String from, String to) {
    office
        .worked
        .addObject()
        .put("ScheduleNum", Integer.toString(office.worked.size() + 1))
        .put("SchedDate", day)
        .put("SchedType", type)
        .put("StartTime", from + ":00")
        .put("StopTime", to + ":00")
        .put("operatories", operatories);
  }

  private void free(long provider, String from, String to) {
    office
        .free
        .addObject()
        .put("DateTimeStart", DAY + from)
        .put("DateTimeEnd", DAY + to)
        .put("ProvNum", provider)
        .put("OpNum", 1);
  }

  private Town town(DoubleBooking doubleBooking) throws Exception {
    return town(doubleBooking, false);
  }

  /** Where a request without an answer counts as ended soon. */
  private Town shortly(DoubleBooking doubleBooking) throws Exception {
    return new Town(store, office, Duration.ofSeconds(2), true, doubleBooking, false);
  }

  private Town town(DoubleBooking doubleBooking, boolean sameProvider) throws Exception {
    return new Town(store, office, LONG, true, doubleBooking, sameProvider);
  }

  private String booked(Town town, String time) {
    town.serve();
    String id = town.book(human, NORTH, "book", "PL1", DAY + time, "");
    town.serve();
    return id;
  }

  /** Of somebody else, 20 minutes in operatory 1. */
  private ObjectNode desk(String at) {
    ObjectNode row =
        JsonNodeFactory.instance
            .objectNode()
            .put("AptNum", DESK)
            .put("PatNum", 999)
            .put("AptStatus", "Scheduled")
            .put("AptDateTime", at)
            .put("Pattern", "/XX/")
            .put("Op", 1)
            .put("ProvNum", 2);
    office.appointments.put(DESK, row);
    return row;
  }

  /** The same of the patient of this test, who is there. */
  private ObjectNode desks(Town town, String at) throws Exception {
    town.say(human, NORTH);
    town.serve();
    return desk(at).put("PatNum", office.rows.keySet().iterator().next());
  }

  private ObjectNode ours() {
    List<ObjectNode> ours =
        office.appointments.values().stream()
            .filter(row -> row.path("AptNum").asLong() != DESK)
            .toList();
    assertEquals(1, ours.size());
    return ours.get(0);
  }

  private static String reason(Town town, String id) {
    return town.text("select receipt_reason from message where id = ?", id);
  }

  private static String warnings(Town town, String id) {
    return town.text("select receipt_warnings from message where id = ?", id);
  }

  private long count(String what) {
    return store.read(
        tx ->
            tx.sql("select coalesce(sum(n), 0) from tally where what = ?")
                .params(what)
                .query(Long.class)
                .single());
  }

  private static Human human(int id) {
    return new Human(
        id,
        "Ofa",
        "Nora",
        "",
        LocalDate.of(1984, 6, 15).plusDays(id).toString(),
        "Female",
        "5035550001",
        "",
        id + " Larch Street",
        "97301",
        "");
  }
}
