package pontic.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
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
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.hl7.fhir.r4.model.Patient;
import org.springframework.util.FileSystemUtils;
import pontic.house.House;
import pontic.sandbox.api.OpenDentalApi;

/**
 * Whatever is sent in place of an office's event is taken or refused, and the next event does its
 * work. Elm is read from its database, so its events are only looked at; oak through its API, so
 * rows that are gone are taken from them.
 */
final class EventsFuzzTest {
  private static final Duration IN_TIME = Duration.ofSeconds(60);
  private static final Duration LIMIT = Duration.ofSeconds(600);

  private static final Map<String, String> KEYS =
      Map.of("elm", OpenDentalApi.ELM_KEY, "oak", OpenDentalApi.OAK_KEY);

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final List<String> TABLES =
      List.of(
          "Patient",
          "Appointment",
          "AppointmentDeleted",
          "AppointmentDeleted",
          "Provider",
          "Nonsense",
          "No%20table");

  private static final List<byte[]> SAMPLES =
      List.of(
          text(
              "[{\"AptNum\":912,\"PatNum\":5,\"AptStatus\":\"Scheduled\",\"AptDateTime\":\"2026-12-01"
                  + " 10:00:00\",\"HistApptAction\":\"Deleted\",\"DateTStamp\":\"2026-11-01 10:00:00\"}]"),
          text("[{\"PatNum\":5,\"LName\":\"Fern\",\"DateTStamp\":\"2026-11-01 10:00:00\"}]"),
          text("{\"PatNum\":5}"),
          text("[]"));

  /** In place of any value. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "912",
          "-1",
          "0.5",
          "9".repeat(99),
          "9".repeat(5_000),
          "1e999999999",
          "-1E-999999999",
          "9223372036854775808",
          "\"912\"",
          "\"\"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"\\u202e\"",
          "\"0001-01-01 00:00:00\"",
          "\"2026-02-30 25:61:61\"",
          "\"" + "a".repeat(200_000) + "\"",
          "[".repeat(70) + "]".repeat(70),
          "[".repeat(20_000),
          "{\"a\":".repeat(2_000) + "1" + "}".repeat(2_000));

  private static Path folder;
  private static House house;
  private static int round;

  /** A request in place of an event. */
  private record Sent(
      String practice, String table, String key, String type, boolean said, byte[] body) {
    @Override
    public String toString() {
      String text = new String(body, StandardCharsets.ISO_8859_1);
      return "%s/%s %s %s %s %s"
          .formatted(
              practice, table, key, type, said, text.substring(0, Math.min(2_000, text.length())));
    }
  }

  @BeforeContainer
  static void open() throws Exception {
    folder = Files.createTempDirectory("fuzz");
    house = House.sandboxOnly(folder).busyLanes();
    String facade = "http://127.0.0.1:" + house.flags().get("pontic.facade.port") + "/hints/";
    for (String practice : KEYS.keySet()) {
      house
          .with("practices." + practice + ".hints.enabled", "true")
          .with("practices." + practice + ".hints.url", facade + practice)
          .with("practices." + practice + ".hints.workstations", "FRONT")
          .with("practices." + practice + ".hints.every", "1");
    }
    house.with("practices.oak.database.enabled", "false").with("pontic.capture.period", "600s");
    house.startBundle();
    house.untilConnected();
    House.until(
        "elm is loaded",
        () ->
            house.hospital().all("Patient").stream().anyMatch(one -> one.id().startsWith("elm"))
                && house
                        .ledger()
                        .count(
                            "select count(*) from due where destination = 'hospital' and practice = 'elm'")
                    == 0);
  }

  @AfterContainer
  static void close() throws Exception {
    house.close();
    FileSystemUtils.deleteRecursively(folder);
  }

  /** Elm's database is looked at every ten minutes: what comes sooner an event has brought. */
  @AfterProperty
  void theNextEventDoesItsWork() throws Exception {
    assertTrue(house.control("/health").contains("\"status\":\"UP\""), house.control("/health"));
    long patNum = house.office("elm").anybody();
    // Of two, since the first may have been brought by one of those drawn.
    for (int i = 0; i < 2; i++) {
      String city = "Round" + ++round;
      house.sandbox().frontDesk("elm").editPatient(patNum, Map.of("City", city));
      assertEquals(
          200,
          answer(
              new Sent(
                  "elm",
                  "Patient",
                  OpenDentalApi.ELM_KEY,
                  "application/json",
                  false,
                  text("[{\"PatNum\":" + patNum + "}]"))));
      assertTrue(
          house
              .hospital()
              .await(
                  "Patient",
                  "elm-patient-" + patNum,
                  resource -> city.equals(((Patient) resource).getAddressFirstRep().getCity()),
                  LIMIT)
              .isPresent(),
          "what the event was about arrives: " + house.ledger().describe());
    }
  }

