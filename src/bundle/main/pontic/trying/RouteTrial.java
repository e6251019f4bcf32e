package pontic.trying;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.NamedNode;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SetPropertyDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.spi.Language;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.LoggerFactory;
import pontic.record.Translated;
import pontic.seam.Seam;
import pontic.translate.Translator;
import pontic.understand.Translate;
import pontic.understand.Understanding;

/**
 * One message through one route file as it stands on disk. Steps that read or write anything but
 * the message are stubbed and said so; mappings, seams and every other step are what they are in
 * the house (decision 0195).
 */
public final class RouteTrial {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUFFIX = ".camel.yaml";

  /** A route that goes round is one that a stubbed step cannot end. */
  private static final int MOST_STEPS = 5_000;

  private static final Set<String> REAL = Set.of("translate", "translator", "seam");

  private final Path home;
  private final Map<String, String> properties;
  private final Translate translate;
  private final Translator translator;
  private final PrintWriter out;

  /**
   * @param home holds routes/
   * @param properties values of placeholders, those of a template too
   */
  public RouteTrial(
      Path home,
      Map<String, String> properties,
      Translate translate,
      Translator translator,
      PrintWriter out) {
    this.home = home;
    this.properties = Map.copyOf(properties);
    this.translate = translate;
    this.translator = translator;
    this.out = out;
  }

  /**
   * Prints the result of each step.
   *
   * @param id of the route, which is the stem of its file
   * @param message JSON or HL7 v2
   * @return false if a step failed; which one, and where it stands, was printed
   * @throws TryFailed if there is no such route or it cannot be made
   */
  public boolean run(String id, String message) throws IOException {
    Map<String, Path> files = files();
    Path file = Optional.ofNullable(files.get(id)).orElseThrow(() -> noRoute(id, files.keySet()));
    String name = home.relativize(file).toString();
    RouteText.Read route = RouteText.read(file, name, REAL);
    Properties values = new Properties();
    route.parameters().forEach(parameter -> values.put(parameter, "1000"));
    values.put("feed", "patient");
    values.putAll(properties);
    StandIns standIns =
        new StandIns(
            message,
            values.getProperty("practice"),
            values.getProperty("feed"),
            clinic(values.getProperty("clinic", "0")));
    Trace trace = new Trace(name, route.steps());
    out.println(id + " (" + name + ")");
    out.println(
        "Stubbed: its beginning, every endpoint and every bean that reads or writes elsewhere."
            + " Real: "
            + REAL.stream().sorted().collect(Collectors.joining(", "))
            + " and all other steps.");
    // That Camel starts is nothing that whoever tries a route wants to read.
    Logger engine = (Logger) LoggerFactory.getLogger("org.apache.camel.impl.engine");
    Level before = engine.getLevel();
    engine.setLevel(Level.WARN);
    try (DefaultCamelContext camel = new DefaultCamelContext()) {
      prepare(camel, values, standIns, route.steps());
      camel.getCamelContextExtension().addInterceptStrategy(trace);
      made(camel, name, route.text());
      Exchange ended =
          camel
              .createProducerTemplate()
              .send(
                  RouteText.ENTRY,
                  exchange -> {
                    exchange.getMessage().setBody(standIns.begin(id));
                    exchange.getMessage().setHeader("practice", values.getProperty("practice"));
                    trace.began(standIns.begin(id));
                  });
      Optional.ofNullable(ended.getException()).ifPresent(trace::failed);
    } finally {
      engine.setLevel(before);
    }
    out.flush();
    return !trace.hasFailed;
  }

  private TryFailed noRoute(String id, Set<String> routes) {
    return new TryFailed(
        Files.exists(home.resolve("routes/errors").resolve(id + SUFFIX))
            ? id
                + " is an error configuration: it begins with a failure, and a try of a route shows each failure with its line"
            : "there is no route " + id + "; there are " + String.join(", ", routes));
  }

  private static long clinic(String number) {
    if (!number.matches("\\d{1,18}")) {
      throw new TryFailed("clinic is a ClinicNum of Open Dental, such as --with clinic=7");
    }
    return Long.parseLong(number);
  }

