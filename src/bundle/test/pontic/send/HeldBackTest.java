package pontic.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.store.Store;

/** The clock of all lanes stands still while one look at what is due lasts. */
final class HeldBackTest {
  @TempDir Path folder;

  @Test
  void whatHoldsBackARowIsNotSearchedForAmongAllThatIsDueOfItsPatient() throws Exception {
    String clock =
        Files.readString(House.home().resolve("sql/wake-lanes.sql")).replace(":#now", "0");
    List<String> plan;
    try (Store store = Fixture.store(folder)) {
      plan =
          store.read(
              tx ->
                  tx.sql("explain query plan " + clock)
                      .query((row, number) -> row.getString("detail"))
                      .list());
    }
    assertTrue(plan.stream().anyMatch(step -> step.contains("due_tried")), plan.toString());
    assertTrue(plan.stream().anyMatch(step -> step.contains("delivery_unknown")), plan.toString());
    assertEquals(
        List.of(),
        plan.stream()
            .filter(
                step ->
                    step.matches(
                        ".* p USING .*due_patient \\(practice=\\? AND destination=\\? AND patient_key=\\?\\)"))
            .toList());
  }
}
