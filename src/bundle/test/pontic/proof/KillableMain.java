package pontic.proof;

import ch.qos.logback.classic.LoggerContext;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.slf4j.LoggerFactory;
import pontic.Around;
import pontic.Bundle;
import pontic.capture.Reach;
import pontic.generation.Installation;
import pontic.house.House;
import pontic.practice.SettingsLoader;

/**
 * The product's process with a kill point in it. Arguments: folder of config, file of settings,
 * kill point or "none", "usual", "retry" or "strict", and perhaps a file of {@link Aim}s. Says
 * {@code proof:ready}; {@code open} on standard input is answered by how much is open (messages
 * without an end, what is due to destinations and senders), {@code open PRACTICE} by its messages
 * without an end; {@code stop} ends it in order.
 */
final class KillableMain {
  /** Behind the watermark and nothing else. */
  static final Reach STRICT = new Reach(Duration.ZERO, 0, Duration.ofDays(1), Duration.ZERO, 0);

  private KillableMain() {}

  public static void main(String[] arguments) throws Exception {
    Properties flags = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(arguments[1]))) {
      flags.load(reader);
    }
    Map<String, String> over = new HashMap<>();
    flags.stringPropertyNames().forEach(name -> over.put(name, flags.getProperty(name)));
    boolean retry = arguments[3].equals("retry");
    boolean strict = arguments[3].equals("strict");
    AtAims aims = new AtAims(arguments.length > 4 ? Aim.read(Path.of(arguments[4])) : List.of());
    Around around =
        Around.nothing()
            .withoutCheck()
            .withPlanning(planner -> retry ? new RetryInsteadOfSettle(planner) : planner)
            .withReaching(reach -> strict ? STRICT : reach)
            .withObserver(
                context -> {
                  context.getCamelContextExtension().addInterceptStrategy(new HoldAtSteps(aims));
                  if (!arguments[2].equals("none")) {
                    context
                        .getCamelContextExtension()
                        .addInterceptStrategy(halting(KillPoint.parse(arguments[2])));
                  }
                });
    try (Bundle bundle =
        Bundle.prepare(
            new Installation(
                House.home(), Path.of(arguments[0]), new SettingsLoader(Map.of(), over)),
            around)) {
      aims.lookInto(bundle.store());
      bundle.start(() -> {});
      System.out.println("proof:ready");
      serve(bundle);
    }
    System.exit(0);
  }

  private static HaltAtStep halting(KillPoint point) {
    if (!point.trigger().equals(KillPoint.UNIT)) {
      return new HaltAtStep(point, () -> Runtime.getRuntime().halt(HaltAtStep.KILLED));
    }
    HaltInUnit unit = new HaltInUnit();
    ((LoggerContext) LoggerFactory.getILoggerFactory()).addTurboFilter(unit);
    return new HaltAtStep(point, unit::arm);
  }

  private static void serve(Bundle bundle) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null && !line.equals("stop"); line = in.readLine()) {
      if (line.startsWith("open ")) {
        String practice = line.substring("open ".length());
        System.out.println("proof:open " + open(bundle, practice));
      } else {
        System.out.println("proof:open " + open(bundle));
      }
    }
  }

  private static long open(Bundle bundle) {
    return bundle
        .store()
        .read(
            tx ->
                tx.sql(
                        "select (select count(*) from message where receipt_end = '')"
                            + " + (select count(*) from due)"
                            + " + (select count(*) from answer where state = 'due')")
                    .query(Long.class)
                    .single());
  }

  private static long open(Bundle bundle, String practice) {
    return bundle
        .store()
        .read(
            tx ->
                tx.sql(
                        "select count(*) from message where receipt_end = '' and practice = :practice")
                    .param("practice", practice)
                    .query(Long.class)
                    .single());
  }
}
