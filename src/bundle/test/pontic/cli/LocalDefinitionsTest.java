package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.house.House.until;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.house.Nobody;
import pontic.house.Workshop;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.PracticePlan;
import pontic.sandbox.desk.ChartDesk;

/**
 * Three offices that word an answer of a patient for themselves: elm and yew use the same words for
 * two things, fir has words that nobody has mapped.
 */
final class LocalDefinitionsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(600);
  private static final String SHARED = "Rang back";
  private static final String OWN = "Said yes to Ann";
  private static final Map<String, String> WORDS = words();

  @TempDir static Path folder;
  private static House house;
  private static Workshop workshop;
  private static final Map<String, String> APPOINTMENTS = new LinkedHashMap<>();

  private static Map<String, String> words() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("elm", SHARED);
    words.put("yew", SHARED);
    words.put("fir", OWN);
    return words;
  }

  @BeforeAll
  static void open() throws Exception {
    PracticePlan elm = PracticePlan.elm(Engine.MYISAM, 2);
    List<PracticePlan> plans = List.of(elm, elm.as("yew", 5), elm.as("fir", 6));
    house = House.of(folder, plans);
    workshop = Workshop.open(folder.resolve("home"));
    Files.delete(workshop.home().resolve("config/practices/elm.yaml"));
    Files.delete(workshop.home().resolve("config/practices/oak.yaml"));
    for (PracticePlan plan : plans) {
      String file = "practices/" + plan.id() + ".yaml";
      // Where a file may be edited, it is checked that no secret stands in it.
      workshop.write(
          "config/" + file,
          Files.readString(house.config().resolve(file))
              .replaceAll(
                  "customerKey: .*",
                  "customerKey: \"" + secret(plan.id() + ".key", plan.customerKey()) + "\"")
              .replaceAll(
                  "token: .*",
                  "token: \"" + secret(plan.id() + ".token", House.facadeToken(plan.id())) + "\""));
      APPOINTMENTS.put(plan.id(), plan.id() + "-appointment-" + booked(plan.id()));
    }
    map("elm", SHARED, "accepted");
    map("yew", SHARED, "tentative");
    house.withHome(workshop.home());
    house.startBundle();
  }

  private static String secret(String name, String value) throws Exception {
    workshop.write("config/secrets/" + name, value);
    return "{{file:secrets/" + name + "}}";
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void eachComesOutByItsOwnMapAndWhatHasNoneIsListedAndSentAgainOnceItHasOne() throws Exception {
    answers("elm", "accepted");
    answers("yew", "tentative");
    answers("fir", "needs-action");
    until("fir's words are listed, and no others", () -> listed().equals(List.of("fir " + OWN)));
    Map<String, Integer> told = versions();

    map("fir", OWN, "accepted");

    answers("fir", "accepted");
    until("nothing is listed any more", () -> listed().isEmpty());
    told.merge("fir", 1, Integer::sum);
    assertEquals(told, versions(), "what the hospital was told of the others stands");
  }

  /** By the file of the practice, as an engineer adds it. */
  private static void map(String practice, String words, String status) throws Exception {
    workshop.replace(
        "config/practices/" + practice + ".yaml",
        "codes: {}",
        "codes: {outbound-confirmation: {" + words + ": " + status + "}}");
  }

  /** An appointment whose answer has the office's words. */
  private static long booked(String practice) throws Exception {
    try (Connection connection = house.sandbox().practice(practice).dataSource().getConnection();
        PreparedStatement name =
            connection.prepareStatement(
                "update definition set ItemName = ? where Category = 2 and ItemName = 'Confirmed'")) {
      name.setString(1, WORDS.get(practice));
      assertEquals(1, name.executeUpdate());
    }
    long words =
        house
            .office(practice)
            .count(
                "select DefNum from definition where Category = 2 and ItemName = '"
                    + WORDS.get(practice)
                    + "'");
    long other =
        house
            .office(practice)
            .count(
                "select min(DefNum) from definition where Category = 2 and ItemName = 'Unconfirmed'");
    ChartDesk chart = new ChartDesk(house.sandbox().practice(practice));
    for (Map<String, Object> row :
        house.office(practice).rows("select AptNum from appointment where Confirmed = " + words)) {
      chart.edit(
          "appointment", ((Number) row.get("AptNum")).longValue(), Map.of("Confirmed", other));
    }
    long booked =
        house
            .sandbox()
            .frontDesk(practice)
            .book(
                house.office(practice).count("select min(PatNum) from patient where PatStatus = 0"),
                house.office(practice).count("select min(OperatoryNum) from operatory"),
                house.office(practice).count("select min(ProvNum) from provider"),
                LocalDateTime.of(2027, 3, 2, 9, 0),
                40,
                "");
    chart.edit("appointment", booked, Map.of("Confirmed", words));
    return booked;
  }

  /** What the hospital knows of the patient's answer. */
  private static void answers(String practice, String status) throws Exception {
    house
        .hospital()
        .await("Appointment", APPOINTMENTS.get(practice), one -> status.equals(answer(one)), LIMIT)
        .orElseThrow(() -> new AssertionError(practice + " is not told as " + status));
  }

  private static String answer(Resource appointment) {
    return ((Appointment) appointment)
        .getParticipant().stream()
            .filter(each -> each.getActor().getReference().startsWith("Patient/"))
            .map(each -> each.getStatus().toCode())
            .findFirst()
            .orElse("");
  }

  private static Map<String, Integer> versions() {
    Map<String, Integer> versions = new LinkedHashMap<>();
    APPOINTMENTS.forEach(
        (practice, id) ->
            versions.put(practice, house.hospital().history("Appointment", id).size()));
    return versions;
  }

  /** Of answers, as {@code ./pontic unmapped --json} lists them: practice and words. */
  private static List<String> listed() {
    try {
      StringWriter out = new StringWriter();
      int code =
          Commands.line(new Nobody(), workshop.home(), Map.of())
              .setOut(new PrintWriter(out))
              .setErr(new PrintWriter(out))
              .execute("unmapped", "--json", "--data", folder.resolve("data").toString());
      assertEquals(0, code, out.toString());
      List<String> listed = new ArrayList<>();
      for (JsonNode each : JSON.readTree(out.toString())) {
        if (each.path("system").asText().equals("outbound-confirmation")) {
          assertEquals(each.path("code"), each.path("text"), "the office's words are their key");
          assertTrue(each.path("count").asLong() > 0);
          Instant.parse(each.path("lastSeen").asText());
          listed.add(each.path("practice").asText() + " " + each.path("code").asText());
        }
      }
      return listed;
    } catch (Exception e) {
      throw new AssertionError("unmapped", e);
    }
  }
}
