package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pontic.hl7.Hl7Text;

/**
 * What a chart says of a place is told, whatever the code's area: an office may have changed the
 * area after it charted, and the API takes any of them with any code.
 */
class BodySitesTest {
  private static final Mappings MAPPINGS = Mappings.load(Path.of("..", "..", "mappings"));
  private static final List<Golden> GOLDEN = Golden.all();
  private static final List<String> TEETH = Arrays.asList(null, "", " ", "14", "AS", "A");
  private static final List<String> SURFACES =
      Arrays.asList(null, "", "MO", "V", "BLV", "UR", "U", "1", "9");
  private static final List<String> RANGES = Arrays.asList(null, "", ",", "2,3", " 14 , A,14");

  /** Where the area gives them a meaning, letters are told as the digits of the ADA. */
  private static final Map<String, String> DIGITS = Map.of("4 UR", "10", "6 U", "01", "5 1", "03");

  @ParameterizedTest
  @CsvSource({
    "outbound/procedure, outbound-procedure/filling",
    "outbound/planned, outbound-planned/planned",
    "outbound/diagnosed, outbound-diagnosed/diagnosis-of-a-filling"
  })
  void toothSurfacesAndRangeAreToldWhateverTheArea(String mapping, String like) {
    List<String> untold = new ArrayList<>();
    int rows = 0;
    for (ObjectNode row : rows(like)) {
      JsonNode told = MAPPINGS.mapper(mapping).map(row, golden(like).variables());
      Set<String> lacking = lacking(row, told.path("bodySite"));
      if (!lacking.isEmpty()) {
        untold.add(lacking + " of " + place(row) + " in " + told.path("bodySite"));
      }
      rows++;
    }
    assertEquals(List.of(), untold.stream().limit(20).toList(), untold.size() + " of " + rows);
    assertEquals(10 * 6 * 9 * 5 * 2, rows);
  }

  /** FT1-26 and PR1-16 are made of the body sites: nothing that they say is lost on the way. */
  @Test
  void anEngineIsToldTheSame() {
    Golden message = golden("hl7v2-dft-out/charge");
    Golden like = golden("outbound-procedure/filling");
    for (ObjectNode row : rows("outbound-procedure/filling")) {
      JsonNode told = MAPPINGS.mapper("outbound/procedure").map(row, like.variables());
      ObjectNode input = message.input().deepCopy();
      input.set("resource", told);
      String bytes =
          new String(
              new Hl7Text().write(MAPPINGS.mapper("hl7v2/dft-out").map(input, message.variables())),
              StandardCharsets.UTF_8);
      for (Map.Entry<String, Integer> field : Map.of("FT1", 26, "PR1", 16).entrySet()) {
        String[] fields =
            bytes
                .lines()
                .filter(line -> line.startsWith(field.getKey() + "|"))
                .findFirst()
                .orElseThrow()
                .split("\\|");
        String modifiers = fields.length > field.getValue() ? fields[field.getValue()] : "";
        assertEquals(
            texts(told.path("bodySite")),
            Arrays.stream(modifiers.split("~"))
                .filter(each -> !each.isEmpty())
                .map(each -> each.split("\\^")[1])
                .toList(),
            () -> field + " of " + place(row));
      }
    }
  }

  /** Each blank and filled value of each column beside each of the others. */
  private static List<ObjectNode> rows(String like) {
    List<ObjectNode> rows = new ArrayList<>();
    for (Integer area : Arrays.asList(null, 0, 1, 2, 3, 4, 5, 6, 7, 8)) {
      for (String tooth : TEETH) {
        for (String surf : SURFACES) {
          for (String range : RANGES) {
            for (int also = 0; also < 2; also++) {
              ObjectNode row = golden(like).input().deepCopy();
              row.set(
                  "TreatArea",
                  area == null ? JsonNodeFactory.instance.nullNode() : IntNode.valueOf(area));
              row.put("ToothNum", tooth).put("Surf", surf).put("ToothRange", range);
              rows.add(row.put("AreaAlsoToothRange", also));
            }
          }
        }
      }
    }
    return rows;
  }

  /** What of a row no body site says, by its words or by the code of an area. */
  private static Set<String> lacking(ObjectNode row, JsonNode sites) {
    Set<String> words =
        texts(sites).stream()
            .flatMap(text -> Arrays.stream(text.split("[ ,]+")))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> lacking = new TreeSet<>();
    for (String column : List.of("ToothNum", "Surf", "ToothRange")) {
      for (String value : row.path(column).asText("").split(",")) {
        String charted = row.path(column).isNull() ? "" : value.trim();
        String digits = DIGITS.get(row.path("TreatArea").asText() + " " + charted);
        boolean area =
            column.equals("Surf")
                && digits != null
                && sites.findValuesAsText("code").contains(digits);
        if (!charted.isEmpty() && !area && !words.contains(charted)) {
          lacking.add(column);
        }
      }
    }
    return lacking;
  }

  private static List<String> texts(JsonNode sites) {
    return StreamSupport.stream(sites.spliterator(), false)
        .map(each -> each.path("text").asText())
        .toList();
  }

  private static String place(ObjectNode row) {
    return row.retain("TreatArea", "ToothNum", "Surf", "ToothRange", "AreaAlsoToothRange")
        .toString();
  }

  private static Golden golden(String folder) {
    List<Golden> found = GOLDEN.stream().filter(each -> each.toString().equals(folder)).toList();
    assertTrue(found.size() == 1, folder);
    return found.get(0);
  }
}
