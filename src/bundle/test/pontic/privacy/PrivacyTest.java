package pontic.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.sandbox.hospital.Hospital.adt;
import static pontic.sandbox.hospital.Hospital.message;
import static pontic.sandbox.hospital.Hospital.siu;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital.Patient;
import pontic.sandbox.hospital.MllpSender;

/** Marked patients go through the bundle, well and badly; then everything that it left is read. */
final class PrivacyTest {
  private static final String FAMILY = "Zwkfamilienname";
  private static final String GIVEN = "Zwkvörnäme";
  private static final String STREET = "Zwkstrasse";
  private static final String MRN = "ZWKMRN7743199";
  private static final String PHONE = "5039876123";
  private static final String NOTE = "Zwknotiztext";
  private static final String FHIR_FAMILY = "Zwkfhirname";
  private static final String GARBAGE = "Zwkgarbage";
  private static final String BORN = "19310713";
  private static final double SCALE = 0.025;
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 3, 3, 12, 0);

  private static final Search SEARCH =
      new Search(
          List.of(
              FAMILY,
              GIVEN,
              STREET,
              MRN,
              PHONE,
              "(503)987-6123",
              NOTE,
              FHIR_FAMILY,
              GARBAGE,
              BORN,
              "1931-07-13"));

  private static final Patient PATIENT =
      new Patient(MRN, FAMILY, GIVEN, BORN, "F", PHONE, "77 " + STREET);

  @TempDir Path folder;

  @Test
  void theSearchFindsAPlantedMarkerInEveryEncoding() throws Exception {
    Path file = folder.resolve("planted");
    byte[] name = FAMILY.getBytes(StandardCharsets.UTF_8);
    Map<String, byte[]> planted = new LinkedHashMap<>();
    for (Charset charset :
        List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      planted.put(charset.name(), ("before " + GIVEN + " after").getBytes(charset));
      planted.put(
          "upper " + charset.name(),
          ("before " + FAMILY.toUpperCase(java.util.Locale.ROOT)).getBytes(charset));
    }
    for (String before : List.of("", "1", "12", "123")) {
      planted.put(
          "base64 " + before,
          Base64.getEncoder()
              .encode((before + FAMILY + " and more").getBytes(StandardCharsets.UTF_8)));
      planted.put(
          "base64url umlaut " + before,
          Base64.getUrlEncoder()
              .encode((before + GIVEN + " and more").getBytes(StandardCharsets.UTF_8)));
      planted.put(
          "base64 of UTF-16 " + before,
          Base64.getEncoder()
              .encode((before + FAMILY + " and more").getBytes(StandardCharsets.UTF_16LE)));
    }
    planted.put("hex", HexFormat.of().formatHex(name).getBytes(StandardCharsets.US_ASCII));
    planted.put(
        "HEX", HexFormat.of().withUpperCase().formatHex(name).getBytes(StandardCharsets.US_ASCII));
    planted.put(
        "URL",
        java.net.URLEncoder.encode("a " + GIVEN, StandardCharsets.UTF_8)
            .getBytes(StandardCharsets.US_ASCII));
    planted.put("numbers", java.util.Arrays.toString(name).getBytes(StandardCharsets.US_ASCII));
    planted.put("JSON", "\"Zwkv\\u00f6rn\\u00e4me\"".getBytes(StandardCharsets.US_ASCII));
    for (Map.Entry<String, byte[]> one : planted.entrySet()) {
      Files.write(file, one.getValue());
      assertFalse(files(folder).isEmpty(), "not found: " + one.getKey());
    }
    Files.writeString(file, "nothing of a patient: Zwkfam ilienname");
    assertEquals(Map.of(), files(folder));
  }

  /** With the debug log, as an operator may turn it on: it holds all that the usual one holds. */
  @Test
  void nothingOfAPatientLeavesTheBundle() throws Exception {
    Path debug = folder.resolve("logback-debug.xml");
    String shipped = Files.readString(House.home().resolve("src/bundle/main/logback.xml"));
    String changed =
        shipped
            .replace(
                "<logger name=\"pontic\" level=\"INFO\"/>",
                "<logger name=\"pontic\" level=\"DEBUG\"/><logger name=\"org.apache.camel\" level=\"DEBUG\"/>")
            .replace("name=\"org.apache.camel.main\" level=\"INFO\"", "name=\"none.a\"")
            .replace("name=\"org.apache.camel.impl.engine\" level=\"INFO\"", "name=\"none.b\"");
    assertFalse(changed.equals(shipped));
    Files.writeString(debug, changed);
    live(debug);
  }

  private void live(Path logback) throws Exception {
    Map<String, Set<String>> found = new TreeMap<>();
    try (House house = House.sandboxOnly(folder, SCALE).busyLanes()) {
      // Nobody listens there.
      house.with("practices.oak.api.url", "http://127.0.0.1:" + House.freePort() + "/api/v1");
      // Otherwise the hospital would be spared its own words and nothing would be sent.
      house.with("destinations.hospital.senders", "");
      try (Child child = Child.start(house.flags(), logback, folder.resolve("console.log"))) {
        child.untilReady();
        found.putAll(looked("answers", play(house, child)));
        child.lookAround(SEARCH, found, "at the end");
      }
      child(found);
    }
    assertEquals(Map.of(), found);
  }

  private void child(Map<String, Set<String>> found) throws Exception {
    assertTrue(Files.size(folder.resolve("console.log")) > 0);
    assertTrue(Files.size(folder.resolve("data/logs/pontic.log")) > 0);
    found.putAll(files(folder.resolve("data")));
    // Which part of the bundle wrote it; the lines themselves are not repeated here.
    for (String line : Files.readAllLines(folder.resolve("data/logs/pontic.log"))) {
      Set<String> here = SEARCH.in(line.getBytes(StandardCharsets.UTF_8));
      if (!here.isEmpty()) {
        found.put("log line of " + line.replaceAll("^.*?\\] ([\\w.$]+): .*$", "$1"), here);
      }
    }
    found.putAll(looked("console", Files.readAllBytes(folder.resolve("console.log"))));
  }

  /** Every way that a message can go; returns all that senders were answered. */
  private byte[] play(House house, Child child) throws Exception {
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    String facade = "http://127.0.0.1:" + house.flags().get("pontic.facade.port") + "/fhir/elm";

    // Well.
    elm(house, answers, adt("A28", "p-1", PATIENT));
    elm(house, answers, adt("A31", "p-2", PATIENT.withPhone("5039876124")));
    elm(house, answers, siu("S12", "p-3", PATIENT, "PL-p", NOON, 40, NOTE));
    elm(house, answers, siu("S13", "p-4", PATIENT, "PL-p", NOON.plusHours(1), 40, NOTE + " 2"));
    post(answers, facade + "/Patient", fhir(), "ElmFacadeToken01");
    child.untilAllEnded("elm");
    assertEquals("landed", child.end("p-1"));
    assertEquals("landed", child.end("p-3"));
    assertEquals(1, house.office("elm").patients(PATIENT).size());
    House.until(
        "a record was sent on to the hospital",
        () ->
            house.hospital().all("Patient").stream()
                .map(arrival -> (org.hl7.fhir.r4.model.Patient) arrival.resource())
                .anyMatch(sent -> FAMILY.equals(sent.getNameFirstRep().getFamily())));

    // No message, no segment, no date, no such type, no place, nobody.
    elm(house, answers, (GARBAGE + " " + FAMILY).getBytes(StandardCharsets.UTF_8));
    elm(house, answers, message("ADT^A28", "p-5", "PID|1||" + MRN, GARBAGE + " " + FAMILY));
    elm(
        house,
        answers,
        message("ADT^A28", "p-6", "PID|1||" + MRN + "||" + FAMILY + "^" + GIVEN + "||" + GARBAGE));
    elm(house, answers, adt("A99", "p-7", PATIENT));
    elm(
        house,
        answers,
        message("ADT^A28", "p-8", "PID|1||||" + FAMILY + "|||F|||" + STREET + "||" + PHONE));
    elm(house, answers, message("SIU^S12", "p-9", "NTE|1||" + NOTE, pid("ZWKOTHER"), "SCH|"));
    elm(
        house,
        answers,
        message("SIU^S12", "p-10", "SCH|PL-q^LAKE|||||||||||", pid(MRN), "NTE|1||" + NOTE));
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort("elm"), 60_000)) {
      sender.sendRaw((GARBAGE + " between " + FAMILY).getBytes(StandardCharsets.UTF_8));
      sender.sendRaw(("\u000bMSH|^~\\&|" + FAMILY).getBytes(StandardCharsets.UTF_8));
    }
    String bad = fhir().replace("\"birthDate\"", "\"" + GARBAGE + "\":1,\"birthDate\"");
    post(answers, facade + "/Patient", bad, "ElmFacadeToken01");
    post(answers, facade + "/Patient", fhir().replace(BORN, GARBAGE), "ElmFacadeToken01");
    post(answers, facade + "/Patient", fhir().substring(40), "ElmFacadeToken01");
    post(answers, facade + "/Patient", fhir(), "Token" + GARBAGE);
    post(answers, facade + "/Patient/" + FAMILY, fhir(), "ElmFacadeToken01");
    post(answers, facade + "/" + FAMILY, fhir(), "ElmFacadeToken01");

    // A doubtful twin is parked.
    Patient twin = new Patient("ZWKMRNTWIN", FAMILY, GIVEN, BORN, "F", "5030000000", "1 Elsewhere");
    elm(house, answers, adt("A28", "p-11", twin));
    child.untilAllEnded("elm");
    assertEquals("parked", child.end("p-11"));

    // The API hangs, drops, answers what nobody knows, and refuses.
    List<FaultKind> kinds =
        List.of(
            FaultKind.HANG,
            FaultKind.TIMEOUT_AFTER,
            FaultKind.DROP_BEFORE,
            FaultKind.DROP_AFTER,
            FaultKind.UNKNOWN_400,
            FaultKind.BUSY);
    // All at once: one patient's doubt is waited out beside the other's.
    kinds.forEach(kind -> house.api().faults().arm(Fault.of("elm", kind).on("POST", "/patients")));
    elm(house, answers, adt("A28", "p-20", other(20)));
    house
        .api()
        .requests()
        .await(
            entry -> entry.status().equals("hung") && entry.end().isEmpty(),
            java.time.Duration.ofSeconds(600));
    Map<String, Set<String>> hanging = new TreeMap<>();
    child.lookAround(SEARCH, hanging, "while a request hangs");
    assertEquals(Map.of(), hanging);
    for (int n = 21; n < 20 + kinds.size(); n++) {
      elm(house, answers, adt("A28", "p-" + n, other(n)));
    }
    child.untilAllEnded("elm");
    assertEquals(List.of(), house.api().faults().list(), "every fault met a request");

    // Nobody answers at all.
    answers.write(ask(house, "oak", adt("A28", "p-30", PATIENT)));
    answers.write(ask(house, "oak", siu("S12", "p-31", PATIENT, "PL-o", NOON, 40, NOTE)));

    // The store does not take it.
    try (Connection holder =
            DriverManager.getConnection(
                "jdbc:sqlite:" + folder.resolve("data/store/state.db") + "?busy_timeout=10000");
        Statement statement = holder.createStatement()) {
      statement.execute("begin immediate");
      answers.write(notTaken(house, adt("A28", "p-32", other(32))));
      statement.execute("rollback");
    }
    // The hospital is away while the office changes the patient.
    house.hospital().close();
    elm(house, answers, adt("A31", "p-33", PATIENT.withPhone("5039876125")));
    child.untilAllEnded("elm");
    return answers.toByteArray();
  }

  /** The sender hears AE, or, as rarely seen, the connection closes: never that it was taken. */
  private static byte[] notTaken(House house, byte[] message) throws Exception {
    try {
      byte[] answer = ask(house, "elm", message);
      assertEquals("AE", House.acknowledgement(answer));
      return answer;
    } catch (EOFException e) {
      return new byte[0];
    }
  }

  private static Patient other(int n) {
    // Neither a slip apart nor a beginning: whom one might take for another is held.
    String letter = String.valueOf((char) ('a' + n - 20)).repeat(4);
    return new Patient(
        MRN + n, letter + FAMILY, letter + GIVEN, BORN, "F", "50398761" + n, n + " " + STREET);
  }

  private static String pid(String mrn) {
    return "PID|1||" + mrn + "^^^LAKE^MR||" + FAMILY + "^" + GIVEN + "||" + BORN + "|F";
  }

  private static String fhir() {
    return """
        {"resourceType":"Patient","identifier":[{"system":"urn:x:mrn","value":"%s"}],
         "name":[{"family":"%s","given":["%s"]}],"gender":"female","birthDate":"1931-07-13",
         "telecom":[{"system":"phone","use":"home","value":"%s"}],
         "address":[{"line":["%s 9"],"city":"Salem","state":"OR","postalCode":"97301"}]}"""
        .formatted(MRN + "F", FHIR_FAMILY, GIVEN, PHONE, STREET);
  }

  private static void elm(House house, ByteArrayOutputStream answers, byte[] message)
      throws Exception {
    answers.write(ask(house, "elm", message));
  }

  private static byte[] ask(House house, String practice, byte[] message) throws Exception {
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort(practice), 45_000)) {
      return sender.ask(message);
    }
  }

  private static void post(ByteArrayOutputStream answers, String url, String body, String token)
      throws Exception {
    HttpResponse<String> answer =
        Fixture.request(
            "POST",
            url,
            body,
            "Content-Type",
            "application/fhir+json",
            "Authorization",
            "Bearer " + token);
    answers.write((answer.headers() + answer.body()).getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, Set<String>> looked(String where, byte[] bytes) {
    Set<String> found = SEARCH.in(bytes);
    return found.isEmpty() ? Map.of() : Map.of(where, found);
  }

  /** Names and contents of all files below a folder. */
  private static Map<String, Set<String>> files(Path folder) throws Exception {
    Map<String, Set<String>> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Set<String> here = new TreeSet<>(SEARCH.in(Files.readAllBytes(file)));
        here.addAll(SEARCH.in(file.getFileName().toString().getBytes(StandardCharsets.UTF_8)));
        if (!here.isEmpty()) {
          found.put(folder.relativize(file).toString(), here);
        }
      }
    }
    return found;
  }
}
