package pontic.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Which steps of the routes an exchange came to, in all generations of one house, or in one
 * context.
 */
public final class PassedSteps implements InterceptStrategy {
  /** Every house of a build leaves a file here; the build's last test reads them together. */
  public static final Path FOLDER = Path.of("target", "passed-steps");

  private final Set<String> passed = ConcurrentHashMap.newKeySet();
  private final String test;

  private PassedSteps(String test) {
    this.test = test;
  }

  /** For a house that some test opens, whose name it leaves. */
  public static PassedSteps ofThisTest() {
    return new PassedSteps(
        StackWalker.getInstance()
            .walk(
                frames ->
                    frames
                        .map(StackWalker.StackFrame::getClassName)
                        .filter(name -> name.matches("pontic\\.[\\w.]*Test"))
                        .reduce((one, outer) -> outer)
                        .map(name -> name.substring(name.lastIndexOf('.') + 1))
                        .orElse("none")));
  }

  /** Before its routes are made. */
  public void watch(CamelContext camel) {
    camel.getCamelContextExtension().addInterceptStrategy(this);
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    return new Noted(target, route(definition) + "/" + definition.getId());
  }

  private static String route(NamedNode definition) {
    NamedNode node = definition;
    while (node.getParent() != null) {
      node = node.getParent();
    }
    return String.valueOf(node.getId());
  }

  private final class Noted extends DelegateAsyncProcessor {
    private final String step;

    Noted(Processor target, String step) {
      super(target);
      this.step = step;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      passed.add(step);
      return super.process(exchange, callback);
    }
  }

  /** A line each: {@code send-fhir-hospital/hospital-claim}; the file is called by the test. */
  public void leave() throws IOException {
    Files.createDirectories(FOLDER);
    Files.write(FOLDER.resolve(test + "." + UUID.randomUUID()), new TreeSet<>(passed));
  }
}
