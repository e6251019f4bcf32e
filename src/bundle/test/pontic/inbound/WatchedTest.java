package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.docs.Monitoring;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;

/**
 * What an operator sees of the real house: health, metrics, and the routes by name behind Hawtio's
 * login.
 */
final class WatchedTest {
  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.open(folder);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void healthNamesStoreBrokerAndEveryRoute() throws Exception {
    HttpResponse<String> health = get("pontic.management.port", "/health", "");
    assertEquals(200, health.statusCode(), health.body());
    for (String route : routes()) {
      assertTrue(health.body().contains("\"route:" + route + "\""), route + " in " + health.body());
    }
    assertTrue(health.body().contains("\"store\"") && health.body().contains("\"broker\""));
  }

  @Test
  void metricsCountMessagesByTheirEnd() throws Exception {
    assertEquals(
        "AA", house.send("elm", Hospital.adt("A28", "W1", Hospital.Patient.numbered(9001))));
    house.untilAllEnded();
    House.until(
        "the metrics show the landed message",
        () -> {
          String metrics = body("pontic.management.port", "/metrics");
          return metrics
              .lines()
              .anyMatch(line -> line.startsWith("pontic_messages{") && line.contains("landed"));
        });
  }

  @Test
  void metricsSayHowManyCallConsumersAreBusyWhileAPracticeHangs() throws Exception {
    house.api().faults().arm(Fault.of("oak", FaultKind.HANG).on("POST", "/patients"));
    assertEquals(
        "AA", house.send("oak", Hospital.adt("A28", "W2", Hospital.Patient.numbered(9002))));
    house
        .api()
        .requests()
        .await(entry -> entry.status().equals("hung"), java.time.Duration.ofSeconds(600));
    String metrics = house.metrics();
    assertTrue(value(metrics, "pontic_call_consumers_busy") >= 1, metrics);
    assertEquals(8, value(metrics, "pontic_call_consumers"), metrics);
    house.api().faults().clear();
    house.untilAllEnded();
    House.until("none is busy any more", () -> value(scraped(), "pontic_call_consumers_busy") == 0);
  }

