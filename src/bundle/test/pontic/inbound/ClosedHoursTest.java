package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.FacadeClient;
import pontic.house.House;
import pontic.sandbox.api.BookingDoubts;

/**
 * Visits when nobody works, by the API that takes them and the one that does not (point 6), looked
 * at in Open Dental's database and on their receipts: elm tells, oak refuses.
 */
final class ClosedHoursTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** Tuesday, and with the day behind it the only one that is worked in its weeks. */
  private static final LocalDate DAY = LocalDate.of(2027, 9, 7);

  private static final String NOBODY =
      "by the office's schedule nobody works in operatory 1 at that time";
  private static final String TOLD = "outside of the office's hours: " + NOBODY;

  private static final List<String> BOTH = List.of("elm", "oak");

  @TempDir static Path folder;
  private static House house;
  private static FacadeClient client;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder, 0.025)
            .busyLanes()
            .with("pontic.capture.period", "3s")
            .with("pontic.facade.wait-seconds", "0")
            .with("practices.oak.writes.closed", "refuse");
    house.startBundle();
    house.untilConnected();
    client = new FacadeClient(house, "closed");
    for (String practice : BOTH) {
      house.office(practice).worked(DAY, 2);
    }
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void asItWas() {
    for (String practice : BOTH) {
      house.api().change(practice, settings -> settings.withBookings(BookingDoubts.STANDARD));
    }
    assertEquals(List.of(), house.api().requests().violations(0));
    house.api().requests().clear();
  }

  @Test
  void aVisitWhenNobodyWorksIsWrittenAndToldOrRefusedAsThePracticeSays() throws Exception {
    Visit late = new Visit(DAY.atTime(20, 0), DAY.atTime(20, 30));
    JsonNode elm = late.put("elm");
    assertEquals("landed", elm.path("end").asText(), elm.toString());
    assertTrue(elm.path("warnings").toString().contains(TOLD), elm.toString());
    assertEquals("2027-09-07 20:00", late.standsAt("elm"));
    JsonNode oak = late.put("oak");
    assertEquals("refused", oak.path("end").asText(), oak.toString());
    assertEquals(
        "slot closed: "
            + NOBODY
            + "; next free there: 2027-09-08 08:00 to 17:00 (America/Los_Angeles), for ProvNum 1",
        oak.path("reason").asText());
    assertEquals("", late.standsAt("oak"));
    assertFalse(wrote("oak"), "the API was not asked to");
    Visit open = new Visit(DAY.atTime(16, 30), DAY.atTime(17, 0));
    for (String practice : BOTH) {
      JsonNode end = open.put(practice);
      assertEquals("landed", end.path("end").asText(), end.toString());
      assertFalse(end.toString().contains("nobody works"), end.toString());
      assertEquals("2027-09-07 16:30", open.standsAt(practice));
    }
  }

  /** The last quarter of an hour is over the end of the day's work. */
  @Test
  void aMoveOutOfTheHoursIsToldOrRefusedAndAVisitThatIsRefusedStaysWhereItIs() throws Exception {
    Visit visit = new Visit(DAY.atTime(9, 0), DAY.atTime(9, 30));
    Visit moved = visit.to(DAY.atTime(16, 45), DAY.atTime(17, 15));
    for (String practice : BOTH) {
      assertEquals("landed", visit.put(practice).path("end").asText());
    }
    JsonNode elm = moved.put("elm");
    assertEquals("landed", elm.path("end").asText(), elm.toString());
    assertTrue(elm.path("warnings").toString().contains(TOLD), elm.toString());
    assertEquals("2027-09-07 16:45", moved.standsAt("elm"));
    JsonNode oak = moved.put("oak");
    assertEquals("refused", oak.path("end").asText(), oak.toString());
    assertTrue(oak.path("reason").asText().startsWith("slot closed: " + NOBODY), oak.toString());
    assertEquals("2027-09-07 09:00", moved.standsAt("oak"));
  }

  @Test
  void aDayOnWhichNobodyWorksIsClosedAndOneThatTheOfficeHasNotPlannedYetIsNot() throws Exception {
    Visit free = new Visit(DAY.plusDays(4).atTime(10, 0), DAY.plusDays(4).atTime(10, 30));
    JsonNode told = free.put("elm");
    assertEquals("landed", told.path("end").asText(), told.toString());
    assertTrue(told.path("warnings").toString().contains(TOLD), told.toString());
    JsonNode refused = free.put("oak");
    assertEquals("refused", refused.path("end").asText(), refused.toString());
    assertEquals("", free.standsAt("oak"));
    LocalDate unplanned = DAY.plusDays(40);
    Visit far = new Visit(unplanned.atTime(20, 0), unplanned.atTime(20, 30));
    for (String practice : BOTH) {
      JsonNode end = far.put(practice);
      assertEquals("landed", end.path("end").asText(), end.toString());
      assertFalse(end.toString().contains("nobody works"), end.toString());
      assertEquals(unplanned + " 20:00", far.standsAt(practice));
    }
  }

  /** The same receipt at oak, whatever the API would have said; at elm it is the API's no. */
  @Test
  void anApiThatRefusesClosedHoursIsNotAskedByWhoRefusesThemAnyway() throws Exception {
    for (String practice : BOTH) {
      house
          .api()
          .change(
              practice, settings -> settings.withBookings(new BookingDoubts(false, false, true)));
    }
    Visit late = new Visit(DAY.atTime(21, 0), DAY.atTime(21, 30));
    JsonNode oak = late.put("oak");
    assertEquals("refused", oak.path("end").asText(), oak.toString());
    assertTrue(oak.path("reason").asText().startsWith("slot closed: " + NOBODY), oak.toString());
    assertFalse(wrote("oak"));
    String id = late.sent("elm");
    House.until("it waits for a person", () -> house.ledger().end(id).equals("parked"));
    house.ledger().assertReason("slot not free: Open Dental did not take appointments.post", id);
    assertTrue(wrote("elm"));
    assertEquals(
        202, house.post("/control/parked/drop?id=" + house.ledger().id(id) + "&reason=seen"));
    for (String practice : BOTH) {
      assertEquals("", late.standsAt(practice));
    }
  }

  private static boolean wrote(String practice) {
    return house.api().requests().list(practice).stream()
        .anyMatch(
            entry -> entry.method().equals("POST") && entry.template().equals("/appointments"));
  }

  /** Of the same patient each time, under a number of its own. */
  private record Visit(String number, LocalDateTime start, LocalDateTime end) {
    Visit(LocalDateTime start, LocalDateTime end) {
      this("closed-" + NUMBER.incrementAndGet(), start, end);
    }

    Visit to(LocalDateTime newStart, LocalDateTime newEnd) {
      return new Visit(number, newStart, newEnd);
    }

    /** Its receipt, as the façade tells it. */
    JsonNode put(String practice) throws Exception {
      return client.untilEnded(practice, accepted(practice));
    }

    /** Its number among Pontic's messages. */
    String sent(String practice) throws Exception {
      return accepted(practice).request().headers().firstValue("X-Request-Id").orElseThrow();
    }

    private HttpResponse<String> accepted(String practice) throws Exception {
      HttpResponse<String> accepted =
          client.send(practice, "PUT", "/Appointment/" + number, body(practice));
      assertEquals(202, accepted.statusCode(), accepted.body());
      return accepted;
    }

    private String body(String practice) {
      return """
          {"resourceType": "Appointment", "id": "NUMBER", "status": "booked", "start": "START", "end": "END", "comment": "NUMBER",
           "participant": [{"actor": {"type": "Location", "identifier": {"value": "OP-1"}}, "status": "accepted"},
            {"actor": {"type": "Practitioner", "identifier": {"value": "DR-1"}}, "status": "accepted"},
            {"actor": {"reference": "Patient/PRACTICE-patient-5"}, "status": "accepted"}]}
          """
          .replace("NUMBER", number)
          .replace("PRACTICE", practice)
          .replace("START", instant(practice, start))
          .replace("END", instant(practice, end));
    }

    private static String instant(String practice, LocalDateTime wall) {
      return wall.atZone(house.sandbox().practice(practice).zone()).toInstant().toString();
    }

    /** By the clock of the office; "" if it stands nowhere. */
    String standsAt(String practice) {
      List<Map<String, Object>> rows =
          house
              .office(practice)
              .rows(
                  "select date_format(AptDateTime, '%Y-%m-%d %H:%i') as Stands from appointment where PatNum = 5 and AptStatus = 1 and Op = 1 and Note like concat(?, ' %')",
                  number);
      assertTrue(rows.size() < 2, rows.toString());
      return rows.isEmpty() ? "" : String.valueOf(rows.get(0).get("Stands"));
    }
  }
}
