package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnershipTest {
  @TempDir Path folder;

  @Test
  void theShippedFilesSayWhoDecides() {
    Path shipped = Path.of("../../mappings");
    Ownership patient = Ownership.shipped(shipped, "patient");
    assertEquals(Ownership.Owner.SHARED, patient.of("ANY", "LName"));
    assertEquals(Ownership.Owner.OFFICE, patient.of("ANY", "Guarantor"));
    Ownership appointment = Ownership.shipped(shipped, "appointment");
    assertEquals(Ownership.Owner.SENDER, appointment.of("ANY", "AptDateTime"));
    assertEquals(Ownership.Owner.SHARED, appointment.of("ANY", "Note"));
  }

  @Test
  void aFieldThatNobodyNamedBelongsToTheOffice() throws IOException {
    assertEquals(
        Ownership.Owner.OFFICE,
        load("fields: {A: {owner: sender, reason: why}}", "").of("ANY", "B"));
  }

  @Test
  void aPracticeSaysOtherwiseForAllSendersOrForOne() throws IOException {
    Ownership both =
        load(
            "fields: {A: {owner: shared, reason: why}, B: {owner: shared, reason: why}}",
            """
            fields:
              A: {owner: office, reason: Ours}
            senders:
              LAKE|EHR:
                B: {owner: sender, reason: They ask at each visit}
            flips: {most: 1, hours: 2}
            """);
    assertEquals(Ownership.Owner.OFFICE, both.of("LAKE|EHR", "A"));
    assertEquals(Ownership.Owner.SENDER, both.of("LAKE|EHR", "B"));
    assertEquals(Ownership.Owner.SHARED, both.of("LAKE|LAB", "B"));
    assertEquals(new Ownership.Flips(1, Duration.ofHours(2)), both.flips());
  }

  @Test
  void anUnknownOwnerAMissingReasonAndAnUnknownKeyAreProblems() {
    MappingsInvalid invalid =
        assertThrows(
            MappingsInvalid.class,
            () ->
                load(
                    "fields:\n  A: {owner: everyone, reason: why}\n  B: {owner: office}\n  C: {owner: office, reason: y, x: z}\n",
                    ""));
    assertEquals(3, invalid.problems().size());
    assertTrue(invalid.getMessage().contains("A: owner must be"), invalid.getMessage());
  }

  @Test
  void aFieldThatTheShippedFileDoesNotNameAndFlipsWithoutEndAreProblems() {
    MappingsInvalid invalid =
        assertThrows(
            MappingsInvalid.class,
            () ->
                load(
                    "fields: {A: {owner: shared, reason: why}}",
                    "senders: {X: {Z: {owner: office, reason: y}}}\nflips: {most: 0, hours: 1}\n"));
    assertEquals(2, invalid.problems().size());
    assertTrue(invalid.problems().get(0).file().startsWith("practices/"), "" + invalid.problems());
  }

  private Ownership load(String shipped, String own) throws IOException {
    Path practice = folder.resolve("practices/elm");
    for (Path place : List.of(folder, practice)) {
      Files.createDirectories(place.resolve("ownership"));
    }
    Files.writeString(folder.resolve("ownership/patient.yaml"), shipped);
    if (!own.isEmpty()) {
      Files.writeString(practice.resolve("ownership/patient.yaml"), own);
    }
    return Ownership.shipped(folder, "patient").with(practice, "patient");
  }
}
