package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import pontic.house.House;
import pontic.sandbox.desk.FrontDesk;
import pontic.sandbox.hospital.Hl7Message;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.HospitalMllp;

/** Steps of a site at the seams: what they keep back was not told, and nothing stands still. */
class SeamTest {
  private static final Duration LIMIT = Duration.ofSeconds(600);

  @TempDir static Path folder;

  @Test
  void whatAStepKeepsBackIsNotToldAndWhatFollowsIsJudgedByThat() throws Exception {
    try (House house = House.sandboxOnly(folder)) {
      house.withInstallation(installation()).startBundle();
      house.untilConnected();
      FrontDesk desk = house.sandbox().frontDesk("elm");
      long patient =
          desk.addPatient(
              Map.of("LName", "Seam", "FName", "S", "Birthdate", "1980-01-01", "City", "One"));
      assertTrue(comes(house, patient, "One"));
      desk.editPatient(patient, Map.of("City", "Withheld"));
      withheld(house, "send-fhir-hospital/not-this-stop", patient);
      assertNotEquals(
          "Withheld",
          city(
              house
                  .hospital()
                  .latest("Patient", "elm-patient-" + patient)
                  .orElseThrow()
                  .resource()));

      LocalDateTime at = LocalDateTime.of(2027, 6, 1, 9, 0);
      long apt = desk.book(patient, 1, 1, at, 30, "");
      withheld(house, "send-hl7-hospital-hl7/no-s12-of-june-stop", apt);
      desk.breakAppointment(apt, false);
      withheld(house, "nothing to tell", apt);
      long other = desk.book(patient, 1, 1, at.plusMonths(1), 30, "");
      House.until("the engine has the booking of July", () -> !frames(house, other).isEmpty());
      for (HospitalMllp.Frame frame : frames(house, other)) {
        assertEquals("ELM", frame.message().field("ZSI", 2), "the site's own segment");
      }
      desk.complete(other);
      withheld(house, "send-hl7-hospital-hl7/hold-s14-back", other);
      desk.breakAppointment(other, false);
      House.until(
          "the engine has the cancellation", () -> events(house, other).contains("SIU^S15"));
      assertEquals(List.of("SIU^S12", "SIU^S15"), events(house, other), "S14 was held back");
      desk.editPatient(patient, Map.of("City", "Shown"));
      assertTrue(comes(house, patient, "Shown"));
      assertEquals(List.of(), frames(house, apt), "no cancellation of what was never told");

      long elsewhere =
          desk.addPatient(
              Map.of("LName", "Seam", "FName", "C", "Birthdate", "1981-01-01", "ClinicNum", "2"));
      withheld(house, "send-fhir-hospital/of-another-clinic-stop", elsewhere);
      assertTrue(house.hospital().latest("Patient", "elm-patient-" + elsewhere).isEmpty());

      house.send("elm", Hospital.adt("A28", "held-back", Hospital.Patient.numbered(801)));
      house.send("elm", Hospital.adt("A28", "goes-on", Hospital.Patient.numbered(802)));
      house.untilAllEnded();
      assertEquals("no change", house.ledger().end("held-back"));
      assertEquals(
          "withheld by understand/not-801-stop",
          house.ledger().receipt("held-back").get("receipt_reason"));
      assertEquals("landed", house.ledger().end("goes-on"));
      assertEquals(0, house.office("elm").patients(Hospital.Patient.numbered(801)).size());
      House.until("nothing is due", () -> house.ledger().count("select count(*) from due") == 0);
      house.nothingIsUnexplained("elm", "oak");
    }
  }

  /** As docs/hl7-out.md has it. */
  @Test
  void aSitesOwnMappingChoosesVersionFieldsAndSegmentsOfItsEngineAlone() throws Exception {
    Path mapping = folder.resolve("installation/mappings/destination/lakeside");
    try (House house = House.sandboxOnly(folder)) {
      house
          .withInstallation(installation())
          .with("destinations.hospital-hl7.mapping", "destination/lakeside");
      Files.writeString(mapping.resolveSibling("lakeside.jslt"), lakeside());
      Files.writeString(
          mapping.resolveSibling("lakeside.shape.yaml"),
          """
          description: A message and what it was made of
          fields: [message, resource]
          nested: [segments, MSH, PID, NK1, AL1, DG1, PR1, GT1, IN1, OBX, key, value, id, "1", "2", "6", "7", "9"]
          variables: [practice, zone]
          """);
      house.startBundle();
      house.untilConnected();
      FrontDesk desk = house.sandbox().frontDesk("elm");
      long patient =
          desk.addPatient(Map.of("LName", "Lake", "FName", "L", "Birthdate", "1980-01-01"));
      long apt = desk.book(patient, 1, 1, LocalDateTime.of(2027, 7, 1, 9, 0), 30, "");
      House.until("the engine has the booking", () -> !frames(house, apt).isEmpty());
      Hl7Message booked = frames(house, apt).get(0).message();
      assertEquals("2.3.1", booked.field("MSH", 12));
      assertEquals("ACC-1", booked.field("PID", 18));
      assertEquals("elm-appointment-" + apt, booked.field("ZPT", 2));
      assertEquals("ELM", booked.field("ZSI", 2), "what a step adds is added all the same");
      assertFalse(booked.text().contains("TQ1|"), booked::text);
      assertEquals(
          "Lake",
          ((Patient)
                  house
                      .hospital()
                      .await("Patient", "elm-patient-" + patient, one -> true, LIMIT)
                      .orElseThrow()
                      .resource())
              .getNameFirstRep()
              .getFamily(),
          "the FHIR server's has no mapping");
    }
  }

