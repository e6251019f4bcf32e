package pontic.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** FHIR JSON of a record. */
final class Resource {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Resource() {}

  /** The columns of a row as JSON. */
  static String text(Row row) {
    try {
      return JSON.writeValueAsString(row.columns());
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes the row.
      throw new IllegalStateException("A row has a column that is neither text nor number");
    }
  }

  /** The columns that {@link #text} wrote. */
  static Map<String, Object> columns(String text) {
    try {
      return JSON.readValue(text, new TypeReference<Map<String, Object>>() {});
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes the row.
      throw new IllegalStateException("The columns of a stored record are not JSON");
    }
  }

  static ObjectNode read(String fhir) {
    try {
      return (ObjectNode) JSON.readTree(fhir);
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes the resource.
      throw new IllegalStateException("A stored record is not JSON");
    }
  }

  /**
   * The resource as it must look once its row is gone: what was told is to be taken back, not only
   * forgotten.
   */
  static ObjectNode withdrawn(ObjectNode resource) {
    ObjectNode withdrawn = resource.deepCopy();
    switch (resource.path("resourceType").asText()) {
      case "Patient",
          "Practitioner",
          "PractitionerRole",
          "Organization",
          "Person",
          "RelatedPerson",
          "Schedule" -> {
        return withdrawn.put("active", false);
      }
      case "AllergyIntolerance" -> {
        return inError(withdrawn, "allergyintolerance-verification");
      }
      case "Condition" -> {
        return inError(withdrawn, "condition-ver-status");
      }
      // A mark that was taken off was right while it stood.
      case "Location", "Flag" -> {
        return withdrawn.put("status", "inactive");
      }
      default -> {
        if (withdrawn.path("status").asText().equals("cancelled") && !withdrawn.has("start")) {
          // R4 app-3: without times it may only be proposed, cancelled or waitlisted.
          return withdrawn;
        }
        withdrawn.remove("cancelationReason");
        return withdrawn.put("status", "entered-in-error");
      }
    }
  }

  /** R4 ait-2, con-5: what was entered in error has no clinical status; con-4: nor an end. */
  private static ObjectNode inError(ObjectNode withdrawn, String system) {
    withdrawn.remove(List.of("clinicalStatus", "abatementDateTime"));
    withdrawn
        .putObject("verificationStatus")
        .putArray("coding")
        .addObject()
        .put("system", "http://terminology.hl7.org/CodeSystem/" + system)
        .put("code", "entered-in-error");
    return withdrawn;
  }
}