  private Map<String, Path> files() throws IOException {
    try (Stream<Path> found = Files.walk(home.resolve("routes"))) {
      return found
          .filter(file -> file.toString().endsWith(SUFFIX))
          .filter(file -> !file.getParent().endsWith("errors"))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(SUFFIX, ""),
                  file -> file,
                  (one, other) -> one,
                  TreeMap::new));
    }
  }

  private void prepare(
      DefaultCamelContext camel, Properties values, StandIns standIns, Map<String, Step> steps) {
    camel.disableJMX();
    camel.setStartupSummaryLevel(StartupSummaryLevel.Off);
    camel.setMessageHistory(true);
    camel.getCamelContextExtension().setErrorHandlerFactory(new NoErrorHandlerDefinition());
    camel.getPropertiesComponent().setInitialProperties(values);
    camel.getRegistry().bind("translate", translate);
    camel.getRegistry().bind("translator", translator);
    camel.getRegistry().bind("seam", new Seam());
    camel.getRegistry().bind(RouteText.LANGUAGE + "-language", new Calls(standIns));
    steps.values().stream()
        .filter(Step::isStubbed)
        .forEach(
            step ->
                camel
                    .getRegistry()
                    .bind(
                        step.id(),
                        (Processor)
                            exchange ->
                                standIns
                                    .answer(step.stub(), exchange)
                                    .ifPresent(exchange.getMessage()::setBody)));
  }

  private static void made(DefaultCamelContext camel, String name, String text) {
    try {
      camel.start();
      PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString(name, text));
    } catch (Exception e) {
      throw new TryFailed(
          name
              + ": Camel cannot make this route: "
              + first(root(e))
              + "; ./pontic check names the line");
    }
  }

  /** Calls of beans within expressions. */
  private record Calls(StandIns standIns) implements Language {
    @Override
    public Predicate createPredicate(String call) {
      return exchange -> !Boolean.FALSE.equals(standIns.answer(call, exchange).orElse(true));
    }

    @Override
    public Expression createExpression(String call) {
      return new ExpressionAdapter() {
        @Override
        public Object evaluate(Exchange exchange) {
          return standIns.answer(call, exchange).orElse("");
        }
      };
    }
  }

  /** Prints what each step leaves behind. */
  private final class Trace implements InterceptStrategy {
    private final String file;
    private final Map<String, Step> steps;
    private String last = "";
    private int count;
    private boolean hasFailed;

    Trace(String file, Map<String, Step> steps) {
      this.file = file;
      this.steps = steps;
    }

    void began(Object message) {
      last = shown(message);
    }

    @Override
    public Processor wrapProcessorInInterceptors(
        CamelContext camel, NamedNode node, Processor target, Processor next) {
      Step step = steps.get(node.getId());
      return step == null
          ? target
          : AsyncProcessorConverterHelper.convert(
              exchange -> {
                run(step, target, exchange);
                if (node instanceof SetPropertyDefinition property) {
                  kept(step, exchange.getProperty(property.getName()));
                }
              });
    }

    private void run(Step step, Processor target, Exchange exchange) {
      String indent = "  ".repeat(step.depth() + 1);
      out.println(
          indent
              + step.id()
              + (step.isStubbed() ? "  stubbed: " + step.kind() + " " + step.stub() : ""));
      try {
        if (++count > MOST_STEPS) {
          throw new TryFailed("more than " + MOST_STEPS + " steps; the route does not end");
        }
        target.process(exchange);
      } catch (Exception e) {
        exchange.setException(e);
      }
      if (exchange.getException() != null) {
        failed(step, exchange.getException());
      } else {
        Object body = exchange.getMessage().getBody();
        String now = shown(body);
        if (!now.equals(last)) {
          if (step.holds()) {
            out.println(indent + "behind " + step.id());
          }
          out.println(now.indent(indent.length() + 4).stripTrailing());
          last = now;
        }
        if (body instanceof Translated row && row.outcome() == Translated.Outcome.FAILED) {
          hasFailed = true;
        }
      }
    }

    /** A property that is not the body once more. */
    private void kept(Step step, Object value) {
      String now = shown(value);
      if (!now.equals(last)) {
        out.println(now.indent(2 * step.depth() + 6).stripTrailing());
      }
    }

    private void failed(Step step, Throwable failure) {
      if (!hasFailed) {
        hasFailed = true;
        Throwable root = root(failure);
        out.println(
            file
                + ":"
                + step.line()
                + ": "
                + step.id()
                + " failed with "
                + root.getClass().getSimpleName()
                + ": "
                + first(root));
      }
    }

    /** Nothing but the route's own steps can fail; said if that is ever not so. */
    void failed(Throwable failure) {
      if (!hasFailed) {
        hasFailed = true;
        out.println(file + ": the route failed: " + first(root(failure)));
      }
    }
  }

  private static String shown(Object body) {
    if (body == null) {
      return "(nothing)";
    }
    if (body instanceof Understanding message) {
      JsonNode content = message.bundle().isMissingNode() ? message.json() : message.bundle();
      return "a message of "
          + message.practice()
          + ", "
          + message.type()
          + (message.event().isEmpty() ? "" : ", means " + message.event())
          + (content.isMissingNode() ? "" : "\n" + shown(content));
    }
    if (body instanceof Translated row) {
      return row.fhir().isMissingNode()
          ? row.outcome() + ": " + row.reason()
          : shown((Object) row.fhir());
    }
    if (body instanceof Seam.Through through) {
      return shown(through.body());
    }
    if (body instanceof Seam.Kept kept) {
      return "kept back by " + kept.step();
    }
    if (body instanceof byte[] bytes) {
      return shown(new String(bytes, StandardCharsets.UTF_8));
    }
    if (body instanceof Iterable<?> list && !(body instanceof JsonNode)) {
      StringBuilder all = new StringBuilder();
      list.forEach(each -> all.append(shown(each)).append('\n'));
      return all.isEmpty() ? "(an empty list)" : all.toString().stripTrailing();
    }
    String text = String.valueOf(body);
    return StandIns.isJson(text) ? pretty(text) : text.replace('\r', '\n').stripTrailing();
  }

  private static String pretty(String text) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(text));
    } catch (JsonProcessingException e) {
      return text;
    }
  }

  private static Throwable root(Throwable e) {
    return e.getCause() == null || e.getCause() == e ? e : root(e.getCause());
  }

  private static String first(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
