package pontic.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import pontic.house.Page;
import pontic.mapping.RowKind;
import pontic.mapping.WriteTerms;
import pontic.mapping.Writes;

/**
 * {@code docs/writes.md} is what {@code mappings/write} says; {@code -Dpontic.docs.write=true}
 * writes it.
 */
class WritesPageTest {
  private static final Path HOME = Path.of("..", "..");
  private static final String MISSING =
      """

      ## By tables of the practice

      Some writes mean nothing without a word of the practice, in its own `codes`: `patient-field` (which number or extension goes into which custom field), `confirmation` (which definition of the office a
      sender's SCH-25 is), `appointment-type` (of which kind a visit is), `contact-role` (who is to be called), `payer` (names of insurance companies), `insurance-kind` and `insurance-plan` (by which words an IN1 says that it is dental) and `payment-type`. What is not
      named there is not written (decisions 0305 to 0309).

      ## Not written

      Vital signs and observations but for a periodontal exam (decision 0301). Every deletion but that of an exam: what was a mistake, called off or taken back is said on the receipt. Nobody takes back what the office or another sender has (decision 0385). Coverage under a subscriber whom the message does not name by our own number of him; which coverage pays first; benefits.
      Payments are never changed or refunded; one number of a system is one payment, whoever sends it (decision 0420). Insurance of HL7 messages (IN1) that does not say that it is dental is named on the receipt as left out (decision 0331). Everything else that the API cannot take stands in [fields.md](fields.md).
      """;

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @Test
  void thePageIsUnchanged() throws IOException {
    new Page("docs/writes.md").says(page());
  }

  private static String page() throws IOException {
    Writes table = Writes.load(HOME.resolve("mappings"));
    StringBuilder page =
        new StringBuilder(
            """
            # Writes

            What Pontic writes through Open Dental's API, made of `mappings/write/*.yaml` by `WritesPageTest` (decisions 0260 to 0262, 0292, 0301, 0305 to 0309). Which of them are on at a practice, and why the
            others are not, `./pontic capabilities` says. *Proof* is what is read, and what counts, when the answer of a write was lost (decision 0003). Which field of a
            message and which element of a resource ends where stands in [ends.md](ends.md), what is left out in [fields.md](fields.md); what has no field of its own goes where `writes.rest` says, and what of a patient himself has none where `writes.patientRest` says (decision 0394).

            Before `appointments.post`, `.schedule` and a `.put` of time or place, and once more after it, the appointments of those days in that operatory are read; what becomes of a visit whose time another has says `writes.doubleBooking` (decision 0347); a patient who is elsewhere at that time is told (decision 0417). Before the first of these, from 22.1 on, the office's schedule of that day is: a time when nobody works in that operatory is written or refused as `writes.closed` says, and the receipt tells it (decision 0397). `AppointmentTypeNum` goes with them from 22.1 on (decision 0348).

            | write | request | permission | since | by itself | proof |
            |---|---|---|---|---|---|
            """);
    for (WriteTerms write : table.all()) {
      page.append(
          "| `%s` | `%s %s` | %s | %s | %s | %s |%n"
              .formatted(
                  write.name(),
                  write.method(),
                  write.path(),
                  write.permission(),
                  write.since(),
                  write.offByDefault() ? "off" : "on",
                  proof(table, write)));
    }
    page.append(
        """

        ## What of a message ends where

        A field is decided by the sender (his word is written), by both (three-way merge: what the sender merely repeats is not written again), or by the office (never written). *Changed* says
        what the API can change in a row that is there.

        | FHIR | rows | field | decided by | changed | since | why |
        |---|---|---|---|---|---|---|
        """);
    for (RowKind kind : table.kinds()) {
      JsonNode file =
          YAML.readTree(HOME.resolve("mappings/write/" + kind.name() + ".yaml").toFile());
      for (String field : names(file.path("fields"))) {
        JsonNode said = file.path("fields").path(field);
        page.append(
            "| %s | `%s` | `%s` | %s | %s | %s | %s |%n"
                .formatted(
                    String.join(", ", kind.mappings().keySet()),
                    kind.name(),
                    field,
                    said.path("owner")
                        .asText()
                        .replace("shared", "both")
                        .replace("office", "the office")
                        .replace("sender", "the sender"),
                    kind.put().filter(put -> put.takes(field)).isPresent() ? "yes" : "no",
                    said.path("since").asText(""),
                    said.path("reason").asText()));
      }
    }
    page.append(
        """

        ## How much a column holds

        Open Dental's database cuts what is longer than its column without a word, so nothing longer is sent (decision 0423). Of a text that may be cut the beginning is written, with our reference always whole behind it; the
        rest goes where `writes.rest` says, of a patient himself where `writes.patientRest` says: into the row's own note if that has room, an entry of the communication log, or a file. *Left*: the field stays as it stands, and
        the whole value goes to the rest, but for an SSN, which is kept nowhere. *Emptied*: what stands there would belong to another address. *Row left*: without the field the row would say something else. The receipt names each field. Characters beyond the Basic
        Multilingual Plane, such as an emoji, which its `utf8` does not hold, are written as U+FFFD, and the receipt says in which field (decision 0424). A new patient whose name is too long is held as one without a
        name; one who would be found by a name in which a character was replaced is held with the row as candidate.

        | resource | field | holds | longer |
        |---|---|---|---|
        """);
    table.all().stream()
        .map(write -> write.name().substring(0, write.name().indexOf('.')))
        .distinct()
        .forEach(
            resource ->
                table
                    .texts(resource)
                    .forEach(
                        (field, column) ->
                            page.append(
                                "| `%s` | `%s` | %s | %s |%n"
                                    .formatted(
                                        resource, field, column.bound(), column.way().words()))));
    return page.append(MISSING).toString();
  }

  private static Iterable<String> names(JsonNode node) {
    return () -> node.fieldNames();
  }

  private static String proof(Writes table, WriteTerms write) {
    String marker = table.kindOf(write.name()).map(RowKind::marker).orElse("");
    return switch (write.probe()) {
      case ROW ->
          marker.isEmpty()
              ? "a row of the patient that is new, with every field as sent"
              : "our reference in `" + marker + "` of one of the patient's rows";
      default -> write.probe().evidence();
    };
  }
}
