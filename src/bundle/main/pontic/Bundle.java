package pontic;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.impl.DefaultCamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.cli.Runner;
import pontic.generation.Generation;
import pontic.hawtio.Console;
import pontic.hawtio.Users;
import pontic.operations.CamelRoutes;
import pontic.operations.ManagementServer;
import pontic.operations.ManagementToken;
import pontic.operations.Metrics;
import pontic.operations.StoreCheck;
import pontic.practice.Secret;
import pontic.practice.Settings;
import pontic.store.DemoKeys;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;

/**
 * Puts the process together. Without routes so far: health says so, and the operators' side works.
 */
final class Bundle implements Runner {

  private static final Logger LOG = LoggerFactory.getLogger(Bundle.class);

  @Override
  public void run(Settings settings, Path home) throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Generation generation = Generation.of(home, settings.config());
    Secret token = ManagementToken.readOrMake(settings.data());
    DemoKeys keys = KeyVault.createDemo(settings.data().resolve("vault.keys"));
    LOG.info("{}", keys.notice());
    StoreSettings where =
        new StoreSettings(
            settings.store().url(),
            settings.data(),
            settings.store().user(),
            settings.store().password().value(),
            settings.instance());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, ended), "shutdown"));
    try (Store store = Stores.open(where, keys.vault());
        Metrics metrics = new Metrics(store);
        DefaultCamelContext context = new DefaultCamelContext()) {
      CamelRoutes routes = new CamelRoutes(context);
      context.addRoutePolicyFactory(metrics.routePolicies());
      context.start();
      try (ManagementServer management =
              ManagementServer.open(
                  settings,
                  store,
                  routes,
                  List.of(new StoreCheck(store), routes),
                  metrics,
                  generation::id,
                  token,
                  stop::countDown);
          Console console = Console.open(settings, Users.load(settings.data(), System.getenv()))) {
        LOG.info(
            "Pontic runs, generation {}: {}/health, {}",
            generation.id(),
            management.url(),
            console.url());
        stop.await();
      }
    } finally {
      ended.countDown();
    }
    LOG.info("Pontic ended");
  }

  /** SIGTERM and Ctrl-C: lets the work end before the Java process does. */
  private static void end(CountDownLatch stop, CountDownLatch ended) {
    stop.countDown();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
