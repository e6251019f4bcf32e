package pontic.send;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pontic.practice.Destination;

/**
 * A claim as a FHIR Bundle, and what the answer says of each entry.
 *
 * <p>Each version that is sent says in {@code meta.source} which it is ({@code urn:pontic:elm:17}),
 * so that it is recognised when it is read back. Not behind a {@code #}: HAPI's JPA server puts a
 * request id there.
 */
public final class Transactions {
  /** Something stands there, and the destination told no version of it. */
  static final String SOME = "*";

  /** A server may answer with the largest file of a document, which Base64 makes longer. */
  private static final int LONGEST_TEXT = 100_000_000;

  private final ObjectMapper json =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(LONGEST_TEXT).build())
                  .build())
          .build();
  private final OwnNumbers ownNumbers;

  public Transactions(OwnNumbers ownNumbers) {
    this.ownNumbers = ownNumbers;
  }

  /**
   * What the destination says of one entry.
   *
   * @param status HTTP
   * @param version ETag as it is; {@link #SOME} if it tells none
   * @param source {@code meta.source} without fragment, empty unless something was read
   * @param resource what was read; a missing node unless something was
   */
  record Answer(int status, String version, String source, JsonNode resource) {

    /** Without the resource: it is a patient's. */
    @Override
    public String toString() {
      return status + " " + version;
    }
  }

  /**
   * PUTs by id, all or none. A version that the destination told has to stand there still, and what
   * it never told must not: so a request that comes late overwrites nothing newer.
   */
  public String transaction(Claim claim, Destination destination) {
    ObjectNode bundle = bundle("transaction");
    for (Dues.Entry entry : claim.entries()) {
      ObjectNode one = bundle.withArray("entry").addObject();
      ObjectNode resource = resource(entry, destination);
      Optional.ofNullable(claim.files().get(entry.identity()))
          .ifPresent(file -> Enclosures.join(resource, file));
      one.set("resource", resource);
      ObjectNode request =
          one.putObject("request").put("method", "PUT").put("url", entry.identity());
      if (destination.versioned() && entry.remoteVersion().isEmpty()) {
        request.put("ifNoneMatch", "*");
      } else if (destination.versioned() && !entry.remoteVersion().equals(SOME)) {
        request.put("ifMatch", entry.remoteVersion());
      }
    }
    return bundle.toString();
  }

  /** As it goes: with the version that it is, and the destination's own numbers. */
  ObjectNode resource(Dues.Entry entry, Destination destination) {
    ObjectNode resource = (ObjectNode) read(entry.record().fhir());
    resource.withObject("/meta").put("source", source(entry, entry.version()));
    ownNumbers.add(resource, entry.practice(), destination, entry.resource(), entry.key());
    return resource;
  }

  /** GETs by id, each by itself. */
  public String reads(Claim claim) {
    return reads(claim.entries().stream().map(Dues.Entry::identity).toList());
  }

  /**
   * @param identities {@code Patient/elm-patient-12}
   */
  String reads(List<String> identities) {
    ObjectNode bundle = bundle("batch");
    for (String identity : identities) {
      bundle
          .withArray("entry")
          .addObject()
          .putObject("request")
          .put("method", "GET")
          .put("url", identity);
    }
    return bundle.toString();
  }

  /** True if what was read is the version whose attempt is unclear. */
  static boolean isAttempt(Dues.Entry entry, Answer answer) {
    return answer.source().equals(source(entry, entry.attempt().number()));
  }

  /** One for each entry of the claim in its order; empty if the answer is not such a Bundle. */
  List<Answer> answers(Claim claim, String answer) {
    return answers(claim.entries().size(), answer);
  }

  List<Answer> answers(int asked, String answer) {
    JsonNode entries = read(answer).path("entry");
    if (entries.size() != asked) {
      return List.of();
    }
    List<Answer> answers = new ArrayList<>();
    for (JsonNode entry : entries) {
      JsonNode response = entry.path("response");
      JsonNode meta = entry.path("resource").path("meta");
      answers.add(
          new Answer(
              status(response.path("status").asText()),
              version(response, meta),
              meta.path("source").asText().replaceFirst("#.*", ""),
              entry.path("resource")));
    }
    return answers;
  }

  private static int status(String status) {
    return status.matches("\\d{3}(\\D.*)?") ? Integer.parseInt(status.substring(0, 3)) : 0;
  }

  private static String version(JsonNode response, JsonNode meta) {
    String etag = response.path("etag").asText();
    String location = response.path("location").asText();
    String number =
        location.contains("/_history/")
            ? location.substring(location.lastIndexOf("/_history/") + "/_history/".length())
            : meta.path("versionId").asText();
    if (!etag.isBlank()) {
      return etag;
    }
    return number.isBlank() ? SOME : "W/\"" + number + "\"";
  }

  private static String source(Dues.Entry entry, long version) {
    return source(entry.practice(), version);
  }

  static String source(String practice, long version) {
    return "urn:pontic:" + practice + ":" + version;
  }

  private ObjectNode bundle(String type) {
    ObjectNode bundle = json.createObjectNode();
    bundle.put("resourceType", "Bundle").put("type", type);
    bundle.putArray("entry");
    return bundle;
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
