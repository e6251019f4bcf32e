package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnershipTest {
  @TempDir Path folder;

  @Test
  void theShippedFilesSayWhoDecides() {
    Ownership patient = Ownership.load(Path.of("../../mappings/ownership/patient.yaml"));
    assertEquals(Ownership.Owner.SHARED, patient.of("LName"));
    assertEquals(Ownership.Owner.OFFICE, patient.of("Guarantor"));
    Ownership appointment = Ownership.load(Path.of("../../mappings/ownership/appointment.yaml"));
    assertEquals(Ownership.Owner.SENDER, appointment.of("AptDateTime"));
    assertEquals(Ownership.Owner.SHARED, appointment.of("Note"));
  }

  @Test
  void aFieldThatNobodyNamedBelongsToTheOffice() throws IOException {
    assertEquals(Ownership.Owner.OFFICE, load("fields: {A: {owner: sender, reason: why}}").of("B"));
  }

  @Test
  void anUnknownOwnerAMissingReasonAndAnUnknownKeyAreProblems() {
    MappingsInvalid invalid =
        assertThrows(
            MappingsInvalid.class,
            () ->
                load(
                    "fields:\n  A: {owner: everyone, reason: why}\n  B: {owner: office}\n  C: {owner: office, reason: y, x: z}\n"));
    assertEquals(3, invalid.problems().size());
    assertTrue(invalid.getMessage().contains("A: owner must be"), invalid.getMessage());
  }

  private Ownership load(String text) throws IOException {
    Path file = folder.resolve("patient.yaml");
    Files.writeString(file, text);
    return Ownership.load(file);
  }
}
