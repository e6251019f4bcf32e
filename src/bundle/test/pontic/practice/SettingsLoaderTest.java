package pontic.practice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.Certificates;

class SettingsLoaderTest {

  private static final Path SHIPPED = Path.of("..", "..", "config");

  @TempDir Path folder;

  private Path config;

  @BeforeEach
  void copyOfTheShippedFiles() throws IOException {
    config = folder.resolve("config");
    try (Stream<Path> files = Files.walk(SHIPPED)) {
      for (Path file : files.toList()) {
        Path target = config.resolve(SHIPPED.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  @Test
  void theRoomOfLongFramesHoldsTheLongestOfTwoSenders() throws SettingsException {
    Map<String, String> longer = Map.of("pontic.hl7.largest-frame", "100000000");
    assertEquals("200000000", load(Map.of(), longer).properties().get("pontic.hl7.room"));
    assertEquals("134217728", load(Map.of(), Map.of()).properties().get("pontic.hl7.room"));
    String problems =
        problems(
            Map.of(),
            Map.of("pontic.hl7.largest-frame", "100000000", "pontic.hl7.room", "199999999"));
    assertTrue(problems.contains("pontic.hl7.room is 199999999"), problems);
    assertTrue(problems.contains("200000000"), problems);
    assertEquals(
        "200000000",
        load(
                Map.of(),
                Map.of("pontic.hl7.largest-frame", "100000000", "pontic.hl7.room", "200000000"))
            .properties()
            .get("pontic.hl7.room"));
  }

  @Test
  void theShippedFilesAreTheSandboxPractices() throws SettingsException {
    Settings settings = load(Map.of(), Map.of());
    assertEquals(new Settings.Ports(8080, 8081, 8181), settings.ports());
    assertEquals("127.0.0.1", settings.bind());
    assertTrue(settings.store().embedded());
    assertTrue(settings.broker().embedded());
    assertEquals(8, settings.callConsumers());
    assertEquals("2", settings.properties().get("pontic.understand.consumers"));
    assertEquals("50", settings.properties().get("pontic.wake.period"));
    assertEquals(folder.resolve("data"), settings.data());
    Practice elm = settings.practice("elm").orElseThrow();
    assertEquals(ZoneId.of("America/New_York"), elm.zone());
    assertEquals(2575, elm.hl7().port());
    assertEquals("http://127.0.0.1:30223/api/v1", elm.api().url());
    assertEquals("ODFHIR PonticDevKey0001/ElmCustomerKey01", elm.api().authorization().value());
    assertEquals(Duration.ofSeconds(60), elm.api().scaledRequestLimit());
    assertTrue(elm.hl7().allows("ANY|WHERE"));
    Practice oak = settings.practice("oak").orElseThrow();
    assertEquals(ZoneId.of("America/Los_Angeles"), oak.zone());
    assertEquals(2576, oak.hl7().port());
    assertEquals("http://127.0.0.1:30323/api/v1", oak.api().url());
    assertEquals("jdbc:mariadb://127.0.0.1:13306/oak", oak.database().url());
    Destination hospital = settings.destination("hospital").orElseThrow();
    assertEquals("http://127.0.0.1:8090/fhir", hospital.url());
    assertTrue(hospital.serves("elm"));
    assertEquals(50, hospital.bundleSize());
  }

  /** With a row's kind and key it must be an id of FHIR's (AnyRowsTest). */
  @Test
  void theIdOfAPracticeLeavesRoomForThoseOfItsRows() throws Exception {
    Path oak = config.resolve("practices/oak.yaml");
    String text = Files.readString(oak);
    Files.delete(oak);
    String longest = "o".repeat(20);
    Files.writeString(
        config.resolve("practices/" + longest + ".yaml"),
        text.replace("id: oak", "id: " + longest));
    assertTrue(load(Map.of(), Map.of()).practice(longest).isPresent());
    Files.delete(config.resolve("practices/" + longest + ".yaml"));
    Files.writeString(
        config.resolve("practices/o" + longest + ".yaml"),
        text.replace("id: oak", "id: o" + longest));
    String problems =
        assertThrows(SettingsException.class, () -> load(Map.of(), Map.of())).getMessage();
    assertTrue(problems.contains("id is \"o" + longest + "\""), problems);
    assertTrue(problems.contains("at most 20, a letter first"), problems);
  }

  @Test
  void aSenderIsAnsweredByOneDestinationAlone() throws Exception {
    Files.writeString(
        config.resolve("destinations/twice.yaml"),
        "id: twice\nkind: hl7v2\nurl: mllp://127.0.0.1:1\nsenders: ADTLAKE|LAKESIDE\ntypes: ACK:AL\npractices: oak\n");
    load(Map.of(), Map.of());
    SettingsException wrong =
        assertThrows(
            SettingsException.class,
            () -> load(Map.of("PONTIC_HOSPITAL_HL7_TYPES", "ACK"), Map.of()));
    assertTrue(
        wrong
            .getMessage()
            .contains(
                "twice.yaml: types: ACK for ADTLAKE|LAKESIDE is what hospital-hl7 gets already"),
        wrong.getMessage());
    load(
        Map.of("PONTIC_HOSPITAL_HL7_TYPES", "ACK", "PONTIC_HOSPITAL_HL7_PRACTICES", "elm"),
        Map.of());
  }

  @Test
  void whatPonticMayTakeOfAnOfficesDatabaseIsSetByPractice() throws SettingsException {
    Practice.Budget usual =
        load(Map.of(), Map.of()).practice("elm").orElseThrow().database().budget();
    assertEquals(0.01, usual.share());
    assertEquals(Duration.ofSeconds(20), usual.longestQuery());
    assertEquals(1000, usual.page());
    assertFalse(usual.isQuiet(LocalTime.MIDNIGHT));
    assertTrue(usual.reads("patient", false));
    assertFalse(usual.reads("commlog", true));
    Practice.Budget own =
        load(
                Map.of(
                    "PONTIC_ELM_DATABASE_SHARE", "2.5",
                    "PONTIC_ELM_DATABASE_QUIET_HOURS", "23:30-00:30",
                    "PONTIC_ELM_DATABASE_FEEDS", "patient, commlog"),
                Map.of())
            .practice("elm")
            .orElseThrow()
            .database()
            .budget();
    assertEquals(0.025, own.share());
    assertTrue(own.isQuiet(LocalTime.parse("23:30")));
    assertTrue(own.isQuiet(LocalTime.parse("00:29")));
    assertFalse(own.isQuiet(LocalTime.parse("00:30")));
    assertFalse(own.isQuiet(LocalTime.NOON));
    assertTrue(own.reads("commlog", true));
    assertFalse(own.reads("appointment", false));
    SettingsException wrong =
        assertThrows(
            SettingsException.class,
            () ->
                load(
                    Map.of(
                        "PONTIC_ELM_DATABASE_SHARE", "0",
                        "PONTIC_ELM_DATABASE_QUIET_HOURS", "25:00-26:00"),
                    Map.of()));
    assertEquals(2, wrong.problems().size(), wrong.getMessage());
  }

  @Test
  void aFhirServerIsToldOnlyOfTheTypesThatItTakes() throws SettingsException {
    Destination all = load(Map.of(), Map.of()).destination("hospital").orElseThrow();
    assertTrue(all.tells("Condition:disease"));
    Destination few =
        load(Map.of("PONTIC_HOSPITAL_TYPES", "Patient, Condition"), Map.of())
            .destination("hospital")
            .orElseThrow();
    assertTrue(few.tells("Patient"));
    assertTrue(few.tells("Condition:disease"));
    assertFalse(few.tells("Coverage:patplan"));
  }

  @Test
  void everyValueOfAShippedFileCanComeFromTheEnvironment() throws IOException {
    try (Stream<Path> files = Files.walk(SHIPPED)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        for (String line : Files.readAllLines(file)) {
          boolean plain =
              line.isBlank()
                  || line.startsWith("#")
                  || line.matches("\\s*-? ?id: .*|\\s*\\w+:|codes: \\{\\}");
          assertTrue(plain || line.contains("{{env:PONTIC_"), () -> file + ": " + line);
        }
      }
    }
  }

  @Test
  void keyFilesOfAListenerAreOpenedBeforeItIs() throws Exception {
    Certificates made = Certificates.make(config.resolve("tls"));
    String file = "practices.elm.hl7.keyStore";
    Practice.Tls tls =
        load(
                Map.of(),
                Map.of(
                    file,
                    "tls/server.p12",
                    file + "Password",
                    Certificates.PASSWORD,
                    "practices.elm.hl7.trustStore",
                    made.store("trustStore").toString(),
                    "practices.elm.hl7.trustStorePassword",
                    Certificates.PASSWORD))
            .practice("elm")
            .orElseThrow()
            .hl7()
            .tls();
    assertTrue(tls.on() && tls.asksForCertificate());
    assertFalse(tls.toString().contains(Certificates.PASSWORD));
    for (Map<String, String> wrong :
        List.of(
            Map.of(file, "tls/server.p12", file + "Password", "another"),
            Map.of(file, "tls/none.p12", file + "Password", Certificates.PASSWORD),
            Map.of(file, "tls/trusted-by-server.p12", file + "Password", Certificates.PASSWORD),
            Map.of("practices.elm.hl7.trustStore", "tls/server.p12"))) {
      List<Problem> problems =
          assertThrows(SettingsException.class, () -> load(Map.of(), wrong)).problems();
      assertEquals(1, problems.size(), problems.toString());
      assertTrue(problems.get(0).what().startsWith("hl7."), problems.toString());
      assertFalse(problems.toString().contains(Certificates.PASSWORD));
    }
  }

  @Test
  void keyFilesOfAConnectionOutwardsAreOpenedBeforeItIs() throws Exception {
    Certificates made = Certificates.make(config.resolve("tls"));
    String pem = config.relativize(made.pem("server")).toString();
    String at = "destinations.hospital-hl7.";
    Map<String, String> right =
        Map.of(
            at + "url",
            "mllps://127.0.0.1:1",
            at + "tls.trustStore",
            pem,
            at + "tls.keyStore",
            "tls/client.p12",
            at + "tls.keyStorePassword",
            Certificates.PASSWORD);
    Destination engine = load(Map.of(), right).destination("hospital-hl7").orElseThrow();
    assertTrue(engine.isSecure());
    assertEquals(config.resolve(pem).toString(), engine.tls().trustStore());
    assertFalse(engine.toString().contains(Certificates.PASSWORD));
    for (Map<String, String> wrong :
        List.of(
            Map.of(at + "tls.trustStore", "tls/none.pem"),
            Map.of(at + "tls.trustStore", "tls/server.p12"),
            Map.of(at + "tls.trustStore", "application.properties"),
            Map.of(at + "tls.keyStorePassword", "another"),
            Map.of(at + "tls.keyStore", pem),
            Map.of(at + "url", "mllp://127.0.0.1:1", at + "tls.keyStore", ""))) {
      Map<String, String> flags = new HashMap<>(right);
      flags.putAll(wrong);
      List<Problem> problems =
          assertThrows(SettingsException.class, () -> load(Map.of(), flags)).problems();
      assertEquals(1, problems.size(), problems.toString());
      assertTrue(problems.get(0).what().startsWith("tls."), problems.toString());
      assertFalse(problems.toString().contains(Certificates.PASSWORD));
    }
  }

  @Test
  void filesOfDocumentsNeedAFolderAndAWordWhich() throws Exception {
    assertEquals(
        Practice.Documents.NONE,
        load(Map.of(), Map.of()).practice("elm").orElseThrow().documents());
    String at = "practices.elm.documents.";
    Practice.Documents away =
        load(
                Map.of(),
                Map.of(
                    at + "folder",
                    "/mnt/away",
                    at + "categories",
                    "Letters, X-Rays",
                    at + "mostBytes",
                    "2048"))
            .practice("elm")
            .orElseThrow()
            .documents();
    assertEquals(Path.of("/mnt/away"), away.folder().orElseThrow(), "it may be mounted later");
    assertEquals(2048, away.mostBytes());
    assertTrue(away.mayLeave("x-rays"));
    assertFalse(away.mayLeave("X-Rays 2"));
    assertFalse(away.mayLeave(""));
    for (Map<String, String> wrong :
        List.of(
            Map.of(at + "folder", "/mnt/away"),
            Map.of(at + "categories", "Letters"),
            Map.of(at + "folder", "/", at + "mostBytes", "2048"),
            Map.of(at + "folder", "application.properties"),
            Map.of(at + "mostBytes", "1023"),
            Map.of(at + "mostBytes", "67108865"))) {
      List<Problem> problems =
          assertThrows(SettingsException.class, () -> load(Map.of(), wrong)).problems();
      assertEquals(1, problems.size(), problems.toString());
      assertTrue(problems.get(0).what().contains("documents."), problems.toString());
    }
  }

  @Test
  void whatMessagesMayBeForIsOfTheStandardsTable() throws SettingsException {
    String key = "practices.elm.hl7.processing";
    Settings blank = load(Map.of(), Map.of(key, " "));
    assertEquals(List.of("P"), blank.practice("elm").orElseThrow().hl7().processing());
    for (String wrong : List.of("X", "P, test", "p")) {
      List<Problem> problems =
          assertThrows(SettingsException.class, () -> load(Map.of(), Map.of(key, wrong)))
              .problems();
      assertEquals(1, problems.size(), problems.toString());
      assertEquals("hl7.processing is \"" + wrong + "\"", problems.get(0).what());
    }
  }

  @Test
  void theEnvironmentGoesBeforeTheDefaultAndAFlagBeforeBoth() throws SettingsException {
    Map<String, String> environment =
        Map.of(
            "PONTIC_ELM_MLLP_PORT", "12575",
            "PONTIC_OAK_MLLP_PORT", "12576",
            "PONTIC_ELM_TIME_SCALE", "0.05",
            "PONTIC_FACADE_PORT", "18080",
            "PONTIC_ELM_MLLP_SENDERS", "EHR|MAIN, LAB|MAIN",
            "PONTIC_ELM_MLLP_PROCESSING", "P, T");
    Settings settings =
        load(environment, Map.of("practices.oak.hl7.port", "0", "pontic.data", "/elsewhere"));
    Practice elm = settings.practice("elm").orElseThrow();
    assertEquals(12575, elm.hl7().port());
    assertEquals(List.of("EHR|MAIN", "LAB|MAIN"), elm.hl7().allowedSenders());
    assertFalse(elm.hl7().allows("ANY|WHERE"));
    assertEquals(List.of("P", "T"), elm.hl7().processing());
    assertEquals(List.of("P"), settings.practice("oak").orElseThrow().hl7().processing());
    assertEquals(Duration.ofSeconds(3), elm.api().scaledRequestLimit());
    assertEquals(0, settings.practice("oak").orElseThrow().hl7().port());
    assertEquals(18080, settings.ports().facade());
    assertEquals(Path.of("/elsewhere"), settings.data());
    assertEquals("18080", settings.properties().get("pontic.facade.port"));
  }

  @Test
  void aMountedSecretLosesItsTrailingNewlineAndMayNotLeaveItsFolder() throws Exception {
    Path mounts = Files.createDirectories(folder.resolve("mounts/elm"));
    Files.writeString(mounts.resolve("customer"), "FromAFile0000001\n");
    replace(
        "practices/elm.yaml",
        "\"{{env:PONTIC_ELM_CUSTOMER_KEY:ElmCustomerKey01}}\"",
        "\"{{file:elm/customer}}\"");
    Map<String, String> environment =
        Map.of("PONTIC_SECRETS_DIR", folder.resolve("mounts").toString());
    Settings settings = load(environment, Map.of());
    assertEquals(
        "FromAFile0000001", settings.practice("elm").orElseThrow().api().customerKey().value());

    replace(
        "practices/elm.yaml",
        "{{file:elm/customer}}",
        "{{file:elm/../../config/application.properties}}");
    String problems = problems(environment, Map.of());
    assertTrue(problems.contains("config/practices/elm.yaml:7:"), problems);
    assertTrue(problems.contains("leaves its folder"), problems);
  }

  @Test
  void everythingThatIsWrongIsReportedTogetherWithFileAndLine() throws Exception {
    replace("practices/elm.yaml", "zone:", "zoen:");
    replace("practices/oak.yaml", "America/Los_Angeles", "America/Oakville");
    replace("practices/oak.yaml", "PONTIC_OAK_MLLP_PORT:2576", "PONTIC_OAK_MLLP_PORT:2575");
    replace(
        "practices/oak.yaml",
        "{{env:PONTIC_OAK_CUSTOMER_KEY:OakCustomerKey01}}",
        "{{env:PONTIC_OAK_CUSTOMER_KEY}}");
    replace("practices/oak.yaml", "{{env:PONTIC_OAK_DATABASE_PASSWORD:pontic-read}}", "");
    replace(
        "destinations/hospital.yaml",
        "PONTIC_HOSPITAL_PRACTICES:",
        "PONTIC_HOSPITAL_PRACTICES:ash");
    Files.writeString(config.resolve("application.properties"), "pontic.facade.prot=1\nserver=1\n");
    String problems = problems(Map.of(), Map.of("practices.ash.hl7.port", "1"));
    for (String expected :
        List.of(
            "config/practices/elm.yaml:3: unknown key practices.elm.zoen",
            "config/practices/elm.yaml:1: practices.elm.zone is missing or blank",
            "config/practices/oak.yaml:3: practices.oak.zone is \"America/Oakville\"",
            "port 2575 is given to the HL7 listener of elm and to the HL7 listener of oak",
            "config/practices/oak.yaml:7: practices.oak.api.customerKey: environment variable PONTIC_OAK_CUSTOMER_KEY is not set",
            "config/practices/oak.yaml:18: practices.oak.database.password is a blank secret",
            "config/destinations/hospital.yaml:4: there is no practice ash",
            "config/application.properties:1: unknown key pontic.facade.prot",
            "config/application.properties:2: unknown key server",
            "command line: unknown key practices.ash.hl7.port")) {
      assertTrue(problems.contains(expected), () -> expected + " is not in\n" + problems);
    }
  }

  @Test
  void anUnknownPlaceIsNeverTakenAsText() throws Exception {
    replace(
        "practices/elm.yaml",
        "{{env:PONTIC_ELM_CUSTOMER_KEY:ElmCustomerKey01}}",
        "{{vault:customer}}");
    replace(
        "practices/elm.yaml", "{{env:PONTIC_ELM_DEVELOPER_KEY:PonticDevKey0001}}", "ENC(abcdef)");
    String problems = problems(Map.of(), Map.of());
    assertTrue(problems.contains("{{vault…}} is no known place"), problems);
    assertTrue(
        problems.contains("elm.yaml:6: practices.elm.api.developerKey is an encrypted text"),
        problems);
    assertFalse(problems.contains("abcdef"), problems);
  }

  @Test
  void brokenYamlIsNamedByLineAndTheOtherFilesAreStillRead() throws Exception {
    Files.writeString(config.resolve("practices/elm.yaml"), "id: elm\nname: \"open\n");
    replace("practices/oak.yaml", "America/Los_Angeles", "Mars");
    String problems = problems(Map.of(), Map.of());
    assertTrue(problems.contains("config/practices/elm.yaml:"), problems);
    assertTrue(problems.contains("this is no YAML"), problems);
    assertTrue(problems.contains("practices.oak.zone"), problems);
  }

  @Test
  void noRecordShowsASecretInItsText() throws SettingsException {
    String text =
        load(
                Map.of(
                    "PONTIC_STORE_PASSWORD",
                    "StorePassword1",
                    "PONTIC_HOSPITAL_TOKEN",
                    "HospitalToken1"),
                Map.of())
            .toString();
    for (String secret :
        List.of(
            "PonticDevKey0001",
            "ElmCustomerKey01",
            "OakCustomerKey01",
            "pontic-read",
            "ElmFacadeToken01",
            "OakFacadeToken01",
            "StorePassword1",
            "HospitalToken1")) {
      assertFalse(text.contains(secret), secret);
    }
  }

  @Test
  void aSecretInAnAddressIsRefused() {
    String problems =
        problems(
            Map.of(
                "PONTIC_ELM_DATABASE_URL", "jdbc:mariadb://127.0.0.1/elm?password=hidden",
                "PONTIC_BROKER_URL", "tcp://me:hidden@127.0.0.1:61616"),
            Map.of());
    assertTrue(problems.contains("url holds a user or password"), problems);
    assertTrue(problems.contains("pontic.broker.url holds a user or password"), problems);
    assertFalse(problems.contains("hidden"), problems);
  }

  private Settings load(Map<String, String> environment, Map<String, String> flags)
      throws SettingsException {
    return new SettingsLoader(environment, flags).load(config);
  }

  private String problems(Map<String, String> environment, Map<String, String> flags) {
    return assertThrows(SettingsException.class, () -> load(environment, flags)).getMessage();
  }

  private void replace(String file, String old, String now) throws IOException {
    String text = Files.readString(config.resolve(file));
    assertTrue(text.contains(old), () -> file + " has no " + old);
    Files.writeString(config.resolve(file), text.replace(old, now));
  }
}
