package pontic.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Compares a route file with the schema of Camel's YAML DSL: unknown steps, keys, wrong types. */
final class SchemaRule {
  private static final String SCHEMA = "/schema/camelYamlDsl.json";

  /** What remains unsaid if the thing itself is told. */
  private static final Set<String> WRAPPERS = Set.of("oneOf", "anyOf", "not", "allOf");

  private final ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
  private final JsonNode source;
  private final JsonSchema schema;

  SchemaRule() {
    try (InputStream in = SchemaRule.class.getResourceAsStream(SCHEMA)) {
      source = new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    schema =
        JsonSchemaFactory.builder(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4))
            .metaSchema(
                JsonMetaSchema.builder(JsonMetaSchema.getV4())
                    .keyword(new NonValidationKeyword("deprecated"))
                    .build())
            .build()
            .getSchema(
                source,
                SchemaValidatorsConfig.builder()
                    .pathType(PathType.JSON_POINTER)
                    // Else each way that leads to a step holds a copy of it: 250 MB, kept as long
                    // as
                    // the process lives.
                    .cacheRefs(false)
                    .build());
    schema.initializeValidators();
  }

  List<Finding> check(Document document) {
    JsonNode tree;
    try {
      tree = yaml.readTree(document.text());
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      return List.of(
          new Finding(
              document.name(), line, "this is no YAML that Camel takes", "correct this line"));
    }
    List<ValidationMessage> messages = new ArrayList<>(schema.validate(tree));
    List<Finding> findings = new ArrayList<>();
    for (ValidationMessage message : messages) {
      if (!WRAPPERS.contains(message.getType()) && !told(message, messages)) {
        Finding finding = finding(document, message);
        if (!findings.contains(finding)) {
          findings.add(finding);
        }
      }
    }
    if (findings.isEmpty() && !messages.isEmpty()) {
      ValidationMessage deepest = messages.get(0);
      for (ValidationMessage message : messages) {
        if (message.getInstanceLocation().getNameCount()
            > deepest.getInstanceLocation().getNameCount()) {
          deepest = message;
        }
      }
      findings.add(
          new Finding(
              document.name(),
              document.line(path(deepest.getInstanceLocation())),
              shown(deepest) + " is in none of the forms that it may have",
              "see the step in Camel's documentation of EIPs"));
    }
    return findings;
  }

  /** Of the alternatives at one place the one that looked deeper, or named a key, knows better. */
  private static boolean told(ValidationMessage message, List<ValidationMessage> all) {
    JsonNodePath here = message.getInstanceLocation();
    if (message.getType().equals("additionalProperties")) {
      return false;
    }
    for (ValidationMessage other : all) {
      JsonNodePath there = other.getInstanceLocation();
      boolean deeper = there.getNameCount() > here.getNameCount() && there.startsWith(here);
      boolean sharper =
          there.equals(here)
              && (other.getType().equals("additionalProperties")
                  || (message.getType().equals("type") && other.getType().equals("required")));
      if (other != message && !WRAPPERS.contains(other.getType()) && (deeper || sharper)) {
        return true;
      }
    }
    return false;
  }

  private Finding finding(Document document, ValidationMessage message) {
    List<String> path = path(message.getInstanceLocation());
    String here = shown(message);
    return switch (message.getType()) {
      case "additionalProperties" -> {
        List<String> key = new ArrayList<>(path);
        key.add(message.getProperty());
        boolean step =
            path.size() > 1
                && path.get(path.size() - 2).equals("steps")
                && path.get(path.size() - 1).matches("\\d+");
        yield new Finding(
            document.name(),
            document.line(key),
            step
                ? "unknown step " + message.getProperty()
                : "unknown key " + message.getProperty() + " of " + here,
            Near.right(message.getProperty(), known(message)));
      }
      case "required" ->
          new Finding(
              document.name(),
              document.line(path),
              here + " lacks " + message.getProperty(),
              "add " + message.getProperty() + ":");
      case "type" ->
          new Finding(
              document.name(),
              document.line(path),
              here + " has a value of the wrong kind",
              "write " + words(message.getSchemaNode()));
      case "enum" ->
          new Finding(
              document.name(),
              document.line(path),
              here + " is \"" + message.getInstanceNode().asText() + "\"",
              "write one of " + texts(message.getSchemaNode()));
      default ->
          new Finding(
              document.name(),
              document.line(path),
              here + ": " + message.getError(),
              "see the step in Camel's documentation of EIPs");
    };
  }

  private static String words(JsonNode type) {
    String text = type.isTextual() ? type.asText() : texts(type);
    return switch (text) {
      case "string" -> "a text";
      case "boolean" -> "true or false, without quotes";
      case "number", "integer" -> "a number";
      case "array" -> "a list: lines that begin with -";
      case "object" -> "keys and values below it";
      default -> text;
    };
  }

  private static String texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return String.join(", ", texts);
  }

  private Set<String> known(ValidationMessage message) {
    Set<String> known = new TreeSet<>();
    String location = message.getSchemaLocation().toString();
    String pointer = location.substring(location.indexOf('#') + 1);
    source
        .at(pointer.replaceFirst("/additionalProperties$", "/properties"))
        .fieldNames()
        .forEachRemaining(known::add);
    return known;
  }

  /** The key whose value is meant. */
  private static String shown(ValidationMessage message) {
    List<String> path = path(message.getInstanceLocation());
    for (int i = path.size() - 1; i >= 0; i--) {
      if (!path.get(i).matches("\\d+")) {
        return path.get(i);
      }
    }
    return "the file";
  }

  private static List<String> path(JsonNodePath location) {
    List<String> path = new ArrayList<>();
    for (int i = 0; i < location.getNameCount(); i++) {
      path.add(String.valueOf(location.getElement(i)));
    }
    return path;
  }
}
