package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import pontic.hl7.Hl7Json;
import pontic.hl7.MessageHeader;

/**
 * {@code golden/<mapping>/<case>/} holds {@code input.hl7} or {@code input.json}, optionally {@code
 * variables.json}, and {@code expected.json}: the result, or {@code {"fails": text}}. A dash in the
 * mapping's folder stands for the slash in its name. In {@code input.hl7} a line is a segment.
 */
public record Golden(Path folder, JsonNode input, Map<String, JsonNode> variables) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path ALL = Path.of("test/golden");

  /** In the order of their folders. */
  public static List<Golden> all() {
    try (Stream<Path> found = Files.walk(ALL, 2)) {
      return found
          .filter(path -> ALL.relativize(path).getNameCount() == 2)
          .sorted()
          .map(Golden::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static List<Golden> all(String mapping) {
    return all().stream().filter(golden -> golden.mapping().equals(mapping)).toList();
  }

  private static Golden of(Path folder) {
    try {
      Map<String, JsonNode> variables = new HashMap<>();
      JsonNode input;
      Path message = folder.resolve("input.hl7");
      variables.put("zone", TextNode.valueOf("America/New_York"));
      variables.put("practice", TextNode.valueOf("elm"));
      if (Files.exists(message)) {
        byte[] bytes = Files.readAllBytes(message);
        input = new Hl7Json().parse(bytes);
        variables.put("sender", TextNode.valueOf(MessageHeader.read(bytes).sender()));
      } else {
        input = JSON.readTree(Files.readString(folder.resolve("input.json")));
      }
      Path given = folder.resolve("variables.json");
      if (Files.exists(given)) {
        JSON.readTree(Files.readString(given))
            .fields()
            .forEachRemaining(each -> variables.put(each.getKey(), each.getValue()));
      }
      return new Golden(folder, input, variables);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String mapping() {
    return folder.getParent().getFileName().toString().replaceFirst("-", "/");
  }

  public JsonNode expected() throws IOException {
    return JSON.readTree(Files.readString(folder.resolve("expected.json")));
  }

  JsonNode run(Mappings mappings) {
    try {
      return mappings.mapper(mapping()).map(input, variables);
    } catch (MappingException e) {
      ObjectNode failed = JsonNodeFactory.instance.objectNode();
      return failed.put("fails", e.getMessage());
    }
  }

  /**
   * A resource without our own words about fields that have no element: what others compare has
   * none (decision 0394).
   */
  static JsonNode standard(JsonNode resource) {
    JsonNode copy = resource.deepCopy();
    if (copy.path("extension") instanceof ArrayNode extensions) {
      for (int i = extensions.size() - 1; i >= 0; i--) {
        if (extensions.path(i).path("url").asText().equals("urn:pontic:fhir:left")) {
          extensions.remove(i);
        }
      }
      if (extensions.isEmpty()) {
        ((ObjectNode) copy).remove("extension");
      }
    }
    return copy;
  }

  @Override
  public String toString() {
    return ALL.relativize(folder).toString();
  }
}