  @Provide
  Arbitrary<Sent> json() {
    return sent(value(3).map(EventsFuzzTest::text));
  }

  @Provide
  Arbitrary<Sent> rows() {
    return sent(
        object(VALUES_ONLY)
            .list()
            .ofMaxSize(4)
            .map(all -> text("[" + String.join(",", all) + "]")));
  }

  @Provide
  Arbitrary<Sent> bytes() {
    return sent(
        Arbitraries.oneOf(
            Arbitraries.bytes().array(byte[].class).ofMaxSize(400),
            Mutations.of(
                SAMPLES,
                "[",
                "]",
                "{",
                "}",
                "\"",
                ",",
                ":",
                "\\u",
                "\0",
                "null",
                "1e9",
                "\u00c3(",
                "\u00ff\u00fe",
                "\u00ef\u00bb\u00bf")));
  }

  private static final Arbitrary<String> VALUES_ONLY = Arbitraries.of(VALUES);

  /** Objects and lists of any values; names come twice, are unknown or of a row. */
  private static Arbitrary<String> value(int depth) {
    return depth == 0
        ? VALUES_ONLY
        : Arbitraries.frequencyOf(
            Tuple.of(2, VALUES_ONLY),
            Tuple.of(3, object(value(depth - 1))),
            Tuple.of(
                3,
                value(depth - 1)
                    .list()
                    .ofMaxSize(4)
                    .map(all -> "[" + String.join(",", all) + "]")));
  }

  private static Arbitrary<String> object(Arbitrary<String> values) {
    Arbitrary<String> names =
        Arbitraries.of(
            "AptNum",
            "PatNum",
            "AptStatus",
            "AptDateTime",
            "HistApptAction",
            "DateTStamp",
            "LName",
            "x",
            "");
    return Combinators.combine(names, values)
        .as((name, value) -> "\"" + name + "\":" + value)
        .list()
        .ofMaxSize(6)
        .map(all -> "{" + String.join(",", all) + "}");
  }

  private static Arbitrary<Sent> sent(Arbitrary<byte[]> bodies) {
    Arbitrary<String> practices = Arbitraries.of("elm", "oak");
    Arbitrary<String> keys =
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.just("right")),
            Tuple.of(
                1,
                Arbitraries.of(
                    "",
                    "ElmCustomerKey02",
                    "elmcustomerkey01",
                    "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + OpenDentalApi.ELM_KEY,
                    "Basic Og==",
                    "k".repeat(4_000))));
    Arbitrary<String> types =
        Arbitraries.of(
            "application/json", "", "text/xml", "application/json; charset=utf-16", ";;");
    Arbitrary<Boolean> zipped = Arbitraries.frequency(Tuple.of(6, false), Tuple.of(1, true));
    Arbitrary<Boolean> said = Arbitraries.frequency(Tuple.of(6, false), Tuple.of(1, true));
    return Combinators.combine(practices, Arbitraries.of(TABLES), keys, types, zipped, said, bodies)
        .as(
            (practice, table, key, type, isZipped, isSaid, body) ->
                new Sent(
                    practice,
                    table,
                    key.equals("right") ? KEYS.get(practice) : key,
                    type,
                    isSaid,
                    isZipped ? zipped(body) : body));
  }

  private static byte[] zipped(byte[] body) {
    try {
      ByteArrayOutputStream zipped = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
        out.write(body);
      }
      return zipped.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Property
  void jsonOfAnyShapeIsTakenOrRefused(@ForAll("json") Sent sent) throws Exception {
    takenOrRefused(sent);
  }

  @Property
  void rowsOfAnyValuesAreTakenOrRefused(@ForAll("rows") Sent sent) throws Exception {
    takenOrRefused(sent);
  }

  @Property
  void bytesAreTakenOrRefused(@ForAll("bytes") Sent sent) throws Exception {
    takenOrRefused(sent);
  }

  private static void takenOrRefused(Sent sent) throws Exception {
    int status = answer(sent);
    assertTrue(status == 200 || status >= 400 && status < 500, () -> "answered " + status);
    if (!sent.key().equals(KEYS.get(sent.practice()))) {
      assertTrue(status >= 400, () -> "taken from somebody else: " + status);
    }
  }

  /** A hang ends as HttpTimeoutException. */
  private static int answer(Sent sent) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:"
                        + house.flags().get("pontic.facade.port")
                        + "/hints/"
                        + sent.practice()
                        + "/"
                        + sent.table()
                        + "/"))
            .timeout(IN_TIME)
            .header("Event-Type", "WatchTable: " + sent.table())
            .POST(HttpRequest.BodyPublishers.ofByteArray(sent.body()));
    if (!sent.key().isEmpty()) {
      request.header("Authorization", sent.key());
    }
    if (!sent.type().isEmpty()) {
      request.header("Content-Type", sent.type());
    }
    if (sent.said()) {
      request.header("Content-Encoding", "gzip");
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
