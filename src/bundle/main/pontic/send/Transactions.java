package pontic.send;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A claim as a FHIR transaction Bundle of PUTs by id, and its answer. */
public final class Transactions {
  private final ObjectMapper json = new ObjectMapper();

  public String bundle(Claim claim) {
    ObjectNode bundle = json.createObjectNode();
    bundle.put("resourceType", "Bundle").put("type", "transaction");
    ArrayNode entries = bundle.putArray("entry");
    for (Claim.Entry entry : claim.entries()) {
      ObjectNode one = entries.addObject();
      one.set("resource", read(entry.fhir()));
      one.putObject("request")
          .put("method", "PUT")
          .put("url", entry.resource() + "/" + entry.fhirId());
    }
    return bundle.toString();
  }

  /** True if the answer says of every entry that it was stored. */
  public boolean covers(Claim claim, String answer) {
    JsonNode entries = read(answer).path("entry");
    if (entries.size() != claim.entries().size()) {
      return false;
    }
    for (JsonNode entry : entries) {
      if (!entry.path("response").path("status").asText().startsWith("2")) {
        return false;
      }
    }
    return true;
  }

  private JsonNode read(String text) {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes what it read.
      throw new IllegalArgumentException("Expected JSON and got something else");
    }
  }
}
