package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Appointment.AppointmentStatus;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import pontic.Pontic;
import pontic.house.ChildJvm;
import pontic.house.House;
import pontic.sandbox.api.EventDoubts;
import pontic.sandbox.api.Events;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.api.OpenDentalApi;
import pontic.sandbox.desk.FrontDesk;

/**
 * Events of an office's workstations bring polls and nothing else: elm is read from its database,
 * oak through its API, both so rarely that what comes in time was hinted at.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HintsTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);
  private static final LocalDateTime NINE = LocalDateTime.of(2027, 3, 2, 9, 0);
  private static final int KILLED = 137;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Events.Program DESK = new Events.Program("FRONT", false);
  private static final Events.Program SERVICE = new Events.Program("SERVER", true);
  private static final String FOREIGN = "http://127.0.0.1:1/somebody-else/";
  private static final String POLLS_OF_PATIENTS =
      "select count(*) from mysql.general_log where user_host like 'pontic_read%'"
          + " and argument like '%from patient p%order by p.DateTStamp%'";

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir static Path folder;
  private static House house;
  private static FrontDesk elm;
  private static FrontDesk oak;

  @BeforeAll
  static void open() throws Exception {
    house =
        House.sandboxOnly(folder)
            .busyLanes()
            .withInstallation(rarely(folder.resolve("home")))
            .with("practices.oak.database.enabled", "false")
            .with("practices.elm.hints.enabled", "true")
            .with("practices.elm.hints.url", "http://127.0.0.1:" + House.freePort() + "/hints/elm")
            .with("practices.elm.hints.workstations", "FRONT, SERVER")
            .with("practices.elm.hints.every", "2");
    elm = house.sandbox().frontDesk("elm");
    oak = house.sandbox().frontDesk("oak");
    house.api().events().run("elm", List.of(DESK, SERVICE));
    house.api().events().run("oak", List.of(SERVICE));
    sql("set global log_output = 'TABLE'");
    sql("set global general_log = 'ON'");
    house.startBundle();
    house.untilConnected();
    untilLoaded();
  }

  @AfterAll
  static void close() throws Exception {
    house.compareAndClose("elm", "oak");
  }

  /** The installation with lists of the API that are asked once and then not for an hour. */
  private static Path rarely(Path home) throws Exception {
    for (String area : List.of("config", "routes", "mappings", "sql")) {
      Path from = House.home().resolve(area);
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path to = home.resolve(area).resolve(from.relativize(file).toString());
          Files.createDirectories(to.getParent());
          if (to.getParent().endsWith("capture-api")) {
            Files.writeString(
                to, Files.readString(file).replaceAll("periods: \\d+", "periods: 100000"));
          } else {
            Files.copy(file, to);
          }
        }
      }
    }
    return home;
  }

  private static void untilLoaded() {
    for (String practice : List.of("elm", "oak")) {
      until(
          practice + " is loaded",
          () ->
              house.hospital().all("Patient").stream()
                      .anyMatch(one -> one.id().startsWith(practice))
                  && house.ledger().count("select count(*) from due where destination = 'hospital'")
                      == 0);
    }
    until(
        "each list of oak was read",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from watermark where practice = 'oak' and feed = 'api-appointment'")
                == 1);
  }

  @Test
  @Order(1)
  void whileNobodyTakesTheEventsPollsBringEverythingAndWithoutHintsNothingIsSubscribed()
      throws Exception {
    until("elm is subscribed", () -> subscriptions("elm").size() == 10);
    long patient = newPatient(elm);
    arrives("elm", "Patient", patient, any -> true);
    elm.editPatient(patient, Map.of("City", "Polled"));
    arrives("elm", "Patient", patient, city("Polled"));
    until(
        "the workstations try in vain",
        () -> house.api().events().sent("elm").stream().anyMatch(sent -> sent.status() == 0));
    assertEquals(404, post("oak", "/Patient/", OpenDentalApi.OAK_KEY, "[]"));
    assertEquals(
        List.of(),
        house.api().requests().list("oak").stream()
            .filter(request -> request.template().startsWith("/subscriptions"))
            .toList());
  }

  @Test
  @Order(2)
  void subscriptionsFollowTheSettingsAndThoseOfOthersStay() throws Exception {
    api(
        "elm",
        "POST",
        "/subscriptions",
        "{\"EndPointUrl\":\"" + FOREIGN + "\",\"WatchTable\":\"Patient\",\"PollingSeconds\":60}");
    house.stopBundle();
    String facade = "http://127.0.0.1:" + house.flags().get("pontic.facade.port") + "/hints/";
    house
        .with("pontic.capture.period", "600s")
        .with("practices.elm.hints.url", facade + "elm")
        .with("practices.oak.hints.enabled", "true")
        .with("practices.oak.hints.url", facade + "oak/")
        .with("practices.oak.hints.tables", "Patient, Appointment, AppointmentDeleted, Provider")
        .with("practices.oak.hints.every", "1");
    house.api().faults().arm(Fault.of("elm", FaultKind.DROP_AFTER).on("POST", "/subscriptions"));
    house.api().faults().arm(Fault.of("elm", FaultKind.DROP_AFTER).on("DELETE", "/subscriptions*"));
    house
        .api()
        .change(
            "oak",
            settings -> settings.withEvents(new EventDoubts(false, false, 60, false, false)));
    long before = sql(POLLS_OF_PATIENTS);
    house.startBundle();
    until("elm was polled once", () -> sql(POLLS_OF_PATIENTS) > before);
    Set<String> wanted = new TreeSet<>();
    for (String table :
        List.of("Appointment", "AppointmentDeleted", "Operatory", "Patient", "Provider")) {
      wanted.add(table + " FRONT 2 " + facade + "elm/" + table + "/");
      wanted.add(table + " SERVER 2 " + facade + "elm/" + table + "/");
    }
    wanted.add("Patient  60 " + FOREIGN);
    until("elm's are at the new address only", () -> subscriptions("elm").equals(wanted));
    until(
        "oak's refusal is said",
        () -> hints("oak").contains("Patient: the API refused it (HTTP 400)"));
    assertEquals(Set.of(), subscriptions("oak"));
    house.api().change("oak", settings -> settings.withEvents(EventDoubts.STANDARD));
    until("elm was looked at", () -> hints("elm").contains("Schedule: nothing that is read here"));
    assertTrue(hints("elm").contains("Patient: on"), hints("elm"));
    assertTrue(hints("oak").contains("Provider: needs Open Dental 24.2.11"), hints("oak"));

    // What the office did meanwhile is put right by the next generation.
    for (JsonNode one : api("elm", "GET", "/subscriptions", "")) {
      String number = "/subscriptions/" + one.path("SubscriptionNum").asText();
      if (one.path("EndPointUrl").asText().equals(FOREIGN)) {
        continue;
      }
      if (one.path("WatchTable").asText().equals("Patient")) {
        api("elm", "DELETE", number, "");
      } else if (one.path("WatchTable").asText().equals("Operatory")) {
        api("elm", "PUT", number, "{\"PollingSeconds\":900}");
      }
    }
    api(
        "elm",
        "POST",
        "/subscriptions",
        "{\"EndPointUrl\":\""
            + facade
            + "elm/Patient/\",\"Workstation\":\"GONE\",\"WatchTable\":\"Patient\",\"PollingSeconds\":1}");
    assertFalse(subscriptions("elm").equals(wanted));
    house.post("/control/reload");
    until("elm's are as wanted again", () -> subscriptions("elm").equals(wanted));
    until("oak's are there", () -> subscriptions("oak").size() == 3);
    assertEquals(
        List.of(), house.api().requests().violations(0).stream().filter(HintsTest::ours).toList());
  }

  /** The test itself asks the API too, out of turn. */
  private static boolean ours(pontic.sandbox.api.Requests.Violation violation) {
    return !violation.early().template().startsWith("/subscriptions")
        && !violation.before().template().startsWith("/subscriptions");
  }

  @Test
  @Order(3)
  void aChangeAtTheDeskComesAtOnceInBothModes() throws Exception {
    long patient = newPatient(elm);
    arrives("elm", "Patient", patient, any -> true);
    long booked = book("elm", elm, patient);
    arrives("elm", "Appointment", booked, is(AppointmentStatus.BOOKED));
    elm.delete(booked);
    arrives("elm", "Appointment", booked, is(AppointmentStatus.ENTEREDINERROR));

    long other = newPatient(oak);
    arrives("oak", "Patient", other, any -> true);
    oak.editPatient(other, Map.of("City", "Hinted"));
    arrives("oak", "Patient", other, city("Hinted"));
    long missed = book("oak", oak, other);
    arrives("oak", "Appointment", missed, is(AppointmentStatus.BOOKED));
    oak.breakAppointment(missed, true);
    arrives("oak", "Appointment", missed, is(AppointmentStatus.NOSHOW));
  }

  @Test
  @Order(4)
  void twoWorkstationsAndAStormOfHintsMakeNoSecondDeliveryAndFewPolls() throws Exception {
    long patient = newPatient(elm);
    arrives("elm", "Patient", patient, any -> true);
    int sent = house.api().events().sent("elm").size();
    elm.editPatient(patient, Map.of("City", "Twice"));
    arrives("elm", "Patient", patient, city("Twice"));
    until(
        "both have told it",
        () ->
            house.api().events().sent("elm").stream()
                    .skip(sent)
                    .filter(one -> one.type().equals("WatchTable: Patient") && one.status() == 200)
                    .map(Events.Sent::workstation)
                    .distinct()
                    .count()
                == 2);

    long begun = System.nanoTime();
    long polls = sql(POLLS_OF_PATIENTS);
    double taken = hinted("Patient", "taken");
    String body = "[{\"PatNum\":" + patient + ",\"LName\":\"Untrue\",\"City\":\"Nowhere\"}]";
    List<CompletableFuture<HttpResponse<Void>>> storm = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      storm.add(
          CLIENT.sendAsync(
              event("elm", "/Patient/", OpenDentalApi.ELM_KEY, body),
              HttpResponse.BodyHandlers.discarding()));
      if (storm.size() % 20 == 0) {
        storm.get(storm.size() - 20).join();
      }
    }
    for (CompletableFuture<HttpResponse<Void>> one : storm) {
      assertEquals(200, one.join().statusCode());
    }
    until("all are counted", () -> hinted("Patient", "taken") >= taken + 1000);
    until("they brought a poll", () -> sql(POLLS_OF_PATIENTS) > polls);
    long marker = newPatient(elm);
    arrives("elm", "Patient", marker, any -> true);
    long brought = sql(POLLS_OF_PATIENTS) - polls;
    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
    // One in two seconds by the rule; other polls of the table come between.
    assertTrue(brought <= seconds + 3, brought + " polls in " + seconds + " s");
    assertEquals(
        1,
        house.hospital().history("Patient", "elm-patient-" + patient).stream()
            .filter(arrival -> city("Twice").test(arrival.resource()))
            .count());
    assertTrue(
        house.hospital().history("Patient", "elm-patient-" + patient).stream()
            .noneMatch(arrival -> city("Nowhere").test(arrival.resource())),
        "what an event says is not believed");
  }

  @Test
  @Order(4)
  void aStormOfHintsTakesNoMoreOfALaneThanAReadAnInterval() throws Exception {
    long patient = newPatient(oak);
    arrives("oak", "Patient", patient, any -> true);
    long begun = System.nanoTime();
    long reads = readsOfOak();
    for (int i = 0; i < 1000; i++) {
      assertEquals(200, post("oak", "/Patient/", OpenDentalApi.OAK_KEY, "[]"));
    }
    oak.editPatient(patient, Map.of("City", "Stormy"));
    arrives("oak", "Patient", patient, city("Stormy"));
    long brought = readsOfOak() - reads;
    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
    assertTrue(brought >= 1 && brought <= seconds + 2, brought + " reads in " + seconds + " s");
  }

  private static long readsOfOak() {
    return house.api().requests().list("oak").stream()
        .filter(request -> request.template().equals("/patients/Simple"))
        .count();
  }

  @Test
  @Order(5)
  void whatIsNoEventOfThisOfficeIsRefusedAndCounted() throws Exception {
    double refused = hinted("Patient", "refused");
    assertEquals(401, post("elm", "/Patient/", OpenDentalApi.OAK_KEY, "[]"));
    assertEquals(401, post("elm", "/Patient/", "", "[]"));
    assertEquals(
        401,
        post(
            "elm",
            "/Patient/",
            "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + OpenDentalApi.ELM_KEY,
            "[]"));
    assertEquals(
        413, post("elm", "/Patient/", OpenDentalApi.ELM_KEY, "[\"" + "x".repeat(9 << 20) + "\"]"));
    for (String wrong :
        List.of("", "\"text\"", "[{\"PatNum\":", "[] []", "[".repeat(5000), "\u0000\u0001")) {
      assertEquals(400, post("elm", "/Patient/", OpenDentalApi.ELM_KEY, wrong));
    }
    assertEquals(10, hinted("Patient", "refused") - refused);
    assertEquals(
        400, post("oak", "/AppointmentDeleted/", OpenDentalApi.OAK_KEY, "[{\"PatNum\":3}]"));
    assertEquals(
        400, post("oak", "/AppointmentDeleted/", OpenDentalApi.OAK_KEY, "[[[{\"AptNum\":1}]]]"));
    assertEquals(200, post("elm", "/Commlog/", OpenDentalApi.ELM_KEY, "[]"));
    assertEquals(1, hinted("other", "unknown"));
    HttpRequest get =
        HttpRequest.newBuilder(address("elm", "/Patient/"))
            .header("Authorization", OpenDentalApi.ELM_KEY)
            .build();
    assertEquals(405, CLIENT.send(get, HttpResponse.BodyHandlers.ofString()).statusCode());
    // Programs before 22.4.35 do not say the type, and those after may send to the bare address.
    HttpRequest byHeader =
        HttpRequest.newBuilder(address("elm", "/"))
            .header("Authorization", OpenDentalApi.ELM_KEY)
            .header("Event-Type", "WatchTable: Provider")
            .POST(HttpRequest.BodyPublishers.ofString("[" + " ".repeat(4000) + "]"))
            .build();
    double taken = hinted("Provider", "taken");
    assertEquals(200, CLIENT.send(byHeader, HttpResponse.BodyHandlers.ofString()).statusCode());
    assertEquals(1, hinted("Provider", "taken") - taken);
  }

  @Test
  @Order(6)
  void aDeletedAppointmentOutlivesAKillRightAfterTheAnswerWhereNoListTellsIt() throws Exception {
    long patient = newPatient(oak);
    arrives("oak", "Patient", patient, any -> true);
    long booked = book("oak", oak, patient);
    arrives("oak", "Appointment", booked, is(AppointmentStatus.BOOKED));
    house.api().events().run("oak", List.of());
    oak.delete(booked);
    // So nothing but the event tells it.
    try (Connection connection = house.sandbox().practice("oak").dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("delete from histappointment where AptNum = " + booked);
    }
    house.hospital().goDown();
    String event =
        "[{\"HistApptNum\":77,\"HistApptAction\":\"Deleted\",\"AptNum\":%d,\"PatNum\":%d}]"
            .formatted(booked, patient);
    house.stopBundle();
    Process process = process();
    try {
      until("it has answered", () -> !process.isAlive() || answered(event) == 200);
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertEquals(KILLED, process.exitValue());
    house.hospital().comeBack();
    house.startBundle();
    arrives("oak", "Appointment", booked, is(AppointmentStatus.ENTEREDINERROR));
    for (int i = 0; i < 3; i++) {
      assertEquals(200, post("oak", "/AppointmentDeleted/", OpenDentalApi.OAK_KEY, event));
    }
    house.api().events().run("oak", List.of(SERVICE));
    house.api().change("oak", settings -> settings.withEvents(EventDoubts.OTHER_WAY));
    long second = book("oak", oak, patient);
    arrives("oak", "Appointment", second, is(AppointmentStatus.BOOKED));
    oak.delete(second);
    arrives("oak", "Appointment", second, is(AppointmentStatus.ENTEREDINERROR));
    assertEquals(
        1,
        house.hospital().history("Appointment", "oak-appointment-" + booked).stream()
            .filter(arrival -> is(AppointmentStatus.ENTEREDINERROR).test(arrival.resource()))
            .count(),
        "told once");
  }

  /** The same bundle as {@code ./pontic run}, which can be killed. */
  private static Process process() throws Exception {
    List<String> command =
        ChildJvm.command(
            "-Xmx512m",
            "-Dlogback.configurationFile=logback.xml",
            "-Dpontic.home=" + folder.resolve("home"));
    command.addAll(List.of(Pontic.class.getName(), "run"));
    house.flags().forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("process.log").toFile())
        .start();
  }

  /** 0 as long as nobody listens. */
  private static int answered(String event) {
    try {
      return post("oak", "/AppointmentDeleted/", OpenDentalApi.OAK_KEY, event);
    } catch (IOException e) {
      return 0;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Order(7)
  void switchedOffNothingListensAndWhatIsOursIsTakenAway() throws Exception {
    house.stopBundle();
    house.with("practices.elm.hints.enabled", "false");
    house.startBundle();
    until(
        "only what is another's stands",
        () -> subscriptions("elm").equals(Set.of("Patient  60 " + FOREIGN)));
    assertEquals(404, post("elm", "/Patient/", OpenDentalApi.ELM_KEY, "[]"));
    until("the look has ended", () -> hints("elm").isEmpty());
    assertEquals(3, subscriptions("oak").size());

    // A key that may not delete: it is said, and done when the key may.
    house
        .api()
        .change(
            "oak",
            settings ->
                settings
                    .withEvents(EventDoubts.STANDARD)
                    .withPermissions(Set.of("ApiReadAll", "ApiComm")));
    house.stopBundle();
    house.with("practices.oak.hints.enabled", "false");
    house.startBundle();
    until("what is left is said", () -> hints("oak").contains("(old subscriptions): still there"));
    assertEquals(3, subscriptions("oak").size());
    house
        .api()
        .change("oak", settings -> settings.withPermissions(Set.of("ApiReadAll", "ApiAllOthers")));
    house.post("/control/reload");
    until("nothing is left", () -> subscriptions("oak").isEmpty());
  }

  private static long newPatient(FrontDesk desk) throws Exception {
    return desk.addPatient(Map.of("LName", "Hint", "FName", "Ida", "Birthdate", "1984-05-06"));
  }

  private static long book(String practice, FrontDesk desk, long patient) throws Exception {
    long operatory = house.office(practice).count("select min(OperatoryNum) from operatory");
    long provider = house.office(practice).count("select min(ProvNum) from provider");
    return desk.book(patient, operatory, provider, NINE, 40, "");
  }

  private static void arrives(String practice, String type, long key, Predicate<Resource> fits)
      throws Exception {
    String id = practice + "-" + type.toLowerCase(java.util.Locale.ROOT) + "-" + key;
    assertTrue(
        house.hospital().await(type, id, fits, LIMIT).isPresent(),
        () -> type + " " + key + " did not come as expected\n" + house.ledger().describe());
  }

  private static Predicate<Resource> is(AppointmentStatus status) {
    return resource -> ((Appointment) resource).getStatus() == status;
  }

  private static Predicate<Resource> city(String city) {
    return resource -> city.equals(((Patient) resource).getAddressFirstRep().getCity());
  }

  private static URI address(String practice, String path) {
    return URI.create(
        "http://127.0.0.1:"
            + house.flags().get("pontic.facade.port")
            + "/hints/"
            + practice
            + path);
  }

  /** Of some length, so that no pause on a loaded machine makes it one that comes too slowly. */
  private static HttpRequest event(String practice, String path, String key, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(practice, path))
            .POST(HttpRequest.BodyPublishers.ofString(body + " ".repeat(4000)));
    return (key.isEmpty() ? request : request.header("Authorization", key)).build();
  }

  private static int post(String practice, String path, String key, String body) throws Exception {
    return CLIENT
        .send(event(practice, path, key, body), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static double hinted(String table, String outcome) {
    try {
      return house
          .metrics()
          .lines()
          .filter(line -> line.startsWith("pontic_hints_total") && line.contains("\"elm\""))
          .filter(line -> line.contains("table=\"" + table + "\""))
          .filter(line -> line.contains("outcome=\"" + outcome + "\""))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
          .sum();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Table, workstation, seconds and address of each, as the practice's API lists them. */
  private static Set<String> subscriptions(String practice) {
    Set<String> found = new TreeSet<>();
    for (JsonNode one : api(practice, "GET", "/subscriptions", "")) {
      found.add(
          one.path("WatchTable").asText()
              + " "
              + one.path("Workstation").asText()
              + " "
              + one.path("PollingSeconds").asText()
              + " "
              + one.path("EndPointUrl").asText());
    }
    return found;
  }

  private static JsonNode api(String practice, String method, String path, String body) {
    String key = practice.equals("elm") ? OpenDentalApi.ELM_KEY : OpenDentalApi.OAK_KEY;
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(house.flags().get("practices." + practice + ".api.url") + path))
            .header("Authorization", "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + key)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(2, answer.statusCode() / 100, method + " " + path + ": " + answer.body());
      return JSON.readTree(answer.body());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of the capability table: table and reason, or on. */
  private static String hints(String practice) {
    try {
      StringBuilder text = new StringBuilder();
      for (JsonNode one : JSON.readTree(house.control("/control/capabilities"))) {
        if (one.path("practice").asText().equals(practice)) {
          for (JsonNode hint : one.path("hints")) {
            text.append(hint.path("hint").asText())
                .append(": ")
                .append(hint.path("on").asBoolean() ? "on" : hint.path("reason").asText())
                .append('\n');
          }
        }
      }
      return text.toString();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A number that elm's server tells, or 0. */
  private static long sql(String text) {
    try (Connection connection = house.sandbox().practice("elm").dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      if (!statement.execute(text)) {
        return 0;
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
