package pontic.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A file of routes/ as the rules look at it. */
final class RouteFile {

  static final String SUFFIX = ".camel.yaml";

  enum Kind {
    ROUTE("route"),
    TEMPLATE("routeTemplate"),
    CONFIGURATION("routeConfiguration");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    String key() {
      return key;
    }
  }

  /**
   * A step of a route, also inside another one.
   *
   * @param kind bean, to, filter …
   * @param body what stands below; a text in the short form
   * @param path leads to it
   */
  record Step(String kind, Node body, int line, List<String> path) {
    Optional<String> id() {
      return Document.text(body, "id");
    }
  }

  /**
   * @param from true where a route begins
   * @param options those below {@code parameters}, as written
   * @param step kind of the step
   */
  record Endpoint(boolean from, String step, String uri, Map<String, Option> options, int line) {
    String scheme() {
      int colon = uri.indexOf(':');
      return colon < 0 ? uri : uri.substring(0, colon);
    }

    /** What follows scheme and colons, without the query. */
    String rest() {
      String rest = uri.substring(Math.min(uri.length(), scheme().length() + 1));
      return rest.replaceFirst("^//", "").replaceFirst("\\?.*$", "");
    }
  }

  record Option(String text, int line) {}

  private static final Set<String> WITH_URI =
      Set.of("from", "to", "toD", "wireTap", "poll", "interceptSendToEndpoint");

  private final Document document;
  private final Addresses addresses;
  private final Kind kind;
  private final Node body;
  private final String id;

  private RouteFile(Document document, Addresses addresses, Kind kind, Node body, String id) {
    this.document = document;
    this.addresses = addresses;
    this.kind = kind;
    this.body = body;
    this.id = id;
  }

  /** The file, if it holds one route, template or configuration with an id. */
  static Optional<RouteFile> of(Document document, Addresses addresses, List<Finding> findings) {
    String right = "write one route, routeTemplate or routeConfiguration a file";
    if (!(document.root() instanceof SequenceNode list)) {
      findings.add(
          new Finding(
              document.name(),
              Document.line(document.root()),
              "the file is no list",
              "begin with - route:"));
      return Optional.empty();
    }
    if (list.getValue().size() > 1) {
      findings.add(
          new Finding(
              document.name(),
              Document.line(list.getValue().get(1)),
              "there is more than one thing in the file",
              right));
    }
    if (!list.getValue().isEmpty()) {
      for (Kind kind : Kind.values()) {
        Optional<Node> body = Document.child(list.getValue().get(0), kind.key);
        if (body.isPresent()) {
          String id = Document.text(body.get(), "id").orElse("");
          if (id.isEmpty()) {
            findings.add(
                new Finding(
                    document.name(),
                    Document.line(list.getValue().get(0)),
                    "the " + kind.key + " has no id",
                    "give it the id " + stem(document.name()) + ", as the file is called"));
          }
          return Optional.of(new RouteFile(document, addresses, kind, body.get(), id));
        }
      }
    }
    findings.add(
        new Finding(document.name(), Document.line(document.root()), "there is no route", right));
    return Optional.empty();
  }

  static String stem(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    return file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
  }

  Document document() {
    return document;
  }

  String name() {
    return document.name();
  }

  Kind kind() {
    return kind;
  }

  String id() {
    return id;
  }

  /** The mapping that holds from, routeConfigurationId …: inside the template, if it is one. */
  Node route() {
    return kind == Kind.TEMPLATE ? Document.child(body, "route").orElse(body) : body;
  }

  Node body() {
    return body;
  }

  int line() {
    return Document.line(body) - 1;
  }

  /** Names of the template's parameters with their lines; whether it has a default. */
  Map<String, Boolean> parameters() {
    Map<String, Boolean> names = new LinkedHashMap<>();
    if (kind == Kind.TEMPLATE
        && Document.child(body, "parameters").orElse(body) instanceof SequenceNode list) {
      for (Node each : list.getValue()) {
        Document.text(each, "name")
            .ifPresent(name -> names.put(name, Document.child(each, "defaultValue").isPresent()));
      }
    }
    return names;
  }

  /** All steps in the order of the file. */
  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    for (Document.Entry entry : document.entries()) {
      int size = entry.path().size();
      if (size >= 3
          && entry.path().get(size - 3).equals("steps")
          && entry.path().get(size - 2).matches("\\d+")) {
        steps.add(new Step(entry.key(), entry.value(), entry.line(), entry.path()));
      }
    }
    return steps;
  }

  List<Endpoint> endpoints() {
    List<Endpoint> endpoints = new ArrayList<>();
    for (Document.Entry entry : document.entries()) {
      if (!WITH_URI.contains(entry.key())) {
        continue;
      }
      Optional<String> shortForm = entry.text();
      if (shortForm.isPresent()) {
        endpoints.add(
            endpoint(entry.key(), shortForm.get(), Map.of(), Document.line(entry.value())));
      } else if (Document.text(entry.value(), "uri").isPresent()) {
        endpoints.add(
            endpoint(
                entry.key(),
                Document.text(entry.value(), "uri").get(),
                options(entry.value()),
                Document.line(Document.child(entry.value(), "uri").get())));
      }
    }
    return endpoints;
  }

  private Endpoint endpoint(String step, String uri, Map<String, Option> options, int line) {
    Map<String, Option> all = new LinkedHashMap<>(options);
    int query = uri.indexOf('?');
    if (query >= 0) {
      for (String part : uri.substring(query + 1).split("&")) {
        String[] pair = part.split("=", 2);
        all.put(pair[0], new Option(pair.length > 1 ? pair[1] : "", line));
      }
    }
    String address = addresses.whole(query < 0 ? uri : uri.substring(0, query), all);
    return new Endpoint(step.equals("from"), step, address, all, line);
  }

  private static Map<String, Option> options(Node node) {
    Map<String, Option> options = new LinkedHashMap<>();
    if (Document.child(node, "parameters").orElse(node) instanceof MappingNode parameters
        && parameters != node) {
      for (NodeTuple tuple : parameters.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key
            && tuple.getValueNode() instanceof ScalarNode value) {
          options.put(key.getValue(), new Option(value.getValue(), Document.line(key)));
        }
      }
    }
    return options;
  }
}
