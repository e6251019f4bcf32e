package pontic.understand;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose a resource is that came alone: a Patient with the identifiers by which it names its
 * patient, so that he is found as in any message (decision 0262).
 */
final class Subject {
  private static final Pattern LOGICAL = Pattern.compile("(?:Patient/)?([A-Za-z0-9.-]{1,64})");

  private Subject() {}

  static boolean isPatient(JsonNode resource) {
    return resource.path("resourceType").asText().equals("Patient");
  }

  /**
   * @throws NotUnderstood if the resource names no patient, or one that stands elsewhere
   */
  static JsonNode bundle(Understanding message) {
    ObjectNode resource = message.json().deepCopy();
    if (message.type().endsWith("/update") && !resource.path("identifier").isObject()) {
      // The id under which a client updates is its number for it.
      LogicalId number =
          id(message, resource.path("resourceType").asText(), resource.path("id").asText());
      resource
          .withArray("identifier")
          .insertObject(0)
          .put("system", number.system())
          .put("value", number.value());
    }
    ObjectNode bundle =
        JsonNodeFactory.instance
            .objectNode()
            .put("resourceType", "Bundle")
            .put("type", "collection");
    bundle.putArray("entry").addObject().set("resource", patient(message, resource));
    bundle.withArray("entry").addObject().set("resource", resource);
    return bundle;
  }

  private static JsonNode patient(Understanding message, JsonNode resource) {
    JsonNode reference =
        Optional.of(resource.path("subject"))
            .filter(JsonNode::isObject)
            .or(() -> Optional.of(resource.path("patient")).filter(JsonNode::isObject))
            .or(() -> Optional.of(resource.path("beneficiary")).filter(JsonNode::isObject))
            // Of a payment the one whom it is for.
            .orElseGet(() -> resource.path("detail").path(0).path("request"));
    String literal = reference.path("reference").asText();
    if (literal.startsWith("#")) {
      for (JsonNode contained : resource.path("contained")) {
        if (isPatient(contained) && contained.path("id").asText().equals(literal.substring(1))) {
          return contained;
        }
      }
      throw new NotUnderstood("it names a contained patient that it does not contain");
    }
    ObjectNode patient = JsonNodeFactory.instance.objectNode().put("resourceType", "Patient");
    JsonNode identifier = reference.path("identifier");
    if (!identifier.path("value").asText().isBlank()) {
      patient.withArray("identifier").add(identifier);
    }
    if (!literal.isEmpty()) {
      Matcher logical = LOGICAL.matcher(literal);
      if (!logical.matches()) {
        throw new NotUnderstood(
            "its patient stands elsewhere; name it by identifier, by Patient/<id>, or contain it");
      }
      number(message, patient, logical.group(1));
    }
    if (patient.isEmpty() || !patient.has("identifier")) {
      throw new NotUnderstood(
          "it does not say whose it is (subject, patient or beneficiary; detail.request of a payment)");
    }
    return patient;
  }

  /** Our own id of a patient, as the practice's resources bear it, or the client's own. */
  private static void number(Understanding message, ObjectNode patient, String id) {
    LogicalId number = id(message, "Patient", id);
    patient
        .withArray("identifier")
        .addObject()
        .put("system", number.system())
        .put("value", number.value());
  }

  private static LogicalId id(Understanding message, String type, String id) {
    return LogicalId.of(message.practice(), message.sender(), type, id);
  }
}