  /** Of a patient that the hospital registers and whose answer is lost; the registry is told. */
  @Test
  void whatBecameOfRequestsAndDeliveriesIsCountedWithTheTimeThatItTook() throws Exception {
    String post = "practice=\"elm\",request=\"patients.post\"";
    String told = "destination=\"registry\",";
    double unknown = sum("pontic_api_requests", "outcome=\"unknown\"," + post);
    double settled = sum("pontic_settled", "outcome=\"landed\"," + post);
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.DROP_AFTER).on("POST", "/patients").times(1));
    Hospital.Patient patient = Hospital.Patient.numbered(9004);
    assertEquals("AA", house.send("elm", Hospital.adt("A28", "W5", patient)));
    house.untilAllEnded();
    house.ledger().assertEnd("landed", "W5");
    Object key = house.office("elm").patients(patient).get(0).get("PatNum");
    assertTrue(
        house
            .registry()
            .await(
                "Patient",
                "elm-patient-" + key,
                resource -> true,
                java.time.Duration.ofSeconds(600))
            .isPresent());
    House.until(
        "the request, how it was settled and the delivery are counted",
        () ->
            sum("pontic_api_requests", "outcome=\"unknown\"," + post) == unknown + 1
                && sum("pontic_settled", "outcome=\"landed\"," + post) == settled + 1
                && sum("pontic_delivery_lag_rows", told) > 0);
    assertTrue(sum("pontic_api_requests_seconds", post) > 0);
    assertTrue(sum("pontic_delivery_lag_seconds", told) > 0);
    assertEquals(
        sum("pontic_delivery_lag_rows", told),
        sum("pontic_delivery_lag_within", told + "le=\"+Inf\""));
    assertTrue(sum("pontic_delivery_lag_within", told + "le=\"300\"") > 0);
    String acknowledged =
        "destination=\"registry\",outcome=\"acknowledged\",practice=\"elm\",table=\"Patient\"";
    assertEquals(
        house
            .ledger()
            .count(
                "select sum(acknowledged_version - coalesced) from delivery where practice = 'elm'"
                    + " and destination = 'registry' and resource = 'Patient' and withheld = ''"),
        sum("pontic_deliveries", acknowledged));
    assertTrue(sum("pontic_capture_query_seconds", "practice=\"elm\"") > 0);
    assertTrue(sum("pontic_token_age_seconds_count", "queue=\"call\"") > 0);
  }

  /**
   * One row of each kind, so that every gauge has something to tell; of a practice that is none.
   */
  @Test
  void dashboardAndAlertRulesAskOnlyForWhatIsThere() throws Exception {
    List<String> rows =
        List.of(
            """
            insert into message (id, practice, seq, route, sender, type, control_id, digest, accepted_at, body, answer, state, attempts,
              due_at, receipt_end, receipt_reason, receipt_keys, receipt_settled, receipt_generation, receipt_warnings, ended_at)
            values ('m-nobody', 'nobody', 1, 'accept-hl7', 's', 'ADT^A28', 'C', 'd', 1, '', 'AA', 'ended', 1, 1, 'parked', 'double: x',
              '{}', '', '', '[]', 1)
            """,
            """
            insert into work (id, practice, seq, message_id, sender, event, person_id, booking_id, state, due_at, rank, cycle, attempts, body)
            values ('w-nobody', 'nobody', 1, 'm-nobody', 's', 'register', 'p', '', 'waiting', 1, 1, 0, 0, '')
            """,
            """
            insert into due (practice, destination, resource, row_key, version, due_at, attempts, bundle_limit, state, reason, invalid)
            values ('nobody', 'nowhere', 'Patient', 1, 1, 1, 0, 1, 'due', '', 1)
            """,
            """
            insert into delivery (practice, destination, resource, row_key, attempted_version, attempted_at, acknowledged_version,
              acknowledged_at, acknowledged, coalesced, withheld)
            values ('nobody', 'nowhere', 'Patient', 1, 1, 1, 0, 0, '', 0, 'echo')
            """,
            """
            insert into feed (practice, feed, state, reason, version, total, looked_at) values ('nobody', 'patient', 'off', '', '', 0, 1)
            """,
            """
            insert into tally (what, practice, destination, name, outcome, n, millis)
            values ('call', 'nobody', '', 'patients.post', 'landed', 1, 1), ('settle', 'nobody', '', 'patients.post', 'landed', 1, 1),
              ('delivery', 'nobody', 'nowhere', 'Patient', 'refused', 1, 0), ('lag', 'nobody', 'nowhere', 'Patient', '5', 1, 1)
            """,
            """
            insert into breach (practice, destination, began_at, ended_at, reason, objective, told, telling_until)
            values ('nobody', 'nowhere', 1, 0, '', 1, 1, 0)
            """,
            """
            insert into answer (message_id, practice, destination, seq, wanted, header, state, ready_at, due_at, attempts, refusals,
              wire, reason)
            values ('m-nobody', 'nobody', 'nowhere', 1, 'always', '', 'given up', 1, 1, 1, 1, '', '')
            """);
    rows.forEach(row -> house.bundle().store().write(tx -> tx.sql(row).update()));
    try {
      House.until("the rows are told", () -> scraped().contains("practice=\"nobody\""));
      assertEquals(List.of(), Monitoring.problems(scraped()));
      // A lag of up to 5 s is one of up to 10 s too, and none of up to 2 s.
      for (Map.Entry<String, Integer> bucket :
          Map.of("1", 0, "2", 0, "5", 1, "10", 1, "21600", 1, "+Inf", 1).entrySet()) {
        assertEquals(
            bucket.getValue().doubleValue(),
            sum(
                "pontic_delivery_lag_within",
                "destination=\"nowhere\",le=\"" + bucket.getKey() + "\""),
            bucket.getKey());
      }
    } finally {
      for (String table :
          List.of("message", "work", "due", "delivery", "feed", "tally", "breach", "answer")) {
        house
            .bundle()
            .store()
            .write(tx -> tx.sql("delete from " + table + " where practice = 'nobody'").update());
      }
    }
  }

  /** A viewer sees its shape, an admin its words; edited it goes on, and what it was is kept. */
  @Test
  void aParkedMessageIsShownByRoleAndEditedWithItsOriginalKept() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(9003);
    String whole = new String(Hospital.adt("A28", "W3", patient), StandardCharsets.UTF_8);
    String held = whole.replaceFirst("(PID\\|(?:[^|]*\\|){6})[^|\r]*", "$1");
    assertEquals("AA", house.send("elm", held.getBytes(StandardCharsets.UTF_8)));
    house.untilAllEnded();
    house.ledger().assertEnd("parked", "W3");
    String id = house.ledger().id("W3");
    String show = "/control/parked/show?id=" + id;
    HttpResponse<String> masked = get("pontic.management.port", show, basic("vera"));
    assertEquals(200, masked.statusCode(), masked.body());
    assertTrue(masked.body().contains("PID|"), masked.body());
    assertTrue(!masked.body().contains(patient.last()), masked.body());
    assertEquals(
        403, get("pontic.management.port", show + "&clear=true", basic("vera")).statusCode());
    assertTrue(house.control(show + "&clear=true").contains(patient.last()));
    String drop = "/control/parked/drop?id=" + id + "&reason=x";
    assertEquals(403, post(drop, "", basic("vera")).statusCode());
    String edit = "/control/parked/edit?id=" + id;
    assertEquals(403, post(edit, whole, basic("otto")).statusCode());
    assertEquals(400, post(edit, whole.replace("|W3|", "|W4|"), admin()).statusCode());

    // Through Jolokia nobody gets the words, whatever the role.
    String ask =
        "{\"type\":\"exec\",\"mbean\":\"pontic:type=Operations\",\"operation\":\"OP\",\"arguments\":[\"%s\"]}"
            .formatted(id);
    String shown = jolokia(ask.replace("OP", "showMasked").replace("]}", ",0]}"), admin());
    assertTrue(shown.contains("PID|") && !shown.contains(patient.last()), shown);
    assertTrue(jolokia(ask.replace("OP", "release"), basic("vera")).contains("\"status\":403"));

    assertEquals(202, post(edit, whole, admin()).statusCode());
    house.untilAllEnded();
    assertEquals("landed", house.ledger().end("W3"));
    assertEquals(1, house.office("elm").patients(patient).size());
    assertEquals(
        List.of("edit", "show", "show masked", "show masked"),
        house
            .ledger()
            .texts(
                "select action from audit where subject = ? and action in ('edit', 'show', 'show masked') order by action",
                id));
    assertEquals(
        1,
        house
            .ledger()
            .count("select count(*) from message_original where message_id = '" + id + "'"));
  }

  /** Camel counts the steps of a route under the name that Hawtio shows. */
  @Test
  void aDiagramHasTheCountersOfItsSteps() throws Exception {
    String asked =
        "{\"type\":\"exec\",\"mbean\":\"org.apache.camel:context=pontic,type=routes,name=\\\"wake-lanes\\\"\",\"operation\":"
            + "\"dumpRouteStatsAsXml(boolean,boolean)\",\"arguments\":[true,true]}";
    House.until(
        "a step has counted",
        () ->
            jolokia(asked, basic("vera"))
                .matches("(?s).*<processorStat [^>]*exchangesCompleted=.{1,3}[1-9].*"));
  }

  private static String basic(String user) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + user + "-password").getBytes(StandardCharsets.UTF_8));
  }

  private static String admin() throws IOException {
    String password = Files.readString(folder.resolve("data/hawtio-admin.password")).strip();
    return "Basic "
        + Base64.getEncoder()
            .encodeToString(("admin:" + password).getBytes(StandardCharsets.UTF_8));
  }

  private static HttpResponse<String> post(String path, String body, String authorization)
      throws Exception {
    return send("pontic.management.port", path, body, authorization);
  }

  private static String jolokia(String body, String authorization) {
    try {
      return send("pontic.hawtio.port", "/hawtio/jolokia", body, authorization).body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> send(
      String port, String path, String body, String authorization) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + house.flags().get(port) + path))
                .header("Authorization", authorization)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static double value(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** Of all samples of a name whose labels hold this text. */
  private static double sum(String name, String labels) {
    return scraped()
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains(labels))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static String scraped() {
    return body("pontic.management.port", "/metrics");
  }

  @Test
  void hawtioShowsTheRoutesByNameBehindItsLogin() throws Exception {
    String search = "/hawtio/jolokia/search/org.apache.camel:type=routes,*";
    assertEquals(403, get("pontic.hawtio.port", search, "").statusCode());
    String password = Files.readString(folder.resolve("data/hawtio-admin.password")).strip();
    String basic =
        "Basic "
            + Base64.getEncoder()
                .encodeToString(("admin:" + password).getBytes(StandardCharsets.UTF_8));
    HttpResponse<String> found = get("pontic.hawtio.port", search, basic);
    assertEquals(200, found.statusCode());
    for (String route : routes()) {
      assertTrue(
          found.body().contains("name=\\\"" + route + "\\\""), route + " in " + found.body());
    }
    // Hawtio makes its tree of contexts by this order of the keys.
    assertTrue(
        get("pontic.hawtio.port", search + "?canonicalNaming=false", basic)
            .body()
            .contains("org.apache.camel:context=pontic,type=routes,name="),
        found.body());
  }

  @Test
  void everyPortIsOpenOnLoopbackOnly() throws Exception {
    List<InetAddress> outer =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress())
            .toList();
    List<String> ports =
        house.flags().keySet().stream().filter(key -> key.endsWith(".port")).sorted().toList();
    assertEquals(
        List.of(
            "pontic.facade.port",
            "pontic.hawtio.port",
            "pontic.management.port",
            "practices.elm.hl7.port",
            "practices.oak.hl7.port"),
        ports);
    for (String port : ports) {
      connect(InetAddress.getLoopbackAddress(), port);
      for (InetAddress address : outer) {
        assertThrows(IOException.class, () -> connect(address, port), port + " at " + address);
      }
    }
  }

  private static void connect(InetAddress address, String port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(address, Integer.parseInt(house.flags().get(port))), 1000);
    }
  }

  /** Every route that runs, whatever it is called; listeners have a context of their own. */
  private static List<String> routes() {
    List<String> routes =
        new ArrayList<>(
            house.bundle().context().getRoutes().stream().map(Route::getRouteId).sorted().toList());
    assertTrue(routes.containsAll(List.of("call", "wake-lanes")), routes::toString);
    routes.addAll(List.of("accept-hl7-elm", "accept-hl7-oak"));
    return routes;
  }

  private static String body(String port, String path) {
    try {
      return get(port, path, "").body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> get(String port, String path, String authorization)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + house.flags().get(port) + path));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
