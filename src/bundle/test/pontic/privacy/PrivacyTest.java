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
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.house.Workshop;
import pontic.operations.Fixture;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hl7Message;
import pontic.sandbox.hospital.Hospital.Patient;
import pontic.sandbox.hospital.HospitalMllp;
import pontic.sandbox.hospital.MllpFault;
import pontic.sandbox.hospital.MllpFaultKind;
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
  private static final String SUBSCRIBER = "ZWKSUB5512";
  private static final String PAYMENT = "ZWKPAY9921";
  private static final String PAYER = "Zwkversicherer";
  private static final String FIELD = "Zwkfeldwert";
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
              "1931-07-13",
              SUBSCRIBER,
              PAYMENT,
              PAYER,
              FIELD));

  /** Each Patient says his family name where only a code may stand. */
  private static final String INVALID =
      """
      // As a faulty mapping of a destination would.
      if (.resourceType == "Patient" and .name) {"gender": .name[0].family, * : .}
      else .
      """;

  private static final Patient PATIENT =
      new Patient(MRN, FAMILY, GIVEN, BORN, "F", PHONE, "77 " + STREET);

  private static final Duration LONG = Duration.ofSeconds(600);

  /** Ids of what was sent to the façade. */
  private final List<String> requests = new ArrayList<>();

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
      // Folders and files are named for the patients.
      house.with(
          "practices.elm.database.feeds",
          "patient, patient-merged, appointment, appointment-broken, appointment-deleted, provider,"
              + " operatory, document");
      house.with(
          "practices.elm.documents.folder", house.sandbox().practice("elm").images().toString());
      house.with("practices.elm.documents.categories", "Radiographs, Photos, Letters");
      // Every message of the engine is answered when it has its end.
      house.with("destinations.hospital-hl7.types", "ADT, SIU, ACK:AL");
      house.with("destinations.registry.validate.on", "true");
      house.with("practices.elm.writes.on", "payments.post, carriers.post, insplans.post");
      house
          .api()
          .change(
              "elm",
              settings ->
                  settings.withAlso(
                      Set.of(
                          "ApiSetup",
                          "ApiDocuments",
                          "ApiInsuranceSimple",
                          "ApiInsurance",
                          "ApiPayments")));
      Workshop home = Workshop.open(folder.resolve("home"));
      home.replace(
          "config/practices/elm.yaml",
          "codes: {}",
          "codes: {patient-field: {'urn:hospital:number': Hospital number, 'urn:hospital:seen': Seen since}}");
      home.replace(
          "config/destinations/registry.yaml",
          "\"{{env:PONTIC_REGISTRY_MAPPING:}}\"",
          "destination/invalid");
      home.write("mappings/destination/invalid.jslt", INVALID);
      home.write(
          "mappings/destination/invalid.shape.yaml",
          "description: Any FHIR resource\nfields: [resourceType, name]\nnested: [family]\nvariables: []\n");
      try (Child child =
          Child.start(house.flags(), home.home(), logback, folder.resolve("console.log"))) {
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
    child.assertEnd("landed", "p-1");
    child.assertEnd("landed", "p-3");
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
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort("elm"), 600_000)) {
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
    child.assertEnd("parked", "p-11");

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

    newer(house, child, answers, facade);

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

  /**
   * Ends that are told to senders, validity, exams, insurance, payments, custom fields, Tasks:
   * well, left out, refused and held.
   */
  private void newer(House house, Child child, ByteArrayOutputStream answers, String facade)
      throws Exception {
    // What the engine was told of ends; one is refused, in words of a patient, until it is given
    // up.
    HospitalMllp engine = house.hospitalMllp();
    for (String id : List.of("p-1", "p-4")) {
      assertEquals(1, engine.await(1, told(id), LONG).size(), id);
    }
    engine.arm(
        MllpFault.of(MllpFaultKind.AE)
            .times(100)
            .saying("Nobody is called " + FAMILY + " here " + MRN)
            .when(told("p-40")::test));
    elm(house, answers, adt("A31", "p-40", other(21).withPhone("5039876126")));
    House.until("it is given up", () -> given(child));
    assertEquals(5, engine.frames(told("p-40")).size());

    // What a hospital's profile does not allow, in the validator's words.
    House.until("somebody is invalid", () -> metric(child, "pontic_invalid{") > 0);
    assertEquals(
        List.of(),
        house.registry().all("Patient").stream()
            .filter(each -> each.id().startsWith("elm-"))
            .toList());

    String known = "Patient/elm-patient-5";
    // Nobody waits behind what is held of another.
    String second = "Patient/elm-patient-6";
    String patient =
        fhir()
            .replace(
                "\"identifier\":[",
                "\"identifier\":[{\"system\":\"urn:hospital:number\",\"value\":\""
                    + FIELD
                    + "\"},");
    post(answers, facade + "/Patient", patient, "ElmFacadeToken01");
    // No date, which the office's type refuses.
    post(
        answers,
        facade + "/Patient",
        patient.replace("urn:hospital:number", "urn:hospital:seen"),
        "ElmFacadeToken01");
    post(answers, facade + "/Coverage", coverage(known, "Plaster Mutual"), "ElmFacadeToken01");
    post(answers, facade + "/Coverage", coverage(known, PAYER), "ElmFacadeToken01");
    post(
        answers,
        facade + "/Coverage",
        coverage(known, PAYER).replace("\"self\"", "\"" + GARBAGE + "\""),
        "ElmFacadeToken01");
    post(answers, facade + "/PaymentReconciliation", payment(known, "USD"), "ElmFacadeToken01");
    post(answers, facade + "/PaymentReconciliation", payment(known, GARBAGE), "ElmFacadeToken01");
    // The same number of another amount.
    post(
        answers,
        facade + "/PaymentReconciliation",
        payment(known, "USD").replace("25.5", "26.5"),
        "ElmFacadeToken01");
    child.untilAllEnded("elm");
    assertEquals(
        1,
        house.office("elm").count("select count(*) from payment where PayNote like ?", NOTE + "%"));
    assertEquals(
        1,
        house
            .office("elm")
            .count("select count(*) from inssub where SubscriberID = ?", SUBSCRIBER + "P"));
    assertEquals(
        1, house.office("elm").count("select count(*) from patfield where FieldValue = ?", FIELD));

    // Insurance of an ADT: under a plan that there is, under none, and what is not dental. Of
    // somebody behind whom nobody waits.
    elm(house, answers, adt("A28", "p-44", other(26)));
    elm(
        house,
        answers,
        message(
            "ADT^A08",
            "p-41",
            pid(other(26)),
            insurance("Plaster Mutual", "G-100", SUBSCRIBER + "N", "D"),
            insurance(PAYER, GARBAGE, SUBSCRIBER + "O", "D"),
            insurance(PAYER, GARBAGE, SUBSCRIBER + "M", GARBAGE)));
    // Documents: filed, of no type that can be filed, and with a file that is none.
    String file =
        Base64.getEncoder().encodeToString((FAMILY + " " + NOTE).getBytes(StandardCharsets.UTF_8));
    post(answers, facade + "/DocumentReference", document(known, file), "ElmFacadeToken01");
    post(
        answers,
        facade + "/DocumentReference",
        document(known, file).replace(NOTE + " F", NOTE).replace("text/plain", "x/" + GARBAGE),
        "ElmFacadeToken01");
    post(
        answers,
        facade + "/DocumentReference",
        document(known, GARBAGE).replace(NOTE + " F", NOTE),
        "ElmFacadeToken01");
    elm(house, answers, letter("p-42", file));
    elm(house, answers, letter("p-43", GARBAGE + "!"));
    child.untilAllEnded("elm");
    child.assertEnd("landed", "p-41");
    assertEquals(
        1,
        house
            .office("elm")
            .count("select count(*) from inssub where SubscriberID = ?", SUBSCRIBER + "N"));
    assertEquals(
        1,
        house
            .office("elm")
            .count("select count(*) from document where Description like ?", NOTE + " F%"));
    assertEquals(
        1,
        house
            .office("elm")
            .count(
                "select count(*) from document where Description like ?", "Letter " + NOTE + "%"));

    // Exams that are not understood as a whole.
    post(answers, facade + "/Observation", exam(known, 40), "ElmFacadeToken01");
    post(
        answers,
        facade + "/Observation",
        exam(known, 12).replace("LA9269-7", GARBAGE),
        "ElmFacadeToken01");
    child.untilAllEnded("elm");
    // Half of one stands there: it can be neither whole nor deleted.
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("POST", "/periomeasures").after(1).times(0));
    house
        .api()
        .faults()
        .arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("DELETE", "/perioexams/*").times(0));
    post(answers, facade + "/Observation", exam(known, 12), "ElmFacadeToken01");
    // New kinds meet a text that nobody knows.
    for (String path : List.of("/payments", "/inssubs", "/patfields", "/documents/Upload")) {
      house.api().faults().arm(Fault.of("elm", FaultKind.UNKNOWN_400).on("POST", path).times(0));
    }
    post(
        answers,
        facade + "/PaymentReconciliation",
        payment(second, "USD").replace(PAYMENT, PAYMENT + "X"),
        "ElmFacadeToken01");
    post(
        answers,
        facade + "/Coverage",
        coverage("Patient/elm-patient-8", "Plaster Mutual").replace(SUBSCRIBER, SUBSCRIBER + "X"),
        "ElmFacadeToken01");
    post(
        answers,
        facade + "/DocumentReference",
        document("Patient/elm-patient-7", file),
        "ElmFacadeToken01");
    post(
        answers,
        facade + "/Patient",
        patient.replace(MRN, MRN + "X").replace(FHIR_FAMILY, "other" + FHIR_FAMILY),
        "ElmFacadeToken01");
    child.untilAllEnded("elm");
    assertTrue(
        child.get("/control/receipts?limit=1000").contains("stands in the patient's chart with"),
        "an exam is held with what stands");
    house.api().faults().clear();

    // What became of each, as a resource.
    int tasks = 0;
    for (String request : requests) {
      HttpResponse<String> task =
          Fixture.request(
              "GET",
              facade + "/Task?group-identifier=" + request,
              "",
              "Authorization",
              "Bearer ElmFacadeToken01");
      answers.write((task.headers() + task.body()).getBytes(StandardCharsets.UTF_8));
      tasks += task.body().contains("\"businessStatus\"") ? 1 : 0;
    }
    assertTrue(tasks >= 14, tasks + " Tasks");
    for (HospitalMllp.Frame frame : engine.frames(message -> !message.field("MSA", 2).isEmpty())) {
      answers.write(frame.bytes());
    }
  }

  private static Predicate<Hl7Message> told(String controlId) {
    return message -> message.field("MSA", 2).equals(controlId);
  }

  private static boolean given(Child child) {
    return child.get("/control/receipts?limit=1000").contains("its sender was not told of its end");
  }

  private static double metric(Child child, String name) {
    return child
        .get("/metrics")
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static String insurance(String company, String group, String number, String kind) {
    return "IN1|1|P|C|"
        + company
        + "||||"
        + group
        + "||||20260101|||||SEL"
        + "|".repeat(30)
        + kind
        + "||"
        + number;
  }

  private static String document(String patient, String base64) {
    return """
        {"resourceType":"DocumentReference","status":"current","subject":{"reference":"%s"},"description":"%s F",
         "content":[{"attachment":{"contentType":"text/plain","title":"%s.txt","data":"%s"}}]}"""
        .formatted(patient, NOTE, FAMILY, base64);
  }

  private static byte[] letter(String id, String base64) {
    return message(
        "MDM^T02",
        id,
        "EVN|T02|20260301101500",
        pid(other(26)),
        "TXA|1|LET|AP|20260228||||||||" + id + "^LAKE|||||AU||AV||||||Letter " + NOTE,
        "OBX|1|ED|LET^Letter^L||^AP^PDF^Base64^" + base64 + "||||||F");
  }

  private static String coverage(String patient, String payer) {
    return """
        {"resourceType":"Coverage","status":"active","beneficiary":{"reference":"%s"},"subscriberId":"%s",
         "relationship":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/subscriber-relationship","code":"self"}]},
         "payor":[{"display":"%s"}],"period":{"start":"2026-01-01"},
         "class":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/coverage-class","code":"group"}]},"value":"G-100"}]}"""
        .formatted(patient, SUBSCRIBER + payer.charAt(0), payer);
  }

  private static String payment(String patient, String currency) {
    return """
        {"resourceType":"PaymentReconciliation","status":"active","identifier":[{"system":"urn:hospital:payment","value":"%s"}],
         "created":"2026-03-04","paymentDate":"2026-03-03","paymentAmount":{"value":25.5,"currency":"%s"},"disposition":"%s",
         "detail":[{"type":{"text":"payment"},"request":{"reference":"%s"}}]}"""
        .formatted(PAYMENT, currency, NOTE, patient);
  }

  /** Of depths at three teeth, of which the first is not the first of a mouth. */
  private static String exam(String patient, int depth) {
    StringBuilder contained = new StringBuilder();
    StringBuilder members = new StringBuilder();
    for (int tooth = 2; tooth < 5; tooth++) {
      contained
          .append(contained.isEmpty() ? "" : ",")
          .append(
              """
              {"resourceType":"Observation","id":"m%d","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"32910-2"}]},
               "bodySite":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem","code":"%d"}]},
               "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"32910-2"},{"system":"http://loinc.org","code":"LA9269-7"}]},
               "valueQuantity":{"value":%d,"system":"http://unitsofmeasure.org","code":"mm"}}]}"""
                  .formatted(tooth, tooth, depth));
      members.append(members.isEmpty() ? "" : ",").append("{\"reference\":\"#m" + tooth + "\"}");
    }
    return """
        {"resourceType":"Observation","id":"exam-%d","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"86603-8"}]},
         "subject":{"reference":"%s"},"effectiveDateTime":"2026-04-0%d","note":[{"text":"%s"}],"contained":[%s],"hasMember":[%s]}"""
        .formatted(depth, patient, depth % 9, NOTE, contained, members);
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

  private static String pid(Patient patient) {
    return pid(patient.mrn()).replace(FAMILY + "^" + GIVEN, patient.last() + "^" + patient.first());
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
    try (MllpSender sender = new MllpSender("127.0.0.1", house.mllpPort(practice), 600_000)) {
      return sender.ask(message);
    }
  }

  private void post(ByteArrayOutputStream answers, String url, String body, String token)
      throws Exception {
    String request = "privacy-" + requests.size();
    requests.add(request);
    HttpResponse<String> answer =
        Fixture.request(
            "POST",
            url,
            body,
            "X-Request-Id",
            request,
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
