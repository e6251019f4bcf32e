package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where in a mapping's input certain texts stand, by the names of a person who has to look there:
 * {@code PID-7}, {@code SCH-11.4}, {@code Communication.sent}. The texts themselves are never told.
 */
record Places(Set<String> names) {
  private static final int MOST = 5;
  private static final String SEGMENTS = "segments";

  static Places holding(Set<String> texts, JsonNode input) {
    Set<String> names = new TreeSet<>();
    if (!texts.isEmpty() && input.path(SEGMENTS).isArray()) {
      input
          .properties()
          .forEach(
              segment -> {
                if (!segment.getKey().equals(SEGMENTS)) {
                  segment.getValue().forEach(each -> fields(names, texts, segment.getKey(), each));
                }
              });
    } else if (!texts.isEmpty()) {
      elements(names, texts, input.path("resourceType").asText(), input);
    }
    return new Places(names);
  }

  private static void fields(Set<String> names, Set<String> texts, String name, JsonNode segment) {
    segment
        .properties()
        .forEach(
            field ->
                field
                    .getValue()
                    .forEach(
                        repetition ->
                            repetition
                                .properties()
                                .forEach(
                                    part -> {
                                      if (texts.contains(part.getValue().asText().trim())) {
                                        names.add(
                                            name
                                                + "-"
                                                + field.getKey()
                                                + (part.getKey().equals("1")
                                                    ? ""
                                                    : "." + part.getKey()));
                                      }
                                    })));
  }

  private static void elements(Set<String> names, Set<String> texts, String path, JsonNode node) {
    if (node.isTextual() && texts.contains(node.asText().trim())) {
      names.add(path);
    }
    node.properties()
        .forEach(
            each ->
                elements(
                    names,
                    texts,
                    path.isEmpty() ? each.getKey() : path + "." + each.getKey(),
                    each.getValue()));
    if (node.isArray()) {
      node.forEach(each -> elements(names, texts, path, each));
    }
  }

  /** For the end of a sentence; empty if there are none. */
  String text() {
    return names.isEmpty() ? "" : ": " + String.join(", ", names.stream().limit(MOST).toList());
  }
}
