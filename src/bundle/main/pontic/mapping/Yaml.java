package pontic.mapping;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the YAML files that stand beside mappings; what is wrong becomes a {@link Problem}. */
final class Yaml {
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

  private final List<Problem> problems;

  Yaml(List<Problem> problems) {
    this.problems = problems;
  }

  /** The file's top-level object, if it is one and has no other keys than these. */
  Optional<JsonNode> object(Path file, String name, Set<String> keys) {
    try {
      JsonNode node = MAPPER.readTree(Files.readString(file));
      if (!node.isObject()) {
        problems.add(new Problem(name, 1, "expected keys and values"));
        return Optional.empty();
      }
      List<String> unknown = new ArrayList<>();
      node.fieldNames()
          .forEachRemaining(
              key -> {
                if (!keys.contains(key)) {
                  unknown.add(key);
                }
              });
      for (String key : unknown) {
        problems.add(
            new Problem(
                name, line(file, key), "unknown key '" + key + "'; known are " + sorted(keys)));
      }
      return unknown.isEmpty() ? Optional.of(node) : Optional.empty();
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      problems.add(
          new Problem(
              name,
              at == null ? 0 : at.getLineNr(),
              e.getOriginalMessage().lines().findFirst().orElse("not YAML")));
    } catch (IOException e) {
      problems.add(new Problem(name, 0, "cannot be read"));
    }
    return Optional.empty();
  }

  private static String sorted(Set<String> keys) {
    return String.join(", ", keys.stream().sorted().toList());
  }

  private static int line(Path file, String key) throws IOException {
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(key + ":")) {
        return i + 1;
      }
    }
    return 0;
  }
}
