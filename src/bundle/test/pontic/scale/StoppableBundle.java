package pontic.scale;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import pontic.Around;
import pontic.Bundle;
import pontic.generation.Installation;
import pontic.lane.LaneStep;
import pontic.practice.SettingsLoader;

/**
 * The bundle as a process that can be held between a write's intent and its request: whoever first
 * takes the file {@code hold}, which names practice and write, says so in {@code held} and goes on
 * when {@code go} is there.
 */
final class StoppableBundle {
  private StoppableBundle() {}

  public static void main(String[] arguments) throws Exception {
    Path control = Path.of(arguments[0]);
    Path home = Path.of(arguments[2]);
    Properties flags = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(arguments[1]))) {
      flags.load(reader);
    }
    Map<String, String> settings =
        flags.stringPropertyNames().stream().collect(Collectors.toMap(k -> k, flags::getProperty));
    CountDownLatch end = new CountDownLatch(1);
    Bundle bundle =
        Bundle.prepare(
            new Installation(home, home.resolve("config"), new SettingsLoader(Map.of(), settings)),
            Around.nothing()
                .withoutCheck()
                .withObserver(
                    observed ->
                        observed
                            .getCamelContextExtension()
                            .addInterceptStrategy(
                                (CamelContext context,
                                    NamedNode node,
                                    org.apache.camel.Processor target,
                                    org.apache.camel.Processor next) ->
                                    node.getId().equals("call-http")
                                        ? new Holding(target, control)
                                        : target)));
    bundle.start(end::countDown);
    System.out.println("runs");
    end.await();
    bundle.close();
  }

  private static final class Holding extends DelegateAsyncProcessor {
    private final Path control;

    Holding(org.apache.camel.Processor next, Path control) {
      super(next);
      this.control = control;
    }

    @Override
    public boolean process(Exchange exchange, org.apache.camel.AsyncCallback callback) {
      LaneStep step = exchange.getProperty("step", LaneStep.class);
      try {
        if (isMeant(step) && Files.deleteIfExists(control.resolve("hold"))) {
          Path said = control.resolve("held.part");
          Files.writeString(said, step.callId());
          Files.move(said, control.resolve("held"));
          while (!Files.exists(control.resolve("go"))) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return super.process(exchange, callback);
    }

    private boolean isMeant(LaneStep step) throws IOException {
      try {
        return Files.readString(control.resolve("hold"))
            .equals(step.practice() + " " + step.request().name());
      } catch (NoSuchFileException e) {
        return false;
      }
    }
  }
}
