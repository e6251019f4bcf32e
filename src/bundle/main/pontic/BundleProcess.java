package pontic;

import ca.uhn.fhir.context.FhirContext;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.check.Check;
import pontic.cli.Runner;
import pontic.generation.Installation;
import pontic.practice.SettingsLoader;

/** One run of the bundle: from prepared to asked to stop. */
final class BundleProcess implements Runner {
  private static final Logger LOG = LoggerFactory.getLogger(BundleProcess.class);

  @Override
  public void run(Installation installation) throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, ended), "shutdown"));
    try (Bundle bundle = Bundle.prepare(installation)) {
      bundle.start(stop::countDown);
      LOG.info("Pontic runs, {}", bundle.where());
      stop.await();
      LOG.info("Pontic ends: what is under way is finished first");
    } finally {
      ended.countDown();
    }
  }

  @Override
  public Check check(SettingsLoader loader) {
    return Check.of(new Vocabulary(FhirContext.forR4()), loader);
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
