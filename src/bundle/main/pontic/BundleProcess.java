package pontic;

import ca.uhn.fhir.context.FhirContext;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.check.Check;
import pontic.cli.Runner;
import pontic.generation.Installation;
import pontic.practice.SettingsLoader;

/** One run of the bundle: from prepared to asked to stop. */
final class BundleProcess implements Runner {
  private static final Logger LOG = LoggerFactory.getLogger(BundleProcess.class);

  /** What a signal waits for what is under way; decision 0130. */
  private static final Duration LONGEST_END = Duration.ofSeconds(8);

  @Override
  public void run(Installation installation) throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(runs, stop, ended), "shutdown"));
    try (Bundle bundle = Bundle.prepare(installation)) {
      bundle.start(stop::countDown);
      runs.countDown();
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

  /**
   * SIGTERM and Ctrl-C: lets the work end before the Java process does, for a while. What is cut
   * off is as after kill -9: the next start goes on with it. A start is not waited for.
   */
  private static void end(CountDownLatch runs, CountDownLatch stop, CountDownLatch ended) {
    stop.countDown();
    try {
      if (ended.getCount() == 0) {
        return;
      }
      if (runs.getCount() > 0) {
        LOG.info("Pontic ends before it ran");
      } else if (!ended.await(LONGEST_END.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn(
            "Pontic ends with work under way after {} s; the next start goes on with it",
            LONGEST_END.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
