package pontic.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.builder.ExpressionBuilder;
import org.apache.camel.builder.PredicateBuilder;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Language;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

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
    camel.setStartupSummaryLevel(StartupSummaryLevel.Off);
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

  /** Texts in Simple that Camel does not understand, and classes that are not there. */
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
      if (entry.text().isPresent() && classNamed(entry)) {
        type(file, entry.text().get(), entry.value(), findings);
      }
      if (entry.text().filter(each -> each.startsWith("#class:")).isPresent()) {
        type(file, entry.text().get().substring("#class:".length()), entry.value(), findings);
      }
      if (entry.key().equals("exception") && entry.value() instanceof SequenceNode list) {
        list.getValue()
            .forEach(
                each -> Document.text(each).ifPresent(name -> type(file, name, each, findings)));
      }
    }
    return findings;
  }

  /** Components that the catalogue knows and this installation lacks. */
  List<Finding> components(RouteFile file, CatalogRule catalog) {
    List<Finding> findings = new ArrayList<>();
    for (RouteFile.Endpoint endpoint : file.endpoints()) {
      if (catalog.knows(endpoint.scheme())
          && camel.getComponent(endpoint.scheme(), true, false) == null) {
        findings.add(
            new Finding(
                file.name(),
                endpoint.line(),
                "the component " + endpoint.scheme() + " is not part of this installation",
                "use another one, or add camel-" + endpoint.scheme() + " to src/bundle/pom.xml"));
      }
    }
    return findings;
  }

  private static boolean classNamed(Document.Entry entry) {
    return Set.of("resultType", "beanType", "unmarshalType", "exceptionType").contains(entry.key())
        || (entry.key().equals("type") && entry.above().startsWith("convert"));
  }

  private void type(RouteFile file, String name, Node at, List<Finding> findings) {
    if (!name.contains("{{") && camel.getClassResolver().resolveClass(name) == null) {
      findings.add(
          new Finding(
              file.name(),
              Document.line(at),
              "there is no class " + name,
              "write its whole name, such as java.lang.String"));
    }
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
    camel
        .getRouteConfigurationDefinitions()
        .forEach(each -> withoutMethods(each.getOnExceptions()));
    camel
        .getRouteTemplateDefinitions()
        .forEach(each -> withoutMethods(each.getRoute().getOutputs()));
    camel.getRouteDefinitions().forEach(each -> withoutMethods(each.getOutputs()));
  }

  /** Camel would look for the method on the stand-in. */
  private static void withoutMethods(List<? extends ProcessorDefinition<?>> steps) {
    ProcessorDefinitionHelper.filterTypeInOutputs(new ArrayList<>(steps), BeanDefinition.class)
        .forEach(bean -> bean.setMethod(null));
  }

  /** A route looks for its error configuration when it is made. */
  private static List<RouteFile> inOrder(List<RouteFile> files) {
    List<RouteFile> order = new ArrayList<>(files);
    order.sort((one, other) -> other.kind().compareTo(one.kind()));
    return order;
  }

  /** At the longest text of the file that the fault quotes, its last cause before the others. */
  private static Finding finding(RouteFile file, Exception e) {
    StringBuilder said = new StringBuilder();
    for (Throwable each = e; each != null; each = each.getCause()) {
      said.append(each.getMessage()).append('\n');
    }
    int line =
        quoted(file, String.valueOf(root(e).getMessage()))
            .or(() -> quoted(file, said.toString()))
            .orElseGet(() -> file.document().line(List.of("0", file.kind().key())));
    return new Finding(
        file.name(), line, "Camel cannot make this route: " + first(root(e)), "correct this step");
  }

  private static Optional<Integer> quoted(RouteFile file, String said) {
    String small = said.toLowerCase(Locale.ROOT);
    int longest = 3;
    Optional<Integer> line = Optional.empty();
    for (Document.Entry entry : file.document().entries()) {
      if (entry.value() instanceof ScalarNode scalar
          && !entry.key().equals("description")
          && !scalar.getValue().equals(file.id())
          && scalar.getValue().length() > longest
          && small.contains(scalar.getValue().toLowerCase(Locale.ROOT))) {
        longest = scalar.getValue().length();
        line = Optional.of(Document.line(scalar));
      }
    }
    return line;
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
