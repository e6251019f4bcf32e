package pontic.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.ExpressionBuilder;
import org.apache.camel.builder.PredicateBuilder;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Language;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * A Camel context in which routes are made but never started: it finds what only Camel itself
 * knows. Beans that steps call are empty stand-ins; their methods are looked at elsewhere.
 */
final class Scratch implements AutoCloseable {
  private final DefaultCamelContext camel;
  private final Surroundings surroundings;

  /** Answers for every call of a bean, which nobody makes. */
  private static final class NoBean implements Language {
    @Override
    public Predicate createPredicate(String expression) {
      return PredicateBuilder.constant(true);
    }

    @Override
    public Expression createExpression(String expression) {
      return ExpressionBuilder.constantExpression("");
    }
  }

  private Scratch(DefaultCamelContext camel, Surroundings surroundings) {
    this.camel = camel;
    this.surroundings = surroundings;
  }

  static Scratch open(Surroundings surroundings, Map<String, String> properties) {
    DefaultCamelContext camel = new DefaultCamelContext(false);
    camel.disableJMX();
    camel.setAutoStartup(false);
    Properties values = new Properties();
    values.putAll(properties);
    camel.getPropertiesComponent().setInitialProperties(values);
    surroundings.beans().keySet().forEach(name -> camel.getRegistry().bind(name, new Object()));
    surroundings
        .standIns()
        .forEach((name, standIn) -> camel.getRegistry().bind(name, standIn.get()));
    camel.getRegistry().bind("bean-language", new NoBean());
    camel.init();
    return new Scratch(camel, surroundings);
  }

  DefaultCamelContext camel() {
    return camel;
  }

  /** Texts in Simple that Camel does not understand. */
  List<Finding> expressions(RouteFile file) {
    List<Finding> findings = new ArrayList<>();
    Language simple = camel.resolveLanguage("simple");
    for (Document.Entry entry : file.document().entries()) {
      Optional<String> text = Expressions.simple(entry);
      if (text.isPresent() && !entry.key().equals("method")) {
        String plain = text.get().replaceAll("\\{\\{[^{}]*}}", "x");
        try {
          if (Expressions.predicate(entry)) {
            simple.createPredicate(plain);
          } else {
            simple.createExpression(plain);
          }
        } catch (RuntimeException e) {
          findings.add(
              new Finding(
                  file.name(),
                  Document.line(entry.value()),
                  "Simple does not understand this: " + first(e),
                  "see Camel's Simple language, such as ${body} or ${header.practice}"));
        }
      }
    }
    return findings;
  }

  /** Loads the files together and makes every route; a file's first fault is told. */
  List<Finding> load(List<RouteFile> files) {
    List<Finding> findings = new ArrayList<>();
    Map<String, RouteFile> owners = new HashMap<>();
    for (RouteFile file : inOrder(files)) {
      try {
        definitions(file);
        owners.put(file.id(), file);
      } catch (Exception e) {
        findings.add(finding(file, e));
      }
    }
    surroundings
        .templates()
        .forEach(
            (template, parameters) -> {
              RouteFile file = owners.get(template);
              if (file != null) {
                try {
                  TemplatedRouteBuilder.builder(camel, template)
                      .routeId(template)
                      .prefixId("check")
                      .parameters(new HashMap<>(parameters))
                      .add();
                } catch (Exception e) {
                  findings.add(finding(file, e));
                }
              }
            });
    for (RouteDefinition definition : List.copyOf(camel.getRouteDefinitions())) {
      RouteFile file = owners.get(definition.getRouteId());
      try {
        camel.startRouteDefinitions(List.of(definition));
      } catch (Exception e) {
        findings.add(
            file == null
                ? new Finding("routes", 0, first(e), "correct the route " + definition.getRouteId())
                : finding(file, e));
      }
    }
    return findings;
  }

  private void definitions(RouteFile file) throws Exception {
    for (RoutesBuilder builder :
        PluginHelper.getRoutesLoader(camel)
            .findRoutesBuilders(ResourceHelper.fromString(file.name(), file.document().text()))) {
      if (builder instanceof RouteConfigurationsBuilder configurations) {
        camel.addRoutesConfigurations(configurations);
      }
      camel.addRoutes(builder);
    }
  }

  /** A route looks for its error configuration when it is made. */
  private static List<RouteFile> inOrder(List<RouteFile> files) {
    List<RouteFile> order = new ArrayList<>(files);
    order.sort((one, other) -> other.kind().compareTo(one.kind()));
    return order;
  }

  /** At the longest text of the file that the fault quotes. */
  private static Finding finding(RouteFile file, Exception e) {
    StringBuilder said = new StringBuilder();
    for (Throwable each = e; each != null; each = each.getCause()) {
      said.append(each.getMessage()).append('\n');
    }
    int line = file.document().line(List.of("0", file.kind().key()));
    int longest = 3;
    for (Document.Entry entry : file.document().entries()) {
      if (entry.value() instanceof ScalarNode scalar
          && !entry.key().equals("description")
          && !scalar.getValue().equals(file.id())
          && scalar.getValue().length() > longest
          && said.indexOf(scalar.getValue()) >= 0) {
        longest = scalar.getValue().length();
        line = Document.line(scalar);
      }
    }
    return new Finding(
        file.name(), line, "Camel cannot make this route: " + first(root(e)), "correct this step");
  }

  private static Throwable root(Throwable e) {
    return e.getCause() == null || e.getCause() == e ? e : root(e.getCause());
  }

  private static String first(Throwable e) {
    String text = String.valueOf(e.getMessage()).lines().findFirst().orElse("").trim();
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }

  @Override
  public void close() throws IOException {
    camel.close();
  }
}
