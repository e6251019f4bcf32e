package pontic.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A CodeableConcept as whoever receives it can use it: by codes of known systems, or in words. */
record Concept(JsonNode node) {
  static final String UNIVERSAL =
      "http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem";
  static final String ISO = "urn:iso:std:iso:3950";
  static final String SURFACE = "http://terminology.hl7.org/CodeSystem/ADAToothSurfaceCodes";
  static final String AREA = "http://terminology.hl7.org/CodeSystem/ADAAreaOralCavitySystem";
  static final String LOINC = "http://loinc.org";
  private static final String ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

  /** How much of it a program can use. */
  enum Use {
    CODED("coded"),
    OWN("the practice's or Pontic's own code only"),
    WORDS("in words only"),
    UNKNOWN("unknown");

    private final String text;

    Use(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /** The code of a system; empty if it has none of it. */
  Optional<String> code(String system) {
    for (JsonNode coding : node.path("coding")) {
      if (coding.path("system").asText().equals(system)) {
        return Optional.of(coding.path("code").asText());
      }
    }
    return Optional.empty();
  }

  /** Whether one of its codings is this one. */
  boolean is(String system, String code) {
    for (JsonNode coding : node.path("coding")) {
      if (coding.path("system").asText().equals(system)
          && coding.path("code").asText().equals(code)) {
        return true;
      }
    }
    return false;
  }

  /** Its words, else its codes; "" if it has neither. */
  String words() {
    String text = node.path("text").asText();
    if (!text.isBlank()) {
      return text;
    }
    return code(ABSENT).map(why -> "not said (" + why + ")").orElse(String.join(", ", codes()));
  }

  /** Each as {@code system|code}, the system by its usual name. */
  List<String> codes() {
    List<String> codes = new ArrayList<>();
    for (JsonNode coding : node.path("coding")) {
      String display = coding.path("display").asText();
      codes.add(
          system(coding.path("system").asText())
              + " "
              + coding.path("code").asText()
              + (display.isEmpty() ? "" : " (" + display + ")"));
    }
    return codes;
  }

  /** Its codes, unless they are all that there is to read already. */
  String codesBeside() {
    String codes = String.join(", ", codes());
    return codes.equals(words()) ? "" : codes;
  }

  Use use() {
    boolean own = false;
    boolean absent = false;
    for (JsonNode coding : node.path("coding")) {
      String system = coding.path("system").asText();
      if (system.equals(ABSENT)) {
        absent = true;
      } else if (system.isEmpty() || system.startsWith("urn:pontic:")) {
        own = true;
      } else {
        return Use.CODED;
      }
    }
    return own ? Use.OWN : node.path("text").asText().isBlank() || absent ? Use.UNKNOWN : Use.WORDS;
  }

  private static String system(String url) {
    return switch (url) {
      case "http://snomed.info/sct" -> "SNOMED CT";
      case LOINC -> "LOINC";
      case "http://www.nlm.nih.gov/research/umls/rxnorm" -> "RxNorm";
      case "http://hl7.org/fhir/sid/icd-10-cm" -> "ICD-10-CM";
      case "http://hl7.org/fhir/sid/icd-9-cm" -> "ICD-9-CM";
      case "http://fdasis.nlm.nih.gov" -> "UNII";
      case "http://www.ada.org/cdt" -> "CDT";
      case UNIVERSAL -> "Universal";
      case ISO -> "ISO 3950";
      case SURFACE -> "ADA surface";
      case AREA -> "ADA area";
      case "" -> "no system";
      default -> url.startsWith("urn:") ? url : url.replaceFirst("^.*/", "");
    };
  }
}
