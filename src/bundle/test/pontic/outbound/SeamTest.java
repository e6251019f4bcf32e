package pontic.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** A site's filter at a seam keeps something back: it was not told, and nothing stands still. */
class SeamTest {
  private static final Duration LIMIT = Duration.ofSeconds(120);

  @TempDir static Path folder;

  @Test
  void whatAFilterKeepsBackIsNotToldAndWhatFollowsIsJudgedByThat() throws Exception {
    try (House house = House.sandboxOnly(folder)) {
      house.withInstallation(installation()).startBundle();
      house.untilConnected();
      FrontDesk desk = house.sandbox().frontDesk("elm");
      long patient =
          desk.addPatient(
              Map.of("LName", "Seam", "FName", "S", "Birthdate", "1980-01-01", "City", "One"));
      assertTrue(comes(house, patient, "One"));
      desk.editPatient(patient, Map.of("City", "Withheld"));
      withheld(house, "send-fhir-hospital/seam", patient);
      assertNotEquals(
          "Withheld",
          city(
              house
                  .hospital()
                  .latest("Patient", "elm-patient-" + patient)
                  .orElseThrow()
                  .resource()));

      long apt = desk.book(patient, 1, 1, LocalDateTime.of(2027, 6, 1, 9, 0), 30, "");
      withheld(house, "send-hl7-hospital-hl7/event", apt);
      desk.breakAppointment(apt, false);
      withheld(house, "nothing to tell", apt);
      desk.editPatient(patient, Map.of("City", "Shown"));
      assertTrue(comes(house, patient, "Shown"));
      assertEquals(
          List.of(),
          house.hospitalMllp().frames(message -> message.has("SCH", 2, "" + apt)),
          "no cancellation of what was never told");
      House.until("nothing is due", () -> house.ledger().count("select count(*) from due") == 0);
    }
  }

  private static void withheld(House house, String by, long key) {
    House.until(
        "withheld by " + by,
        () ->
            house
                    .ledger()
                    .count(
                        "select count(*) from delivery where practice = 'elm' and withheld = '"
                            + by
                            + "' and row_key = "
                            + key)
                == 1);
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

  /** The shipped routes, each with a filter where the route book says that one may stand. */
  private static Path installation() throws Exception {
    Path installation = folder.resolve("installation");
    for (String part : List.of("routes", "mappings", "sql")) {
      FileSystemUtils.copyRecursively(House.home().resolve(part), installation.resolve(part));
    }
    filter(installation, "send-fhir", "through", "passed", "${body} !contains 'Withheld'");
    filter(
        installation, "send-hl7", "in-time", "kept-back", "${bodyAs(String)} !contains 'SIU^S12'");
    return installation;
  }

  /** Puts the steps from one id to before another, all of one depth, into a filter. */
  private static void filter(
      Path installation, String route, String from, String before, String expression)
      throws Exception {
    Path file = installation.resolve("routes/outbound/" + route + ".camel.yaml");
    String text = Files.readString(file);
    int begin = stepOf(text, from);
    int end = stepOf(text, before);
    String indent = text.substring(begin, text.indexOf('-', begin));
    Files.writeString(
        file,
        text.substring(0, begin)
            + indent
            + "- filter:\n"
            + indent
            + "    id: of-this-site\n"
            + indent
            + "    expression:\n"
            + indent
            + "      simple:\n"
            + indent
            + "        expression: \""
            + expression
            + "\"\n"
            + indent
            + "    steps:\n"
            + text.substring(begin, end).replaceAll("(?m)^(?=.)", "      ")
            + text.substring(end));
  }

  /** Where the line begins that begins the step. */
  private static int stepOf(String text, String id) {
    int at = text.indexOf("id: " + id + "\n");
    assertTrue(at > 0, "the route has a step " + id);
    return text.lastIndexOf('\n', text.lastIndexOf("- bean:", at)) + 1;
  }
}
