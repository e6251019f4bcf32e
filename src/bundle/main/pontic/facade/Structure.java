package pontic.facade;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.parser.StrictErrorHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import pontic.facade.FhirFault.Flaw;

/**
 * Holds a resource in JSON against what R4 says of names, types, values, codes and how many. HAPI's
 * parser decides whether it is one, too; only that it does not tell where it is not.
 */
final class Structure {
  /** Digits of a decimal; whoever writes out one of a billion zeros has no memory left. */
  private static final int LONGEST_DECIMAL = 100;

  private static final int MOST_FLAWS = 20;

  /** Of a string of R4, in characters. */
  private static final int LONGEST_TEXT = 1024 * 1024;

  /** Elements: each number of a patient is a row, and all are written in one unit. */
  private static final int LONGEST_LIST = 5_000;

  private static final String DATA = "data";
  private static final String SOME_BASE64 = "AAAA";

  /** Characters; what is shorter is no burden. */
  private static final int SHORT = 1024;

  private static final Set<String> EXTENSIONS = Set.of("extension", "modifierExtension");

  private final FhirContext fhir;
  private final Set<String> kinds;

  Structure(FhirContext fhir) {
    this.fhir = fhir;
    this.kinds = Set.copyOf(fhir.getResourceTypes());
  }

  /** Whether R4 has a resource of that name. */
  boolean knows(String kind) {
    return kinds.contains(kind);
  }

  /**
   * @param at FHIRPath of the resource, {@code Patient} or {@code Bundle.entry[0].resource}
   * @return what is wrong, some of it if it is much; empty if HAPI's parser takes it too
   */
  List<Flaw> flaws(JsonNode resource, String at) {
    List<Flaw> flaws = new ArrayList<>();
    resource(resource, at, flaws);
    if (flaws.isEmpty()) {
      try {
        fhir.newJsonParser()
            .setParserErrorHandler(new StrictErrorHandler())
            .parseResource(withoutFiles(resource).toString());
      } catch (DataFormatException | IllegalArgumentException e) {
        flaws.add(new Flaw(IssueType.STRUCTURE, at, "this is no resource that R4 knows"));
      }
    }
    return flaws.subList(0, Math.min(flaws.size(), MOST_FLAWS));
  }

  /** What was found to be Base64 is not copied again and again to say that it is. */
  private static JsonNode withoutFiles(JsonNode resource) {
    if (!hasFile(resource)) {
      return resource;
    }
    JsonNode light = resource.deepCopy();
    List<JsonNode> open = new ArrayList<>(List.of(light));
    while (!open.isEmpty()) {
      JsonNode node = open.remove(open.size() - 1);
      if (node instanceof ObjectNode object && isFile(object)) {
        object.put(DATA, SOME_BASE64);
      }
      node.forEach(open::add);
    }
    return light;
  }

  private static boolean hasFile(JsonNode node) {
    boolean has = isFile(node);
    for (JsonNode each : node) {
      has |= each.isContainerNode() && hasFile(each);
    }
    return has;
  }

  private static boolean isFile(JsonNode node) {
    return node.path(DATA).isTextual() && node.path(DATA).textValue().length() > SHORT;
  }

  private void resource(JsonNode node, String at, List<Flaw> flaws) {
    String kind = node.path("resourceType").asText();
    if (!node.isObject() || !knows(kind)) {
      flaws.add(
          new Flaw(IssueType.STRUCTURE, at, "a resource is an object with a resourceType of R4"));
      return;
    }
    composite(node, at, fhir.getResourceDefinition(kind), true, flaws);
  }

  private void composite(
      JsonNode node,
      String at,
      BaseRuntimeElementCompositeDefinition<?> definition,
      boolean isResource,
      List<Flaw> flaws) {
    if (!node.isObject() || node.isEmpty()) {
      flaws.add(
          new Flaw(IssueType.STRUCTURE, at, "this element is an object with at least one element"));
      return;
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (flaws.size() >= MOST_FLAWS) {
        return;
      }
      if (!(isResource && field.getKey().equals("resourceType"))) {
        field(field.getKey(), field.getValue(), at, definition, flaws);
      }
    }
    for (BaseRuntimeChildDefinition child : definition.getChildren()) {
      if (child.getMin() > 0
          && child.getValidChildNames().stream()
              .noneMatch(name -> node.has(name) || node.has("_" + name))) {
        String name = child.getElementName().replace("[x]", "");
        flaws.add(new Flaw(IssueType.REQUIRED, at + "." + name, "R4 requires this element"));
      }
    }
  }

  private void field(
      String name,
      JsonNode value,
      String at,
      BaseRuntimeElementCompositeDefinition<?> definition,
      List<Flaw> flaws) {
    if (EXTENSIONS.contains(name)) {
      repeated(value, at + "." + name, (each, place) -> extension(each, place, flaws), flaws);
      return;
    }
    if (name.equals("contained")) {
      repeated(value, at + "." + name, (each, place) -> resource(each, place, flaws), flaws);
      return;
    }
    boolean beside = name.startsWith("_");
    String plain = beside ? name.substring(1) : name;
    BaseRuntimeChildDefinition child = definition.getChildByName(plain);
    if (child == null) {
      // Its name is the client's own word.
      flaws.add(new Flaw(IssueType.STRUCTURE, at, "R4 does not know an element that stands here"));
      return;
    }
    BaseRuntimeElementDefinition<?> element = child.getChildByName(plain);
    String place = at + "." + plain;
    if (element == null) {
      flaws.add(new Flaw(IssueType.STRUCTURE, at, "R4 does not know an element that stands here"));
      return;
    }
    Each each =
        beside
            ? (one, where) -> besidePrimitive(one, where, element, flaws)
            : (one, where) -> element(one, where, child, element, flaws);
    if (child.getMax() == 1) {
      if (value.isArray()) {
        flaws.add(new Flaw(IssueType.STRUCTURE, place, "this element is there once, not a list"));
      } else {
        each.look(value, place);
      }
    } else {
      repeated(value, place, each, flaws);
    }
  }

