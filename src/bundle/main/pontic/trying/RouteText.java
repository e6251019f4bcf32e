package pontic.trying;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A route file in which every step that would leave the route is a call of a stand-in, and the
 * route begins where somebody hands it a message. Without its error configuration: what fails is to
 * be seen.
 */
final class RouteText {
  /** Where the message goes in. */
  static final String ENTRY = "direct:try";

  /** Name of the language that stands for calls of beans within expressions. */
  static final String LANGUAGE = "stand-in";

  private static final Set<String> ENDPOINTS =
      Set.of("to", "toD", "wireTap", "poll", "enrich", "pollEnrich");

  private final Set<String> real;
  private final Map<String, Step> steps = new LinkedHashMap<>();
  private final List<String> parameters = new ArrayList<>();

  private RouteText(Set<String> real) {
    this.real = real;
  }

  /**
   * @param text for Camel's YAML loader
   * @param steps by id, in the order of the file
   * @param parameters of the template, if it is one
   */
  record Read(String text, Map<String, Step> steps, List<String> parameters) {}

  /**
   * @param real beans that are called as they are
   * @throws TryFailed if there is no route in the file
   */
  static Read read(Path file, String name, Set<String> real) throws IOException {
    RouteText text = new RouteText(real);
    try (Reader reader = Files.newBufferedReader(file)) {
      Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(reader);
      ObjectNode route = text.route(root, name);
      String json =
          JsonNodeFactory.instance
              .arrayNode()
              .add(JsonNodeFactory.instance.objectNode().set("route", route))
              .toString();
      return new Read(json, Map.copyOf(text.steps), List.copyOf(text.parameters));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      throw new TryFailed(name + ":" + line + ": this is no YAML: " + e.getProblem());
    }
  }

  private ObjectNode route(Node root, String name) {
    if (root instanceof SequenceNode list && !list.getValue().isEmpty()) {
      Node first = list.getValue().get(0);
      Optional<Node> template = child(first, "routeTemplate");
      template.flatMap(node -> child(node, "parameters")).ifPresent(this::parameters);
      Optional<Node> route = template.flatMap(node -> child(node, "route"));
      Optional<Node> from =
          route.or(() -> child(first, "route")).flatMap(node -> child(node, "from"));
      Optional<Node> begin = from.flatMap(node -> child(node, "steps"));
      if (begin.isPresent() && begin.get() instanceof SequenceNode inner) {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        entry.put("uri", ENTRY).set("steps", steps(inner, 0));
        ObjectNode made = JsonNodeFactory.instance.objectNode();
        made.put("id", "try").set("from", entry);
        return made;
      }
    }
    throw new TryFailed(name + ":1: there is no route with steps; ./pontic check says more");
  }

  private void parameters(Node list) {
    if (list instanceof SequenceNode sequence) {
      sequence
          .getValue()
          .forEach(each -> child(each, "name").flatMap(RouteText::text).ifPresent(parameters::add));
    }
  }

  private ArrayNode steps(SequenceNode list, int depth) {
    ArrayNode made = JsonNodeFactory.instance.arrayNode();
    for (Node item : list.getValue()) {
      made.add(
          item instanceof MappingNode step && step.getValue().size() == 1
              ? step(step.getValue().get(0), depth)
              : copy(item, depth));
    }
    return made;
  }

  private ObjectNode step(NodeTuple tuple, int depth) {
    String kind = text(tuple.getKeyNode()).orElse("");
    Node body = tuple.getValueNode();
    int line = tuple.getKeyNode().getStartMark().getLine() + 1;
    String id = child(body, "id").flatMap(RouteText::text).orElse(kind + "-in-line-" + line);
    String stub = stub(kind, body);
    ObjectNode made = JsonNodeFactory.instance.objectNode();
    if (!stub.isEmpty()) {
      made.putObject("process").put("id", id).put("ref", id);
    } else {
      made.set(kind, copy(body, depth + 1));
      if (made.get(kind) instanceof ObjectNode object) {
        object.put("id", id);
      }
    }
    steps.put(
        id,
        new Step(
            id,
            kind,
            stub,
            line,
            depth,
            Set.of("choice").contains(kind) || child(body, "steps").isPresent()));
    return made;
  }

  private String stub(String kind, Node body) {
    if (ENDPOINTS.contains(kind)) {
      return text(body).or(() -> child(body, "uri").flatMap(RouteText::text)).orElse(kind);
    }
    Optional<String> ref = child(body, "ref").flatMap(RouteText::text);
    boolean calls = Set.of("bean", "process").contains(kind) && ref.isPresent();
    return calls && !real.contains(ref.get()) ? call(ref.get(), body) : "";
  }

  /** Bean and method without its arguments. */
  private static String call(String ref, Node body) {
    String method = child(body, "method").flatMap(RouteText::text).orElse("");
    return ref + "." + method.replaceFirst("\\(.*", "");
  }

  private JsonNode copy(Node node, int depth) {
    if (node instanceof MappingNode mapping) {
      ObjectNode made = JsonNodeFactory.instance.objectNode();
      for (NodeTuple tuple : mapping.getValue()) {
        String key = text(tuple.getKeyNode()).orElse("");
        Node value = tuple.getValueNode();
        Optional<String> bean = child(value, "ref").flatMap(RouteText::text);
        if (key.equals("steps") && value instanceof SequenceNode list) {
          made.set(key, steps(list, depth));
        } else if (key.equals("method") && bean.isPresent() && !real.contains(bean.get())) {
          made.putObject("language")
              .put("language", LANGUAGE)
              .put("expression", call(bean.get(), value));
        } else {
          made.set(key, copy(value, depth));
        }
      }
      return made;
    }
    if (node instanceof SequenceNode list) {
      ArrayNode made = JsonNodeFactory.instance.arrayNode();
      list.getValue().forEach(each -> made.add(copy(each, depth)));
      return made;
    }
    return TextNode.valueOf(text(node).orElse(""));
  }

  private static Optional<String> text(Node node) {
    return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
  }

  private static Optional<Node> child(Node node, String key) {
    return node instanceof MappingNode mapping
        ? mapping.getValue().stream()
            .filter(tuple -> text(tuple.getKeyNode()).filter(key::equals).isPresent())
            .map(NodeTuple::getValueNode)
            .findFirst()
        : Optional.empty();
  }
}
