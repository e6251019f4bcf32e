package pontic.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Option;

/** What commands have in common whose runs take long: they are waited for, or stopped. */
final class LongRuns {
  private static final Duration LOOK = Duration.ofSeconds(1);

  @Option(names = "--no-wait", description = "Do not wait for the end.")
  private boolean noWait;

  @Option(names = "--stop", description = "Stop what is under way; ask again to go on.")
  private boolean stop;

  boolean areStopped() {
    return stop;
  }

  /**
   * Asks again until none of the runs goes on, if that is wanted, and says how far they are.
   *
   * @param path tells them as they then are
   */
  JsonNode ended(JsonNode runs, Ask ask, String path) {
    Progress progress = new Progress(System::nanoTime);
    PrintWriter out = ask.progress();
    JsonNode newest = runs;
    String said = "";
    for (String line = progress.line(newest);
        !noWait && !line.isEmpty();
        line = progress.line(newest)) {
      if (!line.equals(said)) {
        said = line;
        out.println(line);
        out.flush();
      }
      LockSupport.parkNanos(LOOK.toNanos());
      if (Thread.currentThread().isInterrupted()) {
        return newest;
      }
      newest = ask.of("GET", path);
    }
    return newest;
  }

  /** With what the rows of a run are compared, as people call it. */
  static String with(JsonNode run) {
    String destination = run.path("destination").asText();
    return destination.isEmpty() ? "Open Dental" : destination;
  }
}
