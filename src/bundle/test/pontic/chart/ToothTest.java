package pontic.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pontic.translate.UsCore;

/** Where teeth and their surfaces are drawn. */
final class ToothTest {
  private static final List<Tooth> ALL =
      Stream.concat(
              IntStream.rangeClosed(1, 32).mapToObj(Tooth::permanent),
              IntStream.range(0, 20).mapToObj(Tooth::primary))
          .toList();

  /** The drawing counts for itself, so that a wrong line of the table is seen. */
  @Test
  void bothNumbersOfATransmittedToothAreTheSameTooth() throws Exception {
    JsonNode codes =
        new ObjectMapper(new YAMLFactory())
            .readTree(Path.of("../../mappings/codes/tooth-iso.yaml").toFile())
            .path("codes");
    assertEquals(ALL.size(), codes.size());
    for (Map.Entry<String, JsonNode> each : codes.properties()) {
      Tooth tooth = Tooth.ofUniversal(each.getKey()).orElseThrow();
      assertEquals(each.getValue().asText(), tooth.iso());
      assertEquals(Optional.of(tooth), Tooth.ofIso(each.getValue().asText()));
    }
  }

  @Test
  void everyToothHasAPlaceOfItsOwnWithThePatientsRightOnTheLeft() {
    Set<String> places = new HashSet<>();
    ALL.forEach(each -> places.add(each.isPrimary() + " " + each.isUpper() + " " + each.column()));
    assertEquals(52, places.size());
    for (Map.Entry<String, Integer> each :
        Map.of(
                "1", 0, "8", 7, "9", 8, "16", 15, "17", 15, "32", 0, "A", 3, "J", 12, "K", 12, "T",
                3)
            .entrySet()) {
      assertEquals(
          each.getValue(), Tooth.ofUniversal(each.getKey()).orElseThrow().column(), each::toString);
    }
  }

  @Test
  void aSupernumeraryToothStandsBesideItsUsualOneAndHasNoIsoNumber() {
    for (Map.Entry<String, String> each :
        Map.of("51", "1", "58", "8", "82", "32", "AS", "A", "TS", "T").entrySet()) {
      Tooth tooth = Tooth.ofUniversal(each.getKey()).orElseThrow();
      assertEquals(each.getValue(), tooth.beside().number());
      assertEquals("", tooth.iso());
    }
    for (String none : List.of("0", "33", "50", "83", "U", "SS1", "", "1S", "19 ")) {
      assertEquals(Optional.empty(), Tooth.ofUniversal(none), none);
    }
  }

  /** Of each quarter one back tooth: facial lies outward, mesial towards the midline. */
  @Test
  void surfacesLieWhereADentistLooksForThem() {
    String up = "0,0 40,0 28,12 12,12";
    String right = "40,0 40,40 28,28 28,12";
    String down = "0,40 40,40 28,28 12,28";
    String left = "0,0 0,40 12,28 12,12";
    for (Map.Entry<String, List<String>> each :
        Map.of(
                "3", List.of(up, down, right, left),
                "14", List.of(up, down, left, right),
                "19", List.of(down, up, left, right),
                "30", List.of(down, up, right, left),
                "T", List.of(down, up, right, left))
            .entrySet()) {
      Tooth tooth = Tooth.ofUniversal(each.getKey()).orElseThrow();
      List<String> drawn =
          Stream.of("B", "L", "M", "D").map(letter -> ToothDrawing.surface(tooth, letter)).toList();
      assertEquals(each.getValue(), drawn, each.getKey());
      assertEquals(ToothDrawing.surface(tooth, "B"), ToothDrawing.surface(tooth, "F"));
      assertEquals("12,12 28,12 28,28 12,28", ToothDrawing.surface(tooth, "O"));
      assertEquals("", ToothDrawing.surface(tooth, "V"));
    }
  }

  /**
   * The value set of HL7's dental guide is in Universal order; its words say jaw, side and kind.
   * That its twenty primary teeth are called permanent is a mistake of the guide (fhir-profiles.md
   * 10).
   */
  @Test
  void theSnomedCodeOfAToothIsThatOfTheDentalGuide() throws Exception {
    assumeTrue(UsCore.isThere(), UsCore.MISSING);
    JsonNode codes =
        new ObjectMapper(new YAMLFactory())
            .readTree(Path.of("../../mappings/codes/tooth-snomed.yaml").toFile())
            .path("codes");
    assertEquals(ALL.size(), codes.size());
    List<JsonNode> concepts = new ArrayList<>();
    for (JsonNode include :
        UsCore.dental("ValueSet-tooth-identification-valueset.json").at("/compose/include")) {
      if (include.path("system").asText().equals("http://snomed.info/sct")) {
        include.path("concept").forEach(concepts::add);
      }
    }
    for (int at = 0; at < ALL.size(); at++) {
      Tooth tooth = ALL.get(at);
      assertEquals(
          concepts.get(at).path("code").asText(),
          codes.path(tooth.number()).asText(),
          tooth::number);
      String words = concepts.get(at).path("display").asText();
      assertTrue(
          words.matches(tooth.isUpper() ? ".*(upper|maxillary).*" : ".*(lower|mandibular).*"),
          words);
      assertTrue(words.contains(tooth.isOnTheRight() ? " right " : " left "), words);
      assertTrue(words.contains(tooth.shape().name().toLowerCase(Locale.ROOT)), words);
    }
  }
}