  /** Looks at one value. */
  @FunctionalInterface
  private interface Each {
    void look(JsonNode value, String at);
  }

  private static void repeated(JsonNode value, String at, Each each, List<Flaw> flaws) {
    if (!value.isArray() || value.isEmpty()) {
      flaws.add(new Flaw(IssueType.STRUCTURE, at, "this element is a list that is not empty"));
      return;
    }
    if (value.size() > LONGEST_LIST) {
      flaws.add(
          new Flaw(IssueType.TOOLONG, at, "this list has more than " + LONGEST_LIST + " elements"));
      return;
    }
    for (int i = 0; i < value.size() && flaws.size() < MOST_FLAWS; i++) {
      each.look(value.get(i), at + "[" + i + "]");
    }
  }

  private void extension(JsonNode node, String at, List<Flaw> flaws) {
    composite(
        node,
        at,
        (BaseRuntimeElementCompositeDefinition<?>) fhir.getElementDefinition("Extension"),
        false,
        flaws);
  }

  /** {@code _birthDate}: id and extensions of a primitive. */
  private void besidePrimitive(
      JsonNode node, String at, BaseRuntimeElementDefinition<?> element, List<Flaw> flaws) {
    if (node.isNull()) {
      return;
    }
    boolean primitive =
        switch (element.getChildType()) {
          case PRIMITIVE_DATATYPE, ID_DATATYPE -> true;
          default -> false;
        };
    if (!primitive || !node.isObject()) {
      flaws.add(
          new Flaw(IssueType.STRUCTURE, at, "beside a value stand its id and extensions alone"));
      return;
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getKey().equals("extension")) {
        repeated(
            field.getValue(),
            at + ".extension",
            (each, place) -> extension(each, place, flaws),
            flaws);
      } else if (!field.getKey().equals("id") || !field.getValue().isTextual()) {
        flaws.add(
            new Flaw(IssueType.STRUCTURE, at, "beside a value stand its id and extensions alone"));
      }
    }
  }

  private void element(
      JsonNode node,
      String at,
      BaseRuntimeChildDefinition child,
      BaseRuntimeElementDefinition<?> element,
      List<Flaw> flaws) {
    switch (element.getChildType()) {
      case PRIMITIVE_DATATYPE, ID_DATATYPE -> primitive(node, at, child, element, flaws);
      case COMPOSITE_DATATYPE, RESOURCE_BLOCK ->
          composite(node, at, (BaseRuntimeElementCompositeDefinition<?>) element, false, flaws);
      case RESOURCE, CONTAINED_RESOURCES, CONTAINED_RESOURCE_LIST -> resource(node, at, flaws);
      default -> {
        if (!node.isTextual()) {
          flaws.add(new Flaw(IssueType.STRUCTURE, at, "this element is text"));
        }
      }
    }
  }

  private static void primitive(
      JsonNode node,
      String at,
      BaseRuntimeChildDefinition child,
      BaseRuntimeElementDefinition<?> element,
      List<Flaw> flaws) {
    boolean fits =
        switch (element.getName()) {
          case "boolean" -> node.isBoolean();
          case "integer", "positiveInt", "unsignedInt" -> node.isIntegralNumber();
          case "decimal" -> node.isNumber();
          default -> node.isTextual() && !node.textValue().isBlank();
        };
    // A null in a list keeps the place of what stands beside it.
    if (!fits && !(node.isNull() && at.endsWith("]"))) {
      flaws.add(
          new Flaw(
              IssueType.VALUE, at, "this value is not of the JSON type of " + element.getName()));
      return;
    }
    if (node.isNull()) {
      return;
    }
    if (node.isBigDecimal() && Math.abs((long) node.decimalValue().scale()) > LONGEST_DECIMAL) {
      flaws.add(new Flaw(IssueType.VALUE, at, "this number has an exponent beyond all measure"));
      return;
    }
    if (element.getName().equals("base64Binary")) {
      if (!new Base64Text(node.textValue()).isSound()) {
        flaws.add(new Flaw(IssueType.VALUE, at, "this value is not a base64Binary of R4"));
      }
      return;
    }
    if (node.isTextual() && node.textValue().length() > LONGEST_TEXT) {
      flaws.add(
          new Flaw(
              IssueType.TOOLONG,
              at,
              "this text is longer than the " + LONGEST_TEXT + " characters that R4 has for one"));
      return;
    }
    Object arguments = child.getInstanceConstructorArguments();
    try {
      Object made = arguments == null ? element.newInstance() : element.newInstance(arguments);
      if (made instanceof IPrimitiveType<?> value) {
        value.setValueAsString(node.asText());
      }
    } catch (DataFormatException | IllegalArgumentException e) {
      boolean code = element.getName().equals("code");
      flaws.add(
          new Flaw(
              code ? IssueType.CODEINVALID : IssueType.VALUE,
              at,
              code
                  ? "this code is not one that R4 allows here"
                  : "this value is not a " + element.getName() + " of R4"));
    }
  }
}
