package pontic.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeDeclaredChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeChildPrimitiveEnumerationDatatypeDefinition;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hl7.fhir.instance.model.api.IBaseEnumFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever turns the meaning of a resource round (isModifier in R4's definitions) is seen in what a
 * mapping makes of it, value by value, or {@code modifiers.yaml} says why that value changes
 * nothing. Elements of what a resource holds are looked at where a golden case has them. What no
 * definition names, {@code modifierExtension} and {@code implicitRules}, the façade refuses.
 */
class ModifierElementsTest {
  private static final Path HOME = Path.of("..", "..");
  private static final Mappings MAPPINGS = Mappings.load(HOME.resolve("mappings"));
  private static final Writes WRITES = Writes.load(HOME.resolve("mappings"));
  private static final FhirContext FHIR = FhirContext.forR4Cached();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Set<String> REFUSED = Set.of("modifierExtension", "implicitRules");

  /** An Identifier or a name in it says what something else is. */
  private static final Set<String> ELSEWHERE = Set.of("Reference", "Extension");

  /** Not in any write file; and what names on the receipt what the first of them leaves. */
  private static final Map<String, String> OF_OWN_PLANS =
      Map.of(
          "inbound/patient",
          "Patient",
          "fhir/patient-left",
          "Patient",
          "inbound/appointment",
          "Appointment");

  private static Data data;

  /**
   * What definitions do not tell.
   *
   * @param plain by element of a type, the value that turns nothing round; none if it is absent
   * @param values of elements that are neither a code of R4's own nor true or false
   * @param harmless by mapping and reason, the values (element=value, or element alone)
   */
  record Data(
      Map<String, JsonNode> plain,
      Map<String, List<JsonNode>> values,
      Map<String, Map<String, String>> harmless) {}

  /** A modifier element of a type and each value that it can have. */
  private record Modifier(String of, String element, List<JsonNode> values) {}

  @BeforeAll
  static void read() throws IOException {
    data = YAML.readValue(Path.of("test", "modifiers.yaml").toFile(), Data.class);
  }

  @Test
  void whatTurnsAMeaningRoundIsSeenInEachMappingOrItIsSaidWhyItChangesNothing() throws IOException {
    Set<String> unseen = new TreeSet<>();
    Set<String> idle = new TreeSet<>();
    int seen = 0;
    for (Map.Entry<String, String> mapping : mappings().entrySet()) {
      Set<String> allowed = allowed(mapping.getKey());
      Set<String> used = new TreeSet<>();
      for (Map.Entry<String, Boolean> value : looked(mapping.getKey(), mapping.getValue())) {
        String element = value.getKey().replaceFirst("=.*", "");
        if (value.getValue()) {
          seen++;
        } else if (allowed.contains(value.getKey())) {
          used.add(value.getKey());
        } else if (allowed.contains(element)) {
          used.add(element);
        } else {
          unseen.add(mapping.getKey() + ": " + value.getKey());
        }
      }
      allowed.stream()
          .filter(each -> !used.contains(each))
          .forEach(each -> idle.add(mapping.getKey() + ": " + each));
    }
    assertEquals(Set.of(), unseen, "ignored, and nothing says why that does no harm");
    assertEquals(Set.of(), idle, "said to be harmless, and seen or not there");
    assertTrue(seen > 80, "values seen: " + seen);
  }

  /** By mapping, the type that it reads. */
  private static Map<String, String> mappings() {
    Map<String, String> mappings = new TreeMap<>(OF_OWN_PLANS);
    for (RowKind kind : WRITES.kinds()) {
      kind.mappings().forEach((type, mapping) -> mappings.put(mapping, type));
    }
    return mappings;
  }

  private static Set<String> allowed(String mapping) {
    Set<String> allowed = new TreeSet<>();
    data.harmless()
        .getOrDefault(mapping, Map.of())
        .values()
        .forEach(values -> allowed.addAll(List.of(values.split("\\s+"))));
    return allowed;
  }

  /** By element and value, whether any golden case comes out otherwise than with the plain one. */
  private static Set<Map.Entry<String, Boolean>> looked(String mapping, String type)
      throws IOException {
    Set<String> read = new TreeSet<>();
    YAML.readTree(HOME.resolve("mappings").resolve(mapping + ".shape.yaml").toFile())
        .path("fields")
        .forEach(field -> read.add(field.asText()));
    Map<String, Boolean> seen = new TreeMap<>();
    for (Golden golden : Golden.all(mapping)) {
      Map<String, Modifier> modifiers = new TreeMap<>();
      places(golden.input(), FHIR.getResourceDefinition(type), "", modifiers, (parent, path) -> {});
      for (Map.Entry<String, Modifier> modifier : modifiers.entrySet()) {
        Modifier element = modifier.getValue();
        if (modifier.getKey().contains(".") && !read.contains(top(modifier.getKey()))) {
          continue;
        }
        JsonNode usual = data.plain().get(element.of() + "." + element.element());
        JsonNode plain = run(golden, type, modifier.getKey(), usual);
        for (JsonNode value : element.values()) {
          if (value.equals(usual)) {
            continue;
          }
          boolean differs = !run(golden, type, modifier.getKey(), value).equals(plain);
          seen.merge(modifier.getKey() + "=" + word(value), differs, Boolean::logicalOr);
        }
      }
    }
    return seen.entrySet();
  }

  /** The element of the resource in which a place is. */
  private static String top(String path) {
    String first = path.substring(0, path.indexOf('.'));
    return Character.isUpperCase(first.charAt(0)) ? "contained" : first;
  }

  private static String word(JsonNode value) {
    JsonNode inner = value.isArray() ? value.path(0).path("type") : value.at("/coding/0/code");
    return inner.isMissingNode() ? value.asText() : inner.asText();
  }

  private static JsonNode run(Golden golden, String type, String path, JsonNode value) {
    JsonNode input = golden.input().deepCopy();
    String element = path.substring(path.lastIndexOf('.') + 1);
    places(
        input,
        FHIR.getResourceDefinition(type),
        "",
        new TreeMap<>(),
        (parent, place) -> {
          if (!place.equals(path)) {
            return;
          }
          if (value == null) {
            parent.remove(element);
          } else {
            parent.set(element, value);
          }
        });
    return new Golden(golden.folder(), input, golden.variables()).run(MAPPINGS);
  }

  /** Is given each object that a modifier element can stand in, and the element's path. */
  @FunctionalInterface
  private interface Found {
    void at(ObjectNode parent, String path);
  }

  private static void places(
      JsonNode node,
      BaseRuntimeElementCompositeDefinition<?> definition,
      String at,
      Map<String, Modifier> modifiers,
      Found found) {
    if (!(node instanceof ObjectNode object)) {
      return;
    }
    for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
      for (JsonNode each :
          field.getValue().isArray() ? field.getValue() : List.of(field.getValue())) {
        inside(each, field.getKey(), definition, at, modifiers, found);
      }
    }
    for (BaseRuntimeChildDefinition child : definition.getChildren()) {
      boolean modifies =
          child instanceof BaseRuntimeDeclaredChildDefinition declared
              && declared.isModifier()
              && !REFUSED.contains(child.getElementName());
      if (modifies) {
        for (String name : child.getValidChildNames()) {
          modifiers.put(
              at + name, new Modifier(definition.getName(), name, values(definition, child, name)));
          found.at(object, at + name);
        }
      }
    }
  }

  private static void inside(
      JsonNode node,
      String name,
      BaseRuntimeElementCompositeDefinition<?> definition,
      String at,
      Map<String, Modifier> modifiers,
      Found found) {
    if (name.equals("contained")) {
      String type = node.path("resourceType").asText();
      places(node, FHIR.getResourceDefinition(type), at + type + ".", modifiers, found);
      return;
    }
    BaseRuntimeChildDefinition child = definition.getChildByName(name);
    BaseRuntimeElementDefinition<?> element = child == null ? null : child.getChildByName(name);
    if (element instanceof BaseRuntimeElementCompositeDefinition<?> composite
        && !ELSEWHERE.contains(element.getName())) {
      places(node, composite, at + name + ".", modifiers, found);
    }
  }

  private static List<JsonNode> values(
      BaseRuntimeElementCompositeDefinition<?> definition,
      BaseRuntimeChildDefinition child,
      String name) {
    List<JsonNode> given = data.values().get(definition.getName() + "." + name);
    if (given != null) {
      return given;
    }
    if (child.getChildByName(name).getName().equals("boolean")) {
      return List.of(BooleanNode.TRUE, BooleanNode.FALSE);
    }
    String of = definition.getName() + "." + name;
    assertInstanceOf(RuntimeChildPrimitiveEnumerationDatatypeDefinition.class, child, of);
    Class<? extends Enum<?>> bound =
        ((RuntimeChildPrimitiveEnumerationDatatypeDefinition) child).getBoundEnumType();
    List<JsonNode> codes = new ArrayList<>();
    for (String code : codes(child, bound)) {
      codes.add(TextNode.valueOf(code));
    }
    return codes;
  }

  private static List<String> codes(
      BaseRuntimeChildDefinition child, Class<? extends Enum<?>> bound) {
    return codesOf((IBaseEnumFactory<?>) child.getInstanceConstructorArguments(), bound);
  }

  private static <T extends Enum<?>> List<String> codesOf(
      IBaseEnumFactory<T> factory, Class<? extends Enum<?>> bound) {
    List<String> codes = new ArrayList<>();
    for (Enum<?> constant : bound.getEnumConstants()) {
      if (!constant.name().equals("NULL")) {
        // The factory is of this very enumeration.
        @SuppressWarnings("unchecked")
        T each = (T) constant;
        codes.add(factory.toCode(each));
      }
    }
    return codes;
  }
}
