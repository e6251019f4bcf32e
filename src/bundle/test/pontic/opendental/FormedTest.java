package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FormedTest {
  @Test
  void whatTheApiWouldRefuseIsLeftOutAndNamedWithoutItsValue() throws Exception {
    Formed formed =
        Formed.of(
            json("{'LName':'Marsh','Zip':'EC1A 1BB','State':'Kent','SSN':'12'}"),
            Left.NOTHING,
            Map.of());
    assertEquals(json("{'LName':'Marsh','Zip':'','State':''}"), formed.fields());
    assertEquals(
        List.of(
            "SSN was left out: Open Dental takes none of that form",
            "State was left out: Open Dental takes none of that form",
            "Zip was left out: Open Dental takes none of that form"),
        formed.warnings());
  }

  @Test
  void whatItTakesAndWhatIsDeletedStays() throws Exception {
    for (String zip : List.of("97301", "97301-1234", "973011234", "K1A 0B1", "")) {
      JsonNode wanted = json("{'Zip':'" + zip + "','State':'OR','SSN':'123456789','City':null}");
      assertEquals(wanted, Formed.of(wanted, Left.NOTHING, Map.of()).fields());
      assertEquals(List.of(), Formed.of(wanted, Left.NOTHING, Map.of()).warnings());
    }
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }
}
