package pontic.freshness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hl7.fhir.r4.model.Patient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import pontic.house.House;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.HospitalFhirServer;

/**
 * Whoever is late is told of once, and once when it has caught up, where a step that an engineer
 * wrote into the route {@code alert} sends it.
 */
final class FreshnessTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration OBJECTIVE = Duration.ofHours(1);

  @TempDir static Path folder;
  private static final List<JsonNode> TOLD = new CopyOnWriteArrayList<>();
  private static volatile boolean isAway;
  private static HttpServer desk;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    TOLD.clear();
    desk = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    desk.createContext("/alerts", FreshnessTest::takes);
    desk.start();
    house = House.sandboxOnly(folder);
    house
        .withHome(home())
        .with("routes.alert.period", "100ms")
        // Longer than the slowest machine is behind by itself: only what longAgo moves is late.
        .with("destinations.hospital.freshness", OBJECTIVE.toString())
        .with("destinations.registry.freshness", OBJECTIVE.toString())
        .with("practices.elm.freshness", OBJECTIVE.toString())
        .with("practices.oak.freshness", OBJECTIVE.toString())
        // So that of oak its lists count.
        .with("practices.oak.database.enabled", "false");
    house.startBundle();
    house.untilConnected();
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
    desk.stop(0);
  }

  @Test
  void aLateDestinationIsToldOnceAtItsBeginningAlsoOverARestartAndOnceAtItsEnd() throws Exception {
    quiet();
    long patient = house.office("elm").count("select min(PatNum) from patient where PatStatus = 0");
    int before = told("elm", "hospital").size();
    ListAppender<ILoggingEvent> log = listen();
    assertEquals(202, house.control("pause", "hospital", "sends"));
    move(patient, "Late");
    until(
        "the beginning is told",
        () -> {
          dueLongAgo("hospital");
          return told("elm", "hospital").size() == before + 1;
        });
    JsonNode begun = told("elm", "hospital").get(before);
    assertEquals("begins", begun.path("state").asText());
    assertEquals(OBJECTIVE.toSeconds(), begun.path("objectiveSeconds").asLong());
    assertEquals("", begun.path("ended").asText());
    assertTrue(begun.path("reason").asText().startsWith("what is due waits since 20"), "" + begun);
    until("the metric tells it", () -> breached("hospital") == 1);
    assertTrue(metric("pontic_due_oldest_seconds", "hospital") >= OBJECTIVE.toSeconds());
    assertEquals(begun.path("began"), status("hospital").path("lateSince"));
    assertEquals(begun.path("reason"), status("hospital").path("lateReason"));
    assertEquals(OBJECTIVE.toSeconds(), status("hospital").path("objectiveSeconds").asLong());
    assertTrue(
        log.list.stream().anyMatch(line -> said(line).contains("elm/hospital is behind")),
        () -> log.list.toString());

    house.stopBundle();
    house.startBundle();
    // What is told of another one later shows that this one was not told again.
    assertEquals(202, house.control("pause", "registry", "sends"));
    int others = told("elm", "registry").size();
    move(patient, "Later");
    until(
        "the other one is told",
        () -> {
          dueLongAgo("registry");
          return told("elm", "registry").size() > others;
        });
    assertEquals(before + 1, told("elm", "hospital").size());
    until("the metric tells it still", () -> breached("hospital") == 1);

    assertEquals(202, house.control("resume", "registry", "sends"));
    assertEquals(202, house.control("resume", "hospital", "sends"));
    until("the end is told", () -> told("elm", "hospital").size() == before + 2);
    JsonNode ended = told("elm", "hospital").get(before + 1);
    assertEquals("ends", ended.path("state").asText());
    assertEquals(begun.path("began"), ended.path("began"));
    arrives(house.hospital(), patient, "Later");
    quiet();
    until("the metric tells that it is over", () -> breached("hospital") == 0);
    assertEquals("", status("hospital").path("lateSince").asText("none"));
    eachBeginsAndEndsInTurn();
    List<String> audited =
        house
            .ledger()
            .texts(
                "select action from audit where subject = 'elm/hospital' and action like 'freshness%' order by id");
    assertEquals(before + 2, audited.size(), audited.toString());
    assertEquals(
        List.of("freshness lost", "freshness regained"), audited.subList(before, before + 2));
  }

  @Test
  void aPracticeWhoseMessagesWaitOrWhoseDatabaseOrListsAreNotReadIsToldToo() throws Exception {
    quiet();
    int elm = told("elm", "").size();
    int oak = told("oak", "").size();
    house.api().faults().arm(Fault.of("elm", FaultKind.OFFLINE));
    house.api().faults().arm(Fault.of("oak", FaultKind.OFFLINE));
    house.accepted("elm", Hospital.adt("A28", "LATE-1", Hospital.Patient.numbered(8801)));
    until(
        "that a message waits is told",
        () -> {
          longAgo("update message set accepted_at = ? where practice = 'elm' and state <> 'ended'");
          return told("elm", "").size() == elm + 1;
        });
    String waits = told("elm", "").get(elm).path("reason").asText();
    assertTrue(waits.startsWith("a message waits since 20"), waits);
    until(
        "that no list comes is told",
        () -> {
          longAgo("update question set owed_at = ? where practice = 'oak' and owed_at > 0");
          return told("oak", "").size() == oak + 1;
        });
    String owed = told("oak", "").get(oak).path("reason").asText();
    assertTrue(owed.startsWith("a list of its API is owed since 20"), owed);
    house.api().faults().clear();
    house.untilAllEnded();
    until("and that none does", () -> last("elm", "").equals("ends"));
    until("and that they come", () -> last("oak", "").equals("ends"));

    assertEquals(202, house.control("pause", "elm", "reads"));
    until(
        "that it is not read is told",
        () -> {
          longAgo("update watermark set stamp = ? where practice = 'elm' and stamp > 0");
          return last("elm", "").equals("begins");
        });
    String read = told("elm", "").get(told("elm", "").size() - 1).path("reason").asText();
    assertTrue(read.startsWith("its database was read up to 20"), read);
    assertEquals(202, house.control("resume", "elm", "reads"));
    until("and that it is read again", () -> last("elm", "").equals("ends"));
    eachBeginsAndEndsInTurn();
  }

  @Test
  void whatNobodyTookIsToldAgain() throws Exception {
    quiet();
    long patient = house.office("elm").count("select max(PatNum) from patient where PatStatus = 0");
    int before = told("elm", "registry").size();
    isAway = true;
    assertEquals(202, house.control("pause", "registry", "sends"));
    try {
      move(patient, "Unheard");
      until(
          "it was tried",
          () -> {
            dueLongAgo("registry");
            return house
                    .ledger()
                    .count(
                        "select count(*) from breach where destination = 'registry' and told = 0 and telling_until > 0")
                == 1;
          });
    } finally {
      isAway = false;
    }
    // A minute later.
    until(
        "it is told",
        () -> {
          house.ledger().change("update breach set telling_until = 0 where told = 0");
          return told("elm", "registry").size() > before;
        });
    house.control("resume", "registry", "sends");
    quiet();
  }

  private static void takes(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (!isAway) {
      TOLD.add(JSON.readTree(body));
    }
    exchange.sendResponseHeaders(isAway ? 503 : 204, -1);
    exchange.close();
  }

  /** The shipped files, and one step behind the seam. */
  private static Path home() throws IOException {
    Path home = folder.resolve("home");
    for (String area : List.of("routes", "mappings", "sql", "config")) {
      FileSystemUtils.copyRecursively(House.home().resolve(area), home.resolve(area));
    }
    Path route = home.resolve("routes/operations/alert.camel.yaml");
    String seam = "simple: \"${body.json}\"\n";
    String shipped = Files.readString(route);
    assertTrue(shipped.contains(seam), shipped);
    Files.writeString(
        route,
        shipped.replace(
            seam,
            seam
                + """
                              - to:
                                  id: alert-to-the-desk
                                  uri: "{{routes.alert.to}}"
                """));
    Path properties = home.resolve("config/application.properties");
    Files.writeString(
        properties,
        Files.readString(properties)
            + "\nroutes.alert.to=http://127.0.0.1:"
            + desk.getAddress().getPort()
            + "/alerts\n");
    return home;
  }

  /** What {@code ./pontic status --json} tells of a destination for elm. */
  private static JsonNode status(String destination) throws Exception {
    for (JsonNode one :
        new ObjectMapper().readTree(house.control("/control/status")).path("destinations")) {
      if (one.path("destination").asText().equals(destination)
          && one.path("practice").asText().equals("elm")) {
        return one;
      }
    }
    throw new AssertionError("no " + destination);
  }

  private static void dueLongAgo(String destination) {
    longAgo(
        "update due set due_at = ? where practice = 'elm' and state = 'due' and destination = '"
            + destination
            + "'");
  }

  /** As if twice the objective had passed since. */
  private static void longAgo(String sql) {
    house.ledger().change(sql, Instant.now().minus(OBJECTIVE.multipliedBy(2)).toEpochMilli());
  }

  /** Nothing is late, and all of that has been told. */
  private static void quiet() {
    until(
        "all has caught up",
        () ->
            house.ledger().count("select count(*) from due where state = 'due'") == 0
                && house.ledger().count("select count(*) from breach where told < 2") == 0);
  }

  private static void eachBeginsAndEndsInTurn() {
    Map<String, String> last = new HashMap<>();
    for (JsonNode each : TOLD) {
      String of = each.path("practice").asText() + "/" + each.path("destination").asText();
      String state = each.path("state").asText();
      assertEquals(
          state.equals("begins") ? "ends" : "begins",
          last.getOrDefault(of, "ends"),
          () -> of + " in " + TOLD);
      last.put(of, state);
    }
  }

  private static List<JsonNode> told(String practice, String destination) {
    List<JsonNode> told = new ArrayList<>();
    for (JsonNode each : TOLD) {
      if (each.path("practice").asText().equals(practice)
          && each.path("destination").asText().equals(destination)) {
        told.add(each);
      }
    }
    return told;
  }

  private static String last(String practice, String destination) {
    List<JsonNode> told = told(practice, destination);
    return told.isEmpty() ? "" : told.get(told.size() - 1).path("state").asText();
  }

  private static double breached(String destination) {
    return metric("pontic_freshness_breached", destination);
  }

  /** Of a destination for elm. */
  private static double metric(String name, String destination) {
    try {
      String sample = name + "{destination=\"" + destination + "\",practice=\"elm\"} ";
      return house
          .metrics()
          .lines()
          .filter(line -> line.startsWith(sample))
          .mapToDouble(line -> Double.parseDouble(line.substring(sample.length())))
          .sum();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static ListAppender<ILoggingEvent> listen() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    ((Logger) LoggerFactory.getLogger(Freshness.class)).addAppender(log);
    return log;
  }

  private static String said(ILoggingEvent line) {
    return line.getFormattedMessage();
  }

  private static void move(long patient, String city) throws Exception {
    house.sandbox().frontDesk("elm").editPatient(patient, Map.of("City", city));
  }

  private static void arrives(HospitalFhirServer at, long patient, String city) throws Exception {
    assertTrue(
        at.await(
                "Patient",
                "elm-patient-" + patient,
                resource -> city.equals(((Patient) resource).getAddressFirstRep().getCity()),
                Duration.ofSeconds(600))
            .isPresent());
  }
}
