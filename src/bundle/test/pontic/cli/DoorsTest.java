package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.MBeanOperationInfo;
import javax.management.ObjectName;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import pontic.house.House;
import pontic.house.Nobody;
import pontic.sandbox.hospital.Hospital;

/**
 * What an operator orders does the same whether it is typed or asked of the MBean: the same answer,
 * and the same at the far end.
 */
final class DoorsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** By command: its operation of {@code pontic:type=Operations}. */
  private static final Map<String, String> OPERATIONS =
      Map.ofEntries(
          Map.entry("status", "status"),
          Map.entry("capabilities", "capabilities"),
          Map.entry("unmapped", "unmapped"),
          Map.entry("generation", "generation"),
          Map.entry("reload", "reload"),
          Map.entry("receipts", "receipts"),
          Map.entry("parked", "parked"),
          Map.entry("parked show", "showMasked"),
          Map.entry("parked edit", "edit"),
          Map.entry("parked resubmit", "resubmit"),
          Map.entry("parked drop", "drop"),
          Map.entry("release", "release"),
          Map.entry("match", "match"),
          Map.entry("answer", "answer"),
          Map.entry("backup", "backup"),
          Map.entry("pause", "pause"),
          Map.entry("resume", "resume"),
          Map.entry("load", "load"),
          Map.entry("load --watch", "loads"),
          Map.entry("load --stop", "loadStop"),
          Map.entry("reconcile", "reconcile"),
          Map.entry("reconcile --history", "reconciles"),
          Map.entry("reconcile --stop", "reconcileStop"),
          Map.entry("stop", "stop"));

  /** These need no running process. */
  private static final List<String> WITHOUT = List.of("run", "check", "try", "picture");

  /** A patient in clear, whom no MBean gives out, whatever the role. */
  private static final List<String> TYPED_ONLY = List.of("chart");

  @TempDir static Path folder;
  private static House house;
  private static ObjectName operations;

  /** The same order at both doors: of the one id here, of the other there. */
  private record Order(List<String> typed, String operation, List<Object> asked) {
    static Order of(String typed, String operation, Object... asked) {
      return new Order(List.of(typed.split(" ")), operation, List.of(asked));
    }
  }

  @BeforeAll
  static void open() throws Exception {
    house = House.open(folder);
    operations = new ObjectName("pontic:type=Operations");
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void eachCommandThatAsksTheProcessHasItsOperation() throws Exception {
    TreeSet<String> commands = new TreeSet<>();
    line(new StringWriter())
        .getSubcommands()
        .forEach(
            (name, command) -> {
              commands.add(name);
              command.getSubcommands().keySet().forEach(sub -> commands.add(name + " " + sub));
            });
    WITHOUT.forEach(commands::remove);
    TYPED_ONLY.forEach(commands::remove);
    assertEquals(
        commands,
        OPERATIONS.keySet().stream()
            .map(command -> command.replaceFirst(" --.*", ""))
            .collect(Collectors.toCollection(TreeSet::new)));
    TreeSet<String> there =
        Stream.of(
                ManagementFactory.getPlatformMBeanServer().getMBeanInfo(operations).getOperations())
            .map(MBeanOperationInfo::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    TreeSet<String> known = new TreeSet<>(OPERATIONS.values());
    // One of what receipts lists.
    known.add("receipt");
    assertEquals(known, there);
  }

  @Test
  void whatIsPausedAtOneDoorIsResumedAtTheOther() throws Exception {
    for (String one : List.of("elm reads", "elm writes", "elm ", "hospital sends", "hospital ")) {
      String id = one.split(" ")[0];
      String what = one.substring(id.length() + 1);
      String option = what.isEmpty() ? "" : " --" + what;
      same(Order.of("pause " + id + option, "pause", id, what));
      long paused = house.ledger().count("select count(*) from pause where id = '" + id + "'");
      assertEquals(one.equals("elm ") ? 2 : 1, paused);
      assertTrue(
          jmx("status").toString().contains("\"by\":\"" + System.getProperty("user.name") + "\""),
          "the first to ask did it");
      jmx("resume", id, what);
      assertEquals(0, house.ledger().count("select count(*) from pause"));
      jmx("pause", id, what);
      same(Order.of("resume " + id + option, "resume", id, what));
      assertEquals(0, house.ledger().count("select count(*) from pause"));
    }
  }

  @Test
  void whatIsToldIsTheSameAtBothDoors() throws Exception {
    String id = held(1);
    // Open Dental knows five positions.
    house.sandbox().frontDesk("elm").editPatient(patients("elm").get(0), Map.of("Position", "9"));
    until(
        "a code is missed",
        () -> typed("unmapped").findValuesAsText("system").contains("outbound-marital-status"));
    assertEquals("9", typed("unmapped").path(0).path("code").asText());
    assertEquals(0, typed("unmapped", "--practice", "oak").size());
    List<String> paused = List.of("elm", "oak", "hospital", "registry", "hospital-hl7");
    paused.forEach(one -> jmx("pause", one, ""));
    try {
      for (Order order :
          List.of(
              Order.of("status", "status"),
              Order.of("capabilities", "capabilities"),
              Order.of("generation", "generation"),
              Order.of("unmapped --limit 3", "unmapped", "", 3),
              Order.of("unmapped --practice oak", "unmapped", "oak", 100),
              Order.of("receipts --limit 5", "receipts", "", "", 5),
              Order.of("receipts --practice elm --end parked", "receipts", "elm", "parked", 100),
              Order.of("parked --practice elm", "parked", "elm", 100),
              Order.of("parked show " + id, "showMasked", id, 0),
              Order.of("load elm --watch --no-wait", "loads", "elm"),
              Order.of("reconcile elm --history", "reconciles", "elm", "", "", true))) {
        // The clock goes on between the two.
        until(
            order.typed() + " is told the same",
            () -> still(typed(order.typed())).equals(still(jmx(order.operation(), order.asked()))));
      }
    } finally {
      paused.forEach(one -> jmx("resume", one, ""));
    }
    assertTrue(typed("parked").toString().contains(id));
    jmx("drop", id, "seen");
  }

  @Test
  void aParkedMessageIsEditedReleasedAndDroppedAtBothDoorsAlike() throws Exception {
    String typed = held(10);
    String asked = held(11);
    Path file = folder.resolve("whole.hl7");
    Files.writeString(file, whole(10));
    assertEquals(
        without(typed, typed("parked", "edit", typed, "--file", file.toString())),
        without(asked, jmx("edit", asked, whole(11))));
    house.untilAllEnded();
    for (int number : List.of(10, 11)) {
      house.ledger().assertEnd("landed", "DOOR-" + number);
      assertEquals(1, house.office("elm").patients(patient(number)).size());
    }
    for (String id : List.of(typed, asked)) {
      assertEquals(
          1,
          house
              .ledger()
              .count("select count(*) from message_original where message_id = '" + id + "'"));
    }

    typed = held(12);
    asked = held(13);
    assertEquals(without(typed, typed("release", typed)), without(asked, jmx("release", asked)));
    house.untilAllEnded();
    for (int number : List.of(12, 13)) {
      // Under the same rules, and nothing has changed.
      house.ledger().assertEnd("parked", "DOOR-" + number);
    }
    assertEquals(
        without(typed, typed("parked", "drop", typed, "--reason", "both doors")),
        without(asked, jmx("drop", asked, "both doors")));
    for (int number : List.of(12, 13)) {
      house.ledger().assertEnd("dropped", "DOOR-" + number);
      house.ledger().assertReason(": both doors", "DOOR-" + number);
    }
    for (String id : List.of(typed, asked)) {
      assertEquals(
          List.of("drop", "release"),
          house
              .ledger()
              .texts(
                  "select action from audit where subject = ? and action <> 'accept' order by action",
                  id));
    }
  }

  @Test
  void parkedMessagesOfOneCauseGoOnTogetherAtBothDoors() throws Exception {
    List<String> held = List.of(held(16), held(17));
    String reason =
        house.ledger().texts("select receipt_reason from message where id = ?", held.get(0)).get(0);
    assertEquals(
        0, typed("parked", "resubmit", "--cause", "no such reason").path("messages").size());
    for (JsonNode answer :
        List.of(
            typed("parked", "resubmit", "--cause", reason, "--practice", "elm"),
            again(held, reason))) {
      Set<String> gone = new HashSet<>();
      answer.path("messages").forEach(id -> gone.add(id.asText()));
      assertTrue(gone.containsAll(held), answer.toString());
    }
    house.untilAllEnded();
    for (String id : held) {
      // Under the same rules, and nothing has changed.
      assertEquals(
          List.of("parked"),
          house.ledger().texts("select receipt_end from message where id = ?", id));
      assertEquals(
          2,
          house
              .ledger()
              .texts("select action from audit where subject = ? and action = 'release'", id)
              .size());
      jmx("drop", id, "seen");
    }
  }

  @Test
  void whatIsParkedOfOnePatientGoesOnAtBothDoors() throws Exception {
    for (int number : List.of(30, 31)) {
      Hospital.Patient patient = patient(number);
      house.ended("elm", whole(number).getBytes(StandardCharsets.UTF_8));
      long patNum = house.office("elm").patNum(patient);
      // Whom the office holds for deceased nobody books.
      house.sandbox().frontDesk("elm").editPatient(patNum, Map.of("PatStatus", "5"));
      LocalDateTime at = LocalDateTime.of(2027, 3, 3, 9, 0).plusDays(number);
      house.ended(
          "elm", Hospital.siu("S12", "DOOR-S" + number, patient, "DOORPL" + number, at, 30, ""));
      house.ledger().assertEnd("parked", "DOOR-S" + number);
      house.sandbox().frontDesk("elm").editPatient(patNum, Map.of("PatStatus", "0"));
      String id = "elm/" + patNum;
      JsonNode answer = number == 30 ? typed("release", id) : jmx("release", id);
      assertTrue(answer.toString().contains(id), answer.toString());
      house.untilAllEnded();
      house.ledger().assertEnd("landed", "DOOR-S" + number);
      assertEquals(1, house.office("elm").appointments(patient).size());
    }
  }

  /** At the other door, once the first has ended. */
  private static JsonNode again(List<String> held, String reason) throws Exception {
    house.untilAllEnded();
    for (String id : held) {
      assertEquals(
          List.of("parked"),
          house.ledger().texts("select receipt_end from message where id = ?", id));
    }
    return jmx("resubmit", reason, "elm");
  }

  @Test
  void theStoreIsCopiedAtBothDoorsAlikeAndNeverOverAFile() throws Exception {
    Path typed = folder.resolve("typed.db");
    Path asked = folder.resolve("asked.db");
    assertEquals(
        without(typed.toString(), typed("backup", typed.toString())),
        without(asked.toString(), jmx("backup", asked.toString())));
    for (Path file : List.of(typed, asked)) {
      assertEquals(400, house.post("/control/backup?file=" + file));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
    assertEquals(2, house.ledger().count("select count(*) from audit where action = 'backup'"));
  }

  /** Two messages of one new patient and his twin, who stands in Open Dental by then. */
  @Test
  void whomAHeldMessageMeansIsSaidAtBothDoorsAlike() throws Exception {
    for (int number : List.of(30, 31)) {
      house.ended("elm", Hospital.adt("A28", "DOOR-" + number, patient(number)));
    }
    String typed = heldTwin(30);
    String asked = heldTwin(31);
    assertEquals(
        without(typed, typed("match", typed, "new")), without(asked, jmx("match", asked, "new")));
    house.untilAllEnded();
    for (int number : List.of(30, 31)) {
      house.ledger().assertEnd("landed", "DOOR-T" + number);
      assertEquals(1, house.office("elm").patients(twin(number)).size());
    }
    for (String id : List.of(typed, asked)) {
      assertEquals(
          List.of(id + ": a new patient"),
          house
              .ledger()
              .texts(
                  "select subject from audit where action = 'match' and subject like ?", id + "%"));
    }
    assertEquals(400, house.post("/control/match?patient=Robin&message=" + typed));
    assertEquals(404, house.post("/control/match?patient=new&message=" + typed));
  }

  private static Hospital.Patient twin(int number) {
    return patient(number).withMrn("TWIN" + number).withFirst("Robyn");
  }

  private static String heldTwin(int number) throws Exception {
    house.ended("elm", Hospital.adt("A28", "DOOR-T" + number, twin(number)));
    house.ledger().assertEnd("parked", "DOOR-T" + number);
    return house.ledger().id("DOOR-T" + number);
  }

  /** The hospital refuses five patients of each practice; then it takes them. */
  @Test
  void parkedDeliveriesGoOnOrAreDroppedAtBothDoorsAlike() throws Exception {
    String other = held(20);
    List<Long> elm = patients("elm");
    List<Long> oak = patients("oak");
    house.hospital().refuse(resource -> "Refused".equals(city(resource)));
    move("elm", elm, "Refused");
    move("oak", oak, "Refused");
    until(
        "all are parked",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from due where destination = 'hospital' and state = 'parked' and resource = 'Patient'")
                == 10);
    for (String practice : List.of("elm", "oak")) {
      assertTrue(
          house
              .metrics()
              .lines()
              .anyMatch(
                  line ->
                      line.matches("pontic_due\\{.*state=\"parked\".*} [5-9]\\.0")
                          && line.contains("practice=\"" + practice + "\"")
                          && line.contains("destination=\"hospital\"")),
          practice);
    }
    house.hospital().refuseNothing();

    // One delivery, and one patient.
    goesOn(
        elm.get(0),
        "elm/hospital/Patient/" + elm.get(0),
        oak.get(0),
        "oak/hospital/Patient/" + oak.get(0));
    goesOn(elm.get(1), "elm/" + elm.get(1), oak.get(1), "oak/" + oak.get(1));

    String typed = "elm/hospital/Patient/" + elm.get(2);
    String asked = "oak/hospital/Patient/" + oak.get(2);
    assertEquals(
        without(typed, typed("parked", "show", typed)).toString().replaceAll("\"body\":.*", ""),
        without(asked, jmx("showMasked", asked, 0))
            .toString()
            .replace("\"oak\"", "\"elm\"")
            .replaceAll("\"body\":.*", ""));
    assertEquals(
        without(typed, typed("parked", "drop", typed, "--reason", "not wanted")),
        without(asked, jmx("drop", asked, "not wanted")));

    // All of one cause in one practice; of another cause nothing.
    assertEquals(
        2,
        typed("parked", "resubmit", "--cause", "http 422", "--practice", "elm")
            .path("messages")
            .size());
    for (int i : List.of(3, 4)) {
      arrives("elm", elm.get(i), "Refused");
    }
    assertEquals(
        List.of(other),
        house.ledger().texts("select id from message where receipt_end = 'parked'"));
    assertEquals(
        2,
        house
            .ledger()
            .count(
                "select count(*) from due where practice = 'oak' and state = 'parked' and resource = 'Patient'"),
        "of the other practice nothing");
    assertEquals(2, jmx("resubmit", "http 422", "oak").path("messages").size());
    for (int i : List.of(3, 4)) {
      arrives("oak", oak.get(i), "Refused");
    }
    for (String door : List.of("elm", "oak")) {
      List<Long> its = door.equals("elm") ? elm : oak;
      assertEquals(
          0,
          house.hospital().all("Patient").stream()
              .filter(one -> one.id().equals(door + "-patient-" + its.get(2)))
              .filter(one -> "Refused".equals(city(one.resource())))
              .count(),
          "what was dropped never came");
      move(door, List.of(its.get(2)), "Next");
      arrives(door, its.get(2), "Next");
    }
    jmx("drop", other, "seen");
  }

  /** What is sent again then, AnswersToSendersTest looks at. */
  @Test
  void anAnswerThatWasGivenUpIsAskedForAndRefusedAtBothDoorsAlike() throws Exception {
    String id = held(2);
    answerGivenUp(id);
    assertEquals(
        1, typed("status").findValues("answersGivenUp").stream().mapToInt(JsonNode::asInt).sum());
    StringWriter status = new StringWriter();
    line(status).execute("status", "--data", folder.resolve("data").toString());
    assertTrue(status.toString().contains("1 given up"), status.toString());
    for (String one : List.of(id, "elm/hospital-hl7", "elm/nobody", "m-nobody")) {
      StringWriter out = new StringWriter();
      assertEquals(
          1, line(out).execute("answer", one, "--data", folder.resolve("data").toString()));
      String error = jmx("answer", one).path("error").asText();
      assertTrue(out.toString().contains(error), out + " is not " + error);
      // This house's hospital wants no answers.
      assertTrue(error.contains(one.contains("nobody") ? "was given up" : "any more"), error);
    }
    assertEquals(1, house.ledger().count("select count(*) from answer where state = 'given up'"));
    house.ledger().change("delete from answer");
    jmx("drop", id, "seen");
  }

  private static void answerGivenUp(String messageId) {
    house
        .ledger()
        .change(
            "insert into answer (message_id, practice, destination, seq, wanted, header, state, ready_at, due_at, attempts,"
                + " refusals, wire, reason) select id, practice, 'hospital-hl7', seq, 'always', '', 'given up', 1, 1, 5, 5, '', 'x'"
                + " from message where id = ?",
            messageId);
  }

  @Test
  void anAnswerWhoseContentsAreGoneIsRefusedAtBothDoorsAlike() throws Exception {
    String id = held(42);
    String body = house.ledger().texts("select body from message where id = ?", id).get(0);
    answerGivenUp(id);
    house.ledger().change("update message set body = '' where id = ?", id);
    StringWriter out = new StringWriter();
    assertEquals(1, line(out).execute("answer", id, "--data", folder.resolve("data").toString()));
    String error = jmx("answer", id).path("error").asText();
    assertTrue(error.contains("can no longer be sent again: its contents are gone"), error);
    assertTrue(out.toString().contains(error), out + " is not " + error);
    assertEquals(1, house.ledger().count("select count(*) from answer where state = 'given up'"));
    house.ledger().change("delete from answer");
    house.ledger().change("update message set body = ? where id = ?", body, id);
    jmx("drop", id, "seen");
  }

  @Test
  void longRunsAndReloadsAreOrderedAtBothDoorsAlike() throws Exception {
    for (Order order :
        List.of(
            Order.of("load elm --tables provider --no-wait", "load", "elm", "", "provider"),
            Order.of("load elm --tables provider --stop", "loadStop", "elm", "provider"),
            Order.of(
                "reconcile elm provider --dry-run --no-wait",
                "reconcile",
                "elm",
                "provider",
                "",
                true,
                false),
            Order.of("reconcile elm provider --stop", "reconcileStop", "elm", "provider", ""))) {
      assertEquals(
          runs(typed(order.typed())),
          runs(jmx(order.operation(), order.asked())),
          order.toString());
    }
    saysThatItEndsARepair();
    long swaps = house.bundle().generation().swaps();
    assertEquals("{\"status\":\"looking\"}", typed("reload").toString());
    until("it was looked at", () -> house.bundle().generation().swaps() == swaps + 1);
    assertEquals("{\"status\":\"looking\"}", jmx("reload").toString());
    until("it was looked at again", () -> house.bundle().generation().swaps() == swaps + 2);
    same(Order.of("stop", "stop"));
  }

  private static void goesOn(long one, String typed, long other, String asked) throws Exception {
    assertEquals(without(typed, typed("release", typed)), without(asked, jmx("release", asked)));
    arrives("elm", one, "Refused");
    arrives("oak", other, "Refused");
  }

  private static void same(Order order) {
    assertEquals(typed(order.typed()), jmx(order.operation(), order.asked()), order.toString());
  }

  /** All are stopped: none is begun any more, but a page at hand would still end its run. */
  private static void saysThatItEndsARepair() throws Exception {
    until(
        "the page at hand is done",
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from lease where name like 'reconcile:elm/provider/%' and until_at > "
                            + System.currentTimeMillis())
                == 0);
    house
        .ledger()
        .change(
            "update reconcile set state = 'stopped', reason = '', dry_run = 0, ended_at = 0"
                + " where practice = 'elm' and feed = 'provider' and state <> 'off' and purpose = 'compare'");
    StringWriter out = new StringWriter();
    String asked = "reconcile elm provider --dry-run --no-wait --data " + folder.resolve("data");
    assertEquals(0, line(out).execute(asked.split(" ")));
    assertTrue(
        out.toString()
            .startsWith("This took the place of a repair that was not done: elm provider with "),
        out.toString());
  }

  private static JsonNode typed(String... words) {
    return typed(List.of(words));
  }

  /** What {@code ./pontic} prints with --json. */
  private static JsonNode typed(List<String> words) {
    try {
      StringWriter out = new StringWriter();
      List<String> all = new ArrayList<>(words);
      all.addAll(List.of("--json", "--data", folder.resolve("data").toString()));
      assertEquals(0, line(out).execute(all.toArray(String[]::new)), words + ": " + out);
      return JSON.readTree(out.toString());
    } catch (Exception e) {
      throw new AssertionError(words.toString(), e);
    }
  }

  private static CommandLine line(StringWriter out) {
    return Commands.line(new Nobody(), House.home(), Map.of())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(out));
  }

  private static JsonNode jmx(String operation, Object... arguments) {
    return jmx(operation, List.of(arguments));
  }

  private static JsonNode jmx(String operation, List<Object> arguments) {
    try {
      String[] types =
          arguments.stream()
              .map(
                  each ->
                      each instanceof Integer
                          ? "int"
                          : each instanceof Boolean ? "boolean" : String.class.getName())
              .toArray(String[]::new);
      Object answer =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(operations, operation, arguments.toArray(), types);
      return JSON.readTree(answer.toString());
    } catch (Exception e) {
      throw new AssertionError(operation + Arrays.toString(arguments.toArray()), e);
    }
  }

  /** Without the time at which it was told. */
  private static JsonNode still(JsonNode answer) {
    if (answer instanceof ObjectNode node) {
      node.remove(List.of("now", "routes"));
    }
    return answer;
  }

  private static String without(String id, JsonNode answer) {
    return answer.toString().replace(id, "ID");
  }

  /** Of what was ordered, and not how far it is. */
  private static List<String> runs(JsonNode answer) {
    List<String> runs = new ArrayList<>();
    answer.forEach(
        run ->
            runs.add(
                run.path("practice").asText()
                    + run.path("table").asText()
                    + run.path("destination").asText()
                    + run.path("dryRun").asText()));
    return runs;
  }

  private static Hospital.Patient patient(int number) {
    return Hospital.Patient.numbered(7700 + number);
  }

  private static String whole(int number) {
    return new String(
        Hospital.adt("A28", "DOOR-" + number, patient(number)), StandardCharsets.UTF_8);
  }

  /**
   * A message without a birth date, so that it waits for a person.
   *
   * @return Pontic's id of it
   */
  private static String held(int number) throws Exception {
    house.ended(
        "elm",
        whole(number)
            .replaceFirst("(PID\\|(?:[^|]*\\|){6})[^|\r]*", "$1")
            .getBytes(StandardCharsets.UTF_8));
    house.ledger().assertEnd("parked", "DOOR-" + number);
    return house.ledger().id("DOOR-" + number);
  }

  private static List<Long> patients(String practice) {
    return house
        .office(practice)
        .rows("select PatNum from patient where PatStatus = 0 order by PatNum limit 5")
        .stream()
        .map(row -> ((Number) row.get("PatNum")).longValue())
        .toList();
  }

  private static void move(String practice, List<Long> patients, String city) throws Exception {
    try (Connection connection = house.sandbox().practice(practice).dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "update patient set City = '"
              + city
              + "' where PatNum in ("
              + patients.stream().map(String::valueOf).collect(Collectors.joining(","))
              + ")");
    }
  }

  private static void arrives(String practice, long patient, String city) throws Exception {
    assertTrue(
        house
            .hospital()
            .await(
                "Patient",
                practice + "-patient-" + patient,
                resource -> city.equals(city(resource)),
                Duration.ofSeconds(600))
            .isPresent(),
        () -> practice + " " + patient + " did not come\n" + house.ledger().describe());
  }

  private static String city(Resource resource) {
    return resource instanceof Patient patient && patient.hasAddress()
        ? String.valueOf(patient.getAddressFirstRep().getCity())
        : "";
  }
}