  private static String lakeside() throws Exception {
    String page = Files.readString(House.home().resolve("docs/hl7-out.md"));
    int begin = page.indexOf("```\nimport \"destination/hl7-2-3-1-out.jslt\"") + "```\n".length();
    return page.substring(begin, page.indexOf("```", begin));
  }

  private static List<HospitalMllp.Frame> frames(House house, long apt) {
    return house.hospitalMllp().frames(message -> message.has("SCH", 2, "" + apt));
  }

  private static List<String> events(House house, long apt) {
    return frames(house, apt).stream()
        .map(frame -> frame.message().field("MSH", 9).substring(0, "SIU^S12".length()))
        .distinct()
        .toList();
  }

  private static void withheld(House house, String by, long key) {
    House.until(
        "withheld by " + by,
        () ->
            house
                .ledger()
                .texts("select withheld from delivery where practice = 'elm' and row_key = ?", key)
                .contains(by));
  }

  private static boolean comes(House house, long patient, String city) throws Exception {
    return house
        .hospital()
        .await("Patient", "elm-patient-" + patient, one -> city.equals(city(one)), LIMIT)
        .isPresent();
  }

  private static String city(Resource patient) {
    return ((Patient) patient).getAddressFirstRep().getCity();
  }

  /** The shipped routes, each with steps inserted where the route book says that they may stand. */
  private static Path installation() throws Exception {
    Path installation = folder.resolve("installation");
    for (String part : List.of("routes", "mappings", "sql")) {
      FileSystemUtils.copyRecursively(House.home().resolve(part), installation.resolve(part));
    }
    insert(
        installation,
        "outbound/send-fhir",
        "through",
        stop("not-this", "${body} contains 'Withheld'")
            + stop("of-another-clinic", "${exchangeProperty.clinic} == 2"));
    insert(
        installation,
        "outbound/send-hl7",
        "through",
        // A Z-segment, and no S14: as the page says it.
        ofPage("send-hl7")
            + stop("no-s12-of-june", "${body} contains 'SIU^S12' && ${body} contains '20270601'"));
    insert(
        installation,
        "inbound/understand",
        "understand-translate",
        stop(
            "not-801",
            "${body.json.toString} contains '%s'"
                .formatted(Hospital.Patient.numbered(801).last())));
    return installation;
  }

  /** The steps that the page of a route shows for its seam. */
  private static String ofPage(String route) throws Exception {
    String page = Files.readString(House.home().resolve("docs/routes/" + route + ".md"));
    String seams = page.substring(page.indexOf("## Seams"), page.indexOf("## Replay"));
    int begin = seams.indexOf("```yaml\n") + "```yaml\n".length();
    return seams.substring(begin, seams.indexOf("```", begin));
  }

  /** One step, which keeps back what a condition holds for. */
  private static String stop(String id, String condition) {
    return """
    - filter:
        id: %s
        expression:
          simple:
            expression: "%s"
        steps:
          - stop:
              id: %s-stop
    """
        .formatted(id, condition, id);
  }

  /** Puts steps before the one of this id, at its depth. */
  private static void insert(Path installation, String route, String before, String steps)
      throws Exception {
    Path file = installation.resolve("routes/" + route + ".camel.yaml");
    String text = Files.readString(file);
    int at = text.indexOf("id: " + before + "\n");
    assertTrue(at > 0, "the route has a step " + before);
    int begin = text.lastIndexOf('\n', text.lastIndexOf("- bean:", at)) + 1;
    String indent = text.substring(begin, text.indexOf('-', begin));
    Files.writeString(
        file, text.substring(0, begin) + steps.indent(indent.length()) + text.substring(begin));
  }
}
