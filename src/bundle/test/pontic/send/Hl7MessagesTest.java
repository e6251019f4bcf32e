package pontic.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import pontic.hl7.Strictly;
import pontic.mapping.Golden;
import pontic.mapping.Mappings;
import pontic.practice.Destination;
import pontic.practice.SomeDestination;
import pontic.record.Newest;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;

/** What a destination's own settings make of a message. */
class Hl7MessagesTest {
  private static final Instant AT = Instant.parse("2026-03-09T17:30:00Z");
  private static final String NEW = "";

  @TempDir static Path folder;
  private static Store store;
  private static Hl7Messages messages;

  @BeforeAll
  static void open() throws Exception {
    store =
        Stores.open(
            StoreSettings.embedded(folder.resolve("store")),
            KeyVault.createDemo(folder.resolve("keys")).vault());
    Path mappings = folder.resolve("mappings");
    FileSystemUtils.copyRecursively(Path.of("..", "..", "mappings"), mappings);
    // As an engineer writes it: version 2.3.1, another PID-18, and a segment of the site's own.
    Files.writeString(
        mappings.resolve("destination/lakeside.jslt"),
        """
        import "destination/hl7-2-3-1-out.jslt" as older
        let message = older(.)
        {
          "segments": $message.segments + ["ZPT"],
          "PID": [for ($message.PID) {"18": [{"1": "ACC-1"}]} + .],
          "ZPT": [{"1": [{"1": "1"}], "2": [{"1": .resource.id}, {"1": "a|b"}]}]
        } + $message
        """);
    Files.writeString(
        mappings.resolve("destination/lakeside.shape.yaml"),
        """
        description: A message and what it was made of
        fields: [message, resource]
        nested: [segments, MSH, PID, NK1, AL1, DG1, PR1, GT1, IN1, OBX, key, value, id, "1", "2", "6", "7", "9"]
        variables: [practice, zone]
        """);
    Mappings loaded = Mappings.load(mappings);
    Map<String, Hl7Event> events = new HashMap<>();
    new ObjectMapper(new com.fasterxml.jackson.dataformat.yaml.YAMLFactory())
        .readTree(mappings.resolve("hl7v2/events-out.yaml").toFile())
        .properties()
        .forEach(
            event ->
                events.put(
                    event.getKey(),
                    new Hl7Event(
                        event.getValue().get("event").asText(),
                        event.getValue().get("mapping").asText())));
    messages =
        new Hl7Messages(
            events,
            (practice, name) -> loaded.mapper(name),
            Map.of("elm", "America/New_York"),
            new Newest(store),
            store.vault(),
            new OwnNumbers((practice, senders, resource, key) -> java.util.List.of()));
  }

  @AfterAll
  static void close() {
    store.close();
  }

  @Test
  void aDestinationsMappingChoosesVersionFieldsAndSegments() throws Exception {
    Dues.Entry whole = entry("Patient", resource("hl7v2/adt-out", "whole"));
    String usual = message(whole, destination(Set.of(), Optional.empty())).orElseThrow();
    assertEquals("ADT_A05", Strictly.parsed(usual).getName());
    String own =
        message(whole, destination(Set.of(), Optional.of("destination/lakeside"))).orElseThrow();
    assertTrue(own.startsWith("MSH|^~\\&|PONTIC|elm|A|F|20260309133000-0400||ADT^A28|"), own);
    assertTrue(own.lines().findFirst().orElseThrow().contains("|P|2.3.1|"), own);
    assertTrue(own.endsWith("\rZPT|1|elm-patient-12~a\\F\\b\r"), own);
    assertTrue(own.contains("|ACC-1|") || own.contains("|ACC-1\r"), own);
    Strictly.parsed(own.substring(0, own.indexOf("ZPT|")));
    assertEquals(
        usual.split("\\|")[9], own.split("\\|")[9], "MSH-10 does not depend on the mapping");
  }

  @Test
  void chargesAndNotesAreToldToThemAloneWhoAskForThemAndFromTheirDayOn() throws Exception {
    Dues.Entry done = entry("Procedure:procedure", resource("hl7v2/mdm-out", "document"));
    assertEquals(Optional.empty(), message(done, destination(Set.of(), Optional.empty())));
    assertEquals(
        Optional.of("DFT^P03^DFT_P03"), type(done, destination(Set.of("DFT"), Optional.empty())));
    assertEquals(
        Optional.of("MDM^T02^MDM_T02"), type(done, destination(Set.of("MDM"), Optional.empty())));
    assertEquals(
        Optional.of("DFT^P03^DFT_P03"),
        type(done, destination(Set.of("DFT", "MDM"), Optional.empty())));
    Destination later =
        destination(Set.of("DFT", "MDM"), LocalDate.of(2026, 3, 3), Optional.empty());
    assertEquals(Optional.empty(), message(done, later));
    // What was told is corrected whenever it was done.
    Dues.Entry wrong = entry("Procedure:procedure", resource("hl7v2/mdm-out", "withdraw"));
    assertTrue(
        messages
            .message(wrong, done.record().fhir(), later, AT)
            .orElseThrow()
            .message()
            .contains("|CD|"));
  }

  @Test
  void whoAsksForNothingInParticularGetsPeopleAndAppointments() {
    Destination usual = destination(Set.of(), Optional.empty());
    assertTrue(usual.tells("Patient") && usual.tells("Appointment"));
    assertFalse(usual.tells("Procedure:procedure") || usual.tells("Communication:commlog"));
    assertFalse(usual.parts().contains("Procedure:procedure"));
    assertTrue(
        destination(Set.of("ADT:PR1"), Optional.empty()).parts().contains("Procedure:procedure"));
    Destination charges = destination(Set.of("DFT"), Optional.empty());
    assertFalse(charges.tells("Patient") || charges.tells("Appointment"));
    assertEquals(Set.of(), charges.parts());
  }

  private static Optional<String> type(Dues.Entry entry, Destination destination) {
    return message(entry, destination).map(text -> text.split("\\|")[8]);
  }

  private static Optional<String> message(Dues.Entry entry, Destination destination) {
    return messages.message(entry, NEW, destination, AT).map(Hl7Messages.Told::message);
  }

  private static JsonNode resource(String mapping, String golden) {
    return Golden.all(mapping).stream()
        .filter(each -> each.folder().endsWith(golden))
        .findFirst()
        .orElseThrow()
        .input()
        .get("resource");
  }

  private static Dues.Entry entry(String resource, JsonNode fhir) {
    return new Dues.Entry(
        "elm",
        "engine",
        resource,
        12,
        12,
        fhir.get("id").asText(),
        new Dues.Version(1, fhir.toString(), "{}"),
        AT,
        Dues.Version.NONE,
        false,
        Dues.Version.NONE,
        "",
        "",
        1);
  }

  private static Destination destination(Set<String> types, Optional<String> mapping) {
    return destination(types, LocalDate.of(2026, 3, 2), mapping);
  }

  private static Destination destination(
      Set<String> types, LocalDate since, Optional<String> mapping) {
    return SomeDestination.hl7v2("engine").types(types).since(since).mapping(mapping).made();
  }
}
