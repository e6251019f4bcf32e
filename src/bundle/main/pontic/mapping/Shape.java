package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;

/**
 * What a mapping may read, declared beside it in {@code <name>.shape.yaml}.
 *
 * @param fields names at the top level of the input
 * @param nested names below
 * @param variables names that the caller gives values to
 */
record Shape(Set<String> fields, Set<String> nested, Set<String> variables) {
  static final Set<String> KEYS = Set.of("description", "fields", "nested", "variables");

  Shape {
    fields = Set.copyOf(fields);
    nested = Set.copyOf(nested);
    variables = Set.copyOf(variables);
  }

  static Shape of(JsonNode yaml) {
    return new Shape(
        texts(yaml.path("fields")), texts(yaml.path("nested")), texts(yaml.path("variables")));
  }

  private static Set<String> texts(JsonNode list) {
    Set<String> texts = new HashSet<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
