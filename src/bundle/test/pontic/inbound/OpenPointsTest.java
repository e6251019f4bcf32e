package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.lane.Lane;
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

  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.open(folder, 0.05);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @AfterEach
  void asItWas() {
    house.api().faults().clear();
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

  @Test
  void anOverlapMayBeAcceptedOrRefused() throws Exception {
    Patient first = Patient.numbered(7201);
    Patient second = Patient.numbered(7202);
    Patient third = Patient.numbered(7203);
    house.accepted("elm", Hospital.siu("S12", "O7201", first, "PL7201", NOON, 30, ""));
    house.untilAllEnded();
    String accepted =
        house.accepted("elm", Hospital.siu("S12", "O7202", second, "PL7202", NOON, 30, ""));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", accepted);
    change(settings -> settings.withOverlapRefused(true));
    String refused =
        house.accepted("elm", Hospital.siu("S12", "O7203", third, "PL7203", NOON, 30, ""));
    house.untilAllEnded();
    Map<String, Object> receipt = house.ledger().receipt(refused);
    assertEquals("refused", receipt.get("receipt_end"));
    assertTrue(String.valueOf(receipt.get("receipt_reason")).contains("appointments.post"));
    assertEquals(0, house.office("elm").appointments(third).size());
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
        house.accepted("elm", Hospital.siu("S12", "O7303", other, "PL7303", NOON, 30, ""));
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
    house.api().faults().clear();
    house.untilAllEnded();
    house.ledger().assertEnd("landed", id);
    List<Entry> all = house.api().requests().list("elm");
    int first = (int) all.stream().takeWhile(entry -> !entry.status().equals("200")).count();
    assertEquals("/securityperms", all.get(first).template(), "what the office answered first");
  }

  private static CompletableFuture<HttpResponse<Void>> another(String path) {
    return HttpClient.newHttpClient()
        .sendAsync(
            HttpRequest.newBuilder(URI.create(house.flags().get("practices.elm.api.url") + path))
                .header(
                    "Authorization",
                    "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + OpenDentalApi.ELM_KEY)
                .header("Content-Type", "application/json")
                .build(),
            HttpResponse.BodyHandlers.discarding());
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
}
