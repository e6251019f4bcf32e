package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pontic.sandbox.desk.FrontDesk;

/** Subscriptions, and what workstations send by them (open-dental-api.md 1.11, 2.32). */
@ExtendWith(SandboxDatabase.class)
class EventsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Events.Program DESK = new Events.Program("FRONT", false);
  private static final Events.Program SERVICE = new Events.Program("SERVER", true);

  /** What a receiver was sent. */
  private record Got(String key, String workstation, String type, JsonNode body) {}

  private final BlockingQueue<Got> got = new LinkedBlockingQueue<>();
  private volatile int answer = 200;
  private HttpServer receiver;

  @BeforeEach
  void listen() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          // Before the test sees it and changes its mind.
          int status = answer;
          got.add(
              new Got(
                  header(exchange.getRequestHeaders().getFirst("Authorization")),
                  header(exchange.getRequestHeaders().getFirst("Workstation")),
                  header(exchange.getRequestHeaders().getFirst("Event-Type")),
                  JSON.readTree(new String(body, StandardCharsets.UTF_8))));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.stop(0);
  }

  private static String header(String value) {
    return Optional.ofNullable(value).orElse("");
  }

  private String url(String path) {
    return "http://127.0.0.1:" + receiver.getAddress().getPort() + "/" + path;
  }

  private long subscribed(TestApi on, String table, String workstation) {
    TestApi.Reply reply =
        on.post(
            "/subscriptions",
            "{\"EndPointUrl\":\"%s\",\"Workstation\":\"%s\",\"WatchTable\":\"%s\",\"PollingSeconds\":1}"
                .formatted(url("x/"), workstation, table));
    assertEquals(201, reply.status(), reply.text());
    return reply.json().get("SubscriptionNum").asLong();
  }

  private Got next(String type) throws InterruptedException {
    while (true) {
      Got found = got.poll(600, TimeUnit.SECONDS);
      assertTrue(found != null, "nothing of " + type + " came");
      if (found.type().equals(type)) {
        return found;
      }
    }
  }

  @Test
  void aSubscriptionIsMadeListedChangedAndDeletedAndTheOpenPointsGoBothWays(TestApi on) {
    on.unthrottled();
    long number = subscribed(on, "Patient", "FRONT");
    JsonNode row = on.get("/subscriptions").json().get(0);
    assertEquals("Patient", row.get("WatchTable").textValue());
    assertEquals(OpenDentalApi.ELM_KEY, row.get("CustomerKey").textValue());
    assertEquals("0001-01-01 00:00:00", row.get("DateTimeStop").textValue());
    assertEquals("[]", on.getOak("/subscriptions").text(), "another key has its own");
    String same =
        "{\"EndPointUrl\":\"%s\",\"Workstation\":\"FRONT\",\"WatchTable\":\"Patient\",\"PollingSeconds\":1}"
            .formatted(url("x/"));
    assertEquals(400, on.post("/subscriptions", same).status(), "it is there");
    assertEquals(
        400,
        on.postOak("/subscriptions", same.replace("\"Patient\"", "\"Provider\"")).status(),
        "oak (23.1) watches no providers");
    assertEquals(
        400, on.post("/subscriptions", same.replace("\"Patient\"", "\"Commlog\"")).status());
    JsonNode changed = on.put("/subscriptions/" + number, "{\"PollingSeconds\":\"7\"}").json();
    assertEquals(7, changed.get("PollingSeconds").asLong());

    on.api.change("elm", settings -> settings.withEvents(EventDoubts.OTHER_WAY));
    TestApi.Reply again = on.post("/subscriptions", same);
    assertEquals(201, again.status());
    assertEquals(number, again.json().get("SubscriptionNum").asLong());
    assertEquals(1, on.get("/subscriptions").json().size());
    assertEquals(400, on.put("/subscriptions/" + number, "{\"PollingSeconds\":0}").status());

    on.api.change("elm", settings -> settings.withPermissions(Set.of("ApiReadAll")));
    on.api.change("elm", settings -> settings.withEvents(EventDoubts.STANDARD));
    assertEquals(401, delete(on, number), "DELETE falls under the rest");
    on.api.change("elm", settings -> settings.withEvents(EventDoubts.OTHER_WAY));
    assertEquals(200, delete(on, number));
    assertEquals(404, delete(on, number));
  }

  private static int delete(TestApi on, long number) {
    return on.send(
            on.request("DELETE", "/subscriptions/" + number, "", OpenDentalApi.ELM_KEY).build())
        .status();
  }

  @Test
  void eachRunningProgramTellsWhatChangedAndGroupsItAndFailureKeepsIt(TestApi on) throws Exception {
    on.unthrottled();
    long patient = on.newPatient();
    on.api.events().run("elm", List.of(DESK, SERVICE));
    subscribed(on, "Patient", "");
    FrontDesk desk = new FrontDesk(on.elm);
    desk.editPatient(patient, java.util.Map.of("City", "Albany"));
    Got first = next("WatchTable: Patient");
    assertEquals(OpenDentalApi.ELM_KEY, first.key(), "the bare customer key");
    JsonNode row = of(first.body(), "PatNum", patient);
    assertEquals("Albany", row.get("City").textValue());
    assertFalse(row.has("serverDateTime"));
    Set<String> stations = new java.util.HashSet<>(Set.of(first.workstation()));
    while (stations.size() < 2) {
      stations.add(next("WatchTable: Patient").workstation());
    }
    assertEquals(Set.of("FRONT", "SERVER"), stations, "without a workstation all tell the same");

    on.api.events().run("elm", List.of(SERVICE));
    answer = 500;
    got.clear();
    desk.editPatient(patient, java.util.Map.of("City", "Salem"));
    next("WatchTable: Patient");
    of(next("WatchTable: Patient").body(), "PatNum", patient);
    answer = 200;
    until(() -> next("WatchTable: Patient"), patient);
    until(
        () ->
            on.api.events().sent("elm").stream().anyMatch(sent -> sent.status() == 500)
                && on.api.events().sent("elm").get(on.api.events().sent("elm").size() - 1).status()
                    == 200);
  }

  @Test
  void aDeletedAppointmentIsItsCopyOrAnAppointmentAndASelectedPatientIsOneObject(TestApi on)
      throws Exception {
    on.unthrottled();
    long patient = on.newPatient();
    FrontDesk desk = new FrontDesk(on.elm);
    ApiControl control = new ApiControl(on.api);
    control.run(
        JSON.readTree(
            "{\"practice\":\"elm\",\"running\":[{\"workstation\":\"FRONT\"},{\"workstation\":\"SERVER\",\"service\":true}]}"));
    assertEquals(List.of(DESK, SERVICE), on.api.events().running("elm"));
    subscribed(on, "AppointmentDeleted", "SERVER");
    for (EventDoubts doubts : List.of(EventDoubts.STANDARD, EventDoubts.OTHER_WAY)) {
      on.api.change("elm", settings -> settings.withEvents(doubts));
      long appointment =
          on.post("/appointments", on.appointment(patient, "2031-02-03 10:00:00").toString())
              .json()
              .get("AptNum")
              .asLong();
      desk.delete(appointment);
      Got event = next("WatchTable: AppointmentDeleted");
      JsonNode row = of(event.body(), "AptNum", appointment);
      assertEquals(!doubts.deletedAsAppointment(), row.has("HistApptNum"));
      assertEquals("SERVER", event.workstation());
    }
    assertEquals(
        201,
        on.post(
                "/subscriptions",
                "{\"EndPointUrl\":\"%s\",\"UiEventType\":\"PatientSelected\"}"
                    .formatted(url("ui/")))
            .status());
    control.run(
        JSON.readTree(
            "{\"practice\":\"elm\",\"workstation\":\"FRONT\",\"select\":%d}".formatted(patient)));
    Got selected = next("UiEventType: PatientSelected");
    assertEquals(patient, selected.body().get("PatNum").asLong());
    assertTrue(
        control.events("elm").get("sent").toString().contains("UiEventType: PatientSelected"));
    control.change(JSON.readTree("{\"practice\":\"elm\",\"leastSeconds\":9}"));
    assertEquals(9, control.settings("elm").get("leastSeconds").asInt());
    assertTrue(control.settings("elm").get("deletedAsAppointment").asBoolean(), "stays as it was");
  }

  /** A check that may throw. */
  private interface Check {
    boolean holds() throws Exception;
  }

  private interface Coming {
    Got next() throws Exception;
  }

  private static void until(Coming coming, long patient) throws Exception {
    of(coming.next().body(), "PatNum", patient);
  }

  private static void until(Check check) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(600).toNanos();
    while (!check.holds()) {
      assertTrue(System.nanoTime() < end, "it did not come");
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static JsonNode of(JsonNode rows, String key, long value) {
    assertTrue(rows.isArray());
    for (JsonNode row : rows) {
      if (row.get(key).asLong() == value) {
        return row;
      }
    }
    throw new AssertionError("no row of " + key + " " + value);
  }
}
