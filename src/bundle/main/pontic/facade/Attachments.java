package pontic.facade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;

/**
 * Puts the bytes that a DocumentReference refers to into it, since nothing is fetched later, and
 * holds what it says of them against them (decision 0363).
 */
final class Attachments {
  private static final int SHA1_BYTES = 20;

  private final Function<String, Optional<File>> files;

  /**
   * A Binary that goes with a document.
   *
   * @param entry place in the Bundle, -1 if the document contains it
   * @param at FHIRPath of the Binary
   */
  record File(int entry, String at, ObjectNode binary) {}

  /**
   * @param files what the request holds under a url
   */
  Attachments(Function<String, Optional<File>> files) {
    this.files = files;
  }

  /**
   * @param document changed: its attachments hold their bytes
   * @param at FHIRPath of the document
   * @return places of the Binaries that are in it now
   * @throws FhirFault if a Binary is not there, or is another than the document says
   */
  Set<Integer> fill(ObjectNode document, String at) {
    Set<Integer> used = new TreeSet<>();
    Set<String> inside = new TreeSet<>();
    JsonNode contents = document.path("content");
    for (int i = 0; i < contents.size(); i++) {
      if (contents.get(i).path("attachment") instanceof ObjectNode attachment) {
        String place = at + ".content[" + i + "].attachment";
        String url = attachment.path("url").asText();
        Optional<File> file = url.startsWith("#") ? contained(document, url, at) : files.apply(url);
        file.ifPresent(
            found -> {
              take(attachment, place, found);
              used.add(found.entry());
              if (found.entry() < 0) {
                inside.add(url.substring(1));
              }
            });
        if (file.isEmpty() && !attachment.has("data") && isInside(url)) {
          throw new FhirFault(
              400,
              IssueType.NOTFOUND,
              place + ".url",
              "the request does not hold what this refers to");
        }
        if (attachment.has("data")) {
          check(attachment, place);
        }
      }
    }
    taken(document, at, inside);
    used.remove(-1);
    return used;
  }

  /**
   * Bytes that an attachment has now are not kept twice; of others nothing would be kept.
   *
   * @param inside ids of contained Binaries whose bytes were taken
   */
  private static void taken(ObjectNode document, String at, Set<String> inside) {
    JsonNode contained = document.path("contained");
    for (int i = 0; i < contained.size(); i++) {
      boolean isBinary = contained.get(i).path("resourceType").asText().equals("Binary");
      if (isBinary && !inside.contains(contained.get(i).path("id").asText())) {
        throw new FhirFault(
            422,
            IssueType.BUSINESSRULE,
            at + ".contained[" + i + "]",
            "no attachment of the document refers to these bytes, and nothing else of them is kept");
      }
    }
    // What else refers to one still finds it.
    for (JsonNode each : contained) {
      if (each instanceof ObjectNode binary
          && binary.path("resourceType").asText().equals("Binary")) {
        binary.retain("resourceType", "id", "contentType");
      }
    }
  }

  /** A url that can mean nothing but a part of the request. */
  private static boolean isInside(String url) {
    return url.startsWith("urn:") || url.startsWith("#") || url.startsWith("Binary/");
  }

  private static Optional<File> contained(ObjectNode document, String url, String at) {
    JsonNode all = document.path("contained");
    for (int i = 0; i < all.size(); i++) {
      boolean isMeant =
          all.get(i).path("resourceType").asText().equals("Binary")
              && url.equals("#" + all.get(i).path("id").asText());
      if (isMeant && all.get(i) instanceof ObjectNode binary) {
        return Optional.of(new File(-1, at + ".contained[" + i + "]", binary));
      }
    }
    return Optional.empty();
  }

  private static void take(ObjectNode attachment, String place, File file) {
    String bytes = new Base64Text(file.binary().path("data").asText()).plain();
    if (bytes.isEmpty()) {
      throw new FhirFault(
          422, IssueType.REQUIRED, file.at() + ".data", "the bytes of a document are not there");
    }
    String type = file.binary().path("contentType").asText();
    if (!attachment.has("contentType")) {
      attachment.put("contentType", type);
    } else if (!MediaSigns.plain(type)
        .equals(MediaSigns.plain(attachment.path("contentType").asText()))) {
      throw new FhirFault(
          422,
          IssueType.BUSINESSRULE,
          place + ".contentType",
          "the document and the Binary that it refers to name two media types");
    }
    if (attachment.has("data")
        && !new Base64Text(attachment.path("data").asText()).plain().equals(bytes)) {
      throw new FhirFault(
          422,
          IssueType.BUSINESSRULE,
          place + ".data",
          "these bytes are not those of the Binary that the document refers to");
    }
    attachment.put("data", bytes);
    attachment.remove("url");
  }

  private static void check(ObjectNode attachment, String place) {
    Base64Text data = new Base64Text(attachment.path("data").asText());
    if (!data.isSound()) {
      throw new FhirFault(
          400, IssueType.VALUE, place + ".data", "this value is not a base64Binary of R4");
    }
    attachment.put("data", data.plain());
    if (attachment.has("contentType")
        && !MediaSigns.fit(
            attachment.path("contentType").asText(), data.first(MediaSigns.LOOKED_AT))) {
      throw new FhirFault(
          422,
          IssueType.BUSINESSRULE,
          place + ".contentType",
          "the bytes are none of this media type");
    }
    String hash = attachment.path("hash").asText();
    if (!attachment.has("size") && hash.isEmpty()) {
      return;
    }
    Base64Text.Measure measure = data.measure();
    if (attachment.has("size") && attachment.path("size").asLong() != measure.size()) {
      throw new FhirFault(
          422, IssueType.BUSINESSRULE, place + ".size", "so many bytes are not there");
    }
    byte[] said =
        new Base64Text(hash).isSound() ? new Base64Text(hash).first(hash.length()) : new byte[0];
    // Of another length it is no SHA-1, which is what R4 has there, and says nothing.
    if (said.length == SHA1_BYTES
        && !Base64.getEncoder()
            .encodeToString(said)
            .equals(Base64.getEncoder().encodeToString(measure.sha1()))) {
      throw new FhirFault(
          422, IssueType.BUSINESSRULE, place + ".hash", "the bytes are not those of this hash");
    }
  }
}
