package pontic.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.operations.Fixture.message;
import static pontic.operations.Fixture.request;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.audit.SqlAudit;
import pontic.generation.Report;
import pontic.http.ListenException;
import pontic.identify.Matching;
import pontic.lane.ParkedMessages;
import pontic.lane.Standing;
import pontic.mapping.Mapper;
import pontic.mapping.MatchRules;
import pontic.operator.Users;
import pontic.person.Persons;
import pontic.practice.Secret;
import pontic.practice.Settings;
import pontic.receipt.Receipts;
import pontic.reconcile.Runs;
import pontic.send.Dues;
import pontic.send.Known;
import pontic.store.SqlLeases;
import pontic.store.Store;

class ManagementServerTest {

  @TempDir Path data;

  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile boolean hangs;
  private Settings settings;
  private Store store;
  private Metrics metrics;
  private DefaultCamelContext camel;
  private ManagementServer server;
  private Secret token;
  private Users users;

  @BeforeEach
  void open() throws Exception {
    settings = Fixture.settings(data);
    store = Fixture.store(data);
    metrics = new Metrics(store);
    camel = new DefaultCamelContext();
    RouteMeters meters = new RouteMeters();
    metrics.show(meters);
    camel.addRoutePolicyFactory(meters.policies());
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:understand").routeId("understand").setBody(constant("x"));
          }
        });
    camel.start();
    token = ManagementToken.readOrMake(data);
    users = Users.load(data, Map.of("PONTIC_HAWTIO_USERS", Fixture.USERS));
    CamelRoutes routes = new CamelRoutes(() -> List.of(camel));
    server =
        ManagementServer.open(
            settings,
            store,
            routes,
            List.of(new StoreCheck(store, "pontic"), routes, new MayHang()),
            metrics,
            () -> settings,
            () ->
                new Report(
                    "abc123abc123",
                    Instant.EPOCH,
                    false,
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    0),
            () ->
                new Runs(
                    store,
                    new SqlLeases("test"),
                    settings,
                    Map.of(),
                    (practice, feed) -> true,
                    Set.of()),
            token,
            users,
            () -> desk(store),
            () -> new ChartDesk(store, new SqlAudit(), settings, ManagementServerTest::noMapper),
            () -> {},
            stopped::countDown);
  }

  private static Mapper noMapper(String practice, String name) {
    throw new IllegalArgumentException(name);
  }

  private static ParkedDesk desk(Store store) {
    SqlAudit audit = new SqlAudit();
    Persons persons = new Persons(store.vault());
    ParkedMessages parked =
        new ParkedMessages(
            store.vault(),
            audit,
            persons,
            new Receipts("abc123abc123"),
            (tx, work) -> Standing.NOTHING);
    return new ParkedDesk(
        store,
        audit,
        parked,
        new Matching(persons, parked, practice -> MatchRules.shipped(Path.of("../../mappings"))),
        new Dues(store.vault(), audit, Known.NOTHING),
        FhirContext.forR4Cached());
  }

  @AfterEach
  void close() {
    release.countDown();
    server.close();
    camel.stop();
    metrics.close();
    store.close();
  }

  private final class MayHang implements HealthCheck {
    @Override
    public String name() {
      return "broker";
    }

    @Override
    public List<Part> look() throws InterruptedException {
      if (hangs) {
        release.await();
      }
      return List.of(new Part("broker", true, ""));
    }
  }

  @Test
  void healthNamesEachPartAndIsDownWhenARouteIs() throws Exception {
    assertEquals(200, get("/health/live").statusCode());
    HttpResponse<String> up = get("/health");
    assertEquals(200, up.statusCode(), up.body());
    assertEquals("UP", part(up, "route:understand"));
    camel.getRouteController().stopRoute("understand");
    HttpResponse<String> down = get("/health/ready");
    assertEquals(503, down.statusCode());
    assertEquals("DOWN", part(down, "route:understand"));
    assertEquals("UP", part(down, "store"));
    assertEquals(200, get("/health/live").statusCode());
  }

  @Test
  void aPartThatHangsIsDownAndDoesNotHangTheAsker() throws Exception {
    hangs = true;
    HttpResponse<String> down = get("/health");
    assertEquals(503, down.statusCode());
    assertEquals("DOWN", part(down, "broker"));
    assertEquals("UP", part(down, "store"));
  }

  @Test
  void aClosedStoreIsDownInHealthAndUnreadableInMetrics() throws Exception {
    store.close();
    HttpResponse<String> down = get("/health");
    assertEquals(503, down.statusCode());
    assertEquals("DOWN", part(down, "store"));
    assertTrue(get("/metrics").body().contains("pontic_store_readable 0.0"));
  }

  @Test
  void metricsCountWhatStandsInTheStoreAndEachRoute() throws Exception {
    message(store, "m1", "elm", "accept-hl7", "EHR|MAIN", "landed");
    message(store, "m2", "elm", "accept-hl7", "EHR|MAIN", "");
    work("w2", "m2");
    lane("offline");
    camel.createProducerTemplate().sendBody("direct:understand", "");
    String text = get("/metrics").body();
    for (String expected :
        List.of(
            "pontic_messages{end=\"landed\",practice=\"elm\",state=\"ended\"} 1.0",
            "pontic_messages{end=\"\",practice=\"elm\",state=\"accepted\"} 1.0",
            "pontic_work{practice=\"elm\",state=\"waiting\"} 1.0",
            "pontic_lanes{state=\"offline\"} 1.0",
            "pontic_lane_state{practice=\"elm\",state=\"offline\"} 1",
            "pontic_store_readable 1.0",
            "jvm_memory_used_bytes")) {
      assertTrue(text.contains(expected), () -> expected + "\n" + text);
    }
    assertTrue(
        text.matches("(?s).*pontic_work_oldest_waiting_seconds\\{practice=\"elm\"} [1-9].*"), text);
    assertTrue(
        text.lines()
            .anyMatch(line -> line.startsWith("camel_") && line.contains("routeId=\"understand\"")),
        text);
  }

  @Test
  void controlIsClosedWithoutTheTokenAndTheTokenIsTheOwnersAlone() throws Exception {
    assertEquals("rw-------", Fixture.permissions(data.resolve("management.token")));
    assertEquals(401, request("GET", server.url() + "/control/status", "").statusCode());
    assertEquals(
        401,
        request("GET", server.url() + "/control/status", "", "Authorization", "Bearer wrong")
            .statusCode());
    assertEquals(
        401,
        request("POST", server.url() + "/control/stop", "", "Authorization", "Bearer ")
            .statusCode());
    assertEquals(1, stopped.getCount());
    assertEquals(token, ManagementToken.readOrMake(data));
    Files.setPosixFilePermissions(
        data.resolve("management.token"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThrows(IOException.class, () -> ManagementToken.readOrMake(data));
  }

  @Test
  void statusTellsLanesCountsAndRoutes() throws Exception {
    message(store, "m1", "elm", "accept-hl7", "EHR|MAIN", "parked");
    message(store, "m2", "elm", "accept-hl7", "EHR|MAIN", "");
    work("w2", "m2");
    lane("offline");
    JsonNode status = control("/status");
    assertEquals("abc123abc123", status.path("generation").asText());
    JsonNode elm = status.path("practices").get(0);
    assertEquals("elm", elm.path("practice").asText());
    assertEquals("offline", elm.path("lane").path("state").asText());
    assertEquals("the office is away", elm.path("lane").path("reason").asText());
    assertEquals("25.3", elm.path("lane").path("capabilities").path("version").asText());
    assertEquals(1, elm.path("open").asInt());
    assertEquals(1, elm.path("waiting").asInt());
    assertEquals(1, elm.path("parked").asInt());
    assertEquals("unknown", status.path("practices").get(1).path("lane").path("state").asText());
    assertEquals("understand", status.path("routes").get(0).path("route").asText());
    assertEquals("Started", status.path("routes").get(0).path("status").asText());
  }

  @Test
  void receiptsAreFilteredAndNeverHoldABody() throws Exception {
    message(store, "m1", "elm", "accept-hl7", "EHR|MAIN", "landed");
    message(store, "m2", "oak", "accept-fhir", "hospital", "parked");
    message(store, "m3", "oak", "accept-fhir", "hospital", "");
    store.write(
        tx ->
            tx.sql(
                    """
insert into person (practice, id, state, pat_num, name_birth_index, more_indexes, merged_into, held_by, candidates)
values ('oak', 'p1', 'held', 0, '', '[]', '', 'm2', '[7,9]')
""")
                .update());
    assertEquals(3, control("/receipts").size());
    JsonNode landed = control("/receipts?end=landed").get(0);
    assertEquals("m1", landed.path("message").asText());
    assertEquals(450, landed.path("millis").asInt());
    assertEquals(12, landed.path("keys").path("PatNum").asInt());
    assertEquals("m3", control("/receipts?practice=oak&end=open").get(0).path("message").asText());
    assertEquals(1, control("/receipts?limit=1").size());
    JsonNode parked = control("/parked");
    assertEquals("m2", parked.get(0).path("message").asText());
    assertEquals("[7,9]", parked.get(0).path("candidates").toString());
    assertEquals("m3", control("/receipt?message=m3").path("message").asText());
    assertEquals(404, authorised("GET", "/receipt?message=no").statusCode());
    assertEquals(400, authorised("GET", "/receipts?limit=-1").statusCode());
    assertFalse(control("/receipts").toString().contains("SEALED-BODY"));
  }

  @Test
  void stopIsAPostAndIsPassedOn() throws Exception {
    assertEquals(405, authorised("GET", "/stop").statusCode());
    assertEquals(202, authorised("POST", "/stop").statusCode());
    assertTrue(stopped.await(600, TimeUnit.SECONDS));
  }

  @Test
  void aTakenPortIsNamedAndTheAddressIsNotedWhileItIsOpen() throws Exception {
    assertEquals(Optional.of(server.url()), ManagementServer.noted(data));
    Settings same =
        new pontic.practice.SettingsLoader(
                java.util.Map.of(),
                java.util.Map.of(
                    "pontic.management.port",
                    "" + server.port(),
                    "pontic.data",
                    data.resolve("b").toString()))
            .load(Path.of("..", "..", "config"));
    String text =
        assertThrows(
                ListenException.class,
                () ->
                    ManagementServer.open(
                        same,
                        store,
                        new CamelRoutes(() -> List.of(camel)),
                        List.of(),
                        metrics,
                        () -> same,
                        () ->
                            new Report(
                                "",
                                Instant.EPOCH,
                                false,
                                Optional.empty(),
                                List.of(),
                                List.of(),
                                0),
                        () ->
                            new Runs(
                                store,
                                new SqlLeases("test"),
                                same,
                                Map.of(),
                                (practice, feed) -> true,
                                Set.of()),
                        token,
                        users,
                        () -> desk(store),
                        () ->
                            new ChartDesk(
                                store, new SqlAudit(), settings, ManagementServerTest::noMapper),
                        () -> {},
                        () -> {}))
            .getMessage();
    assertTrue(text.contains("port " + server.port()), text);
    assertTrue(text.contains("pontic.management.port"), text);
    server.close();
    assertEquals(Optional.empty(), ManagementServer.noted(data));
  }

  private void work(String id, String message) {
    store.write(
        tx ->
            tx.sql(
                    """
insert into work (id, practice, seq, message_id, sender, event, person_id, booking_id, state, due_at, rank, cycle, attempts, body)
values (:id, 'elm', 1, :message, 's', 'register', 'p', '', 'waiting', 0, 1, 0, 0, 'SEALED-BODY')
""")
                .param("id", id)
                .param("message", message)
                .update());
  }

  private void lane(String state) {
    store.write(
        tx ->
            tx.sql(
                    """
insert into lane (practice, next_at, state, reason, failures, last_ok_at, capabilities, capabilities_at)
values ('elm', 0, :state, 'the office is away', 2, 0, '{"version":"25.3"}', 0)
""")
                .param("state", state)
                .update());
  }

  private static String part(HttpResponse<String> response, String name) throws IOException {
    for (JsonNode check : new ObjectMapper().readTree(response.body()).path("checks")) {
      if (check.path("name").asText().equals(name)) {
        return check.path("status").asText();
      }
    }
    return "not there";
  }

  private HttpResponse<String> get(String path) throws Exception {
    return request("GET", server.url() + path, "");
  }

  private HttpResponse<String> authorised(String method, String path) throws Exception {
    return request(
        method, server.url() + "/control" + path, "", "Authorization", "Bearer " + token.value());
  }

  private JsonNode control(String path) throws Exception {
    HttpResponse<String> response = authorised("GET", path);
    assertEquals(200, response.statusCode(), response.body());
    return new ObjectMapper().readTree(response.body());
  }
}
