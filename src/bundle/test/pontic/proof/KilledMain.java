package pontic.proof;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import pontic.Around;
import pontic.Bundle;
import pontic.generation.Installation;
import pontic.practice.SettingsLoader;

/**
 * The product's process that ends without last words in the middle of its first swap. Arguments:
 * installation, file of settings, and where: {@code loaded} (the new one's files are copied and
 * read), {@code started} (its routes run, the old one is held, nothing on disk says so), {@code
 * never}.
 */
final class KilledMain {
  private static final int KILLED = 137;

  private KilledMain() {}

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]);
    Properties flags = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(arguments[1]))) {
      flags.load(reader);
    }
    Map<String, String> over = new HashMap<>();
    flags.stringPropertyNames().forEach(name -> over.put(name, flags.getProperty(name)));
    AtomicInteger generations = new AtomicInteger();
    Bundle bundle =
        Bundle.prepare(
            new Installation(home, home.resolve("config"), new SettingsLoader(Map.of(), over)),
            Around.nothing()
                .withoutCheck()
                .withObserver(
                    context -> {
                      if (context.getName().equals("pontic")
                          && generations.incrementAndGet() == 2) {
                        kill(context, arguments[2]);
                      }
                    }));
    bundle.start(() -> {});
    new CountDownLatch(1).await();
  }

  private static void kill(CamelContext context, String where) {
    if (where.equals("loaded")) {
      Runtime.getRuntime().halt(KILLED);
    }
    if (where.equals("started")) {
      context.getManagementStrategy().addEventNotifier(new AtStart());
    }
  }

  private static final class AtStart extends EventNotifierSupport {
    @Override
    public void notify(CamelEvent event) {
      if (event instanceof CamelEvent.RouteStartedEvent started
          && started.getRoute().getRouteId().equals("wake-lanes")) {
        Runtime.getRuntime().halt(KILLED);
      }
    }
  }
}
