package pontic.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.capture.EventsTarget;
import pontic.facade.FacadeTarget;

/**
 * Bytes that are drawn by what they reach, for as long as {@code -Dfuzz.seconds} says, each kind in
 * a process of its own with a bounded memory: none crashes, hangs or breaks what the properties
 * beside this hold. What is found is a file in {@code target/fuzz}, which the failure names, and is
 * played first the next time.
 */
final class GuidedFuzzTest {
  private static final long SECONDS = Long.getLong("fuzz.seconds", 0);
  private static final Path CORPUS = Path.of("test/corpus");
  private static final Path FOUND = Path.of("target/fuzz");

  /** For one input; far more than any takes on a machine that is busy with something else. */
  private static final int HANGS_AFTER_SECONDS = 300;

  /** Beyond the time that is asked for: a start, and one that hangs. */
  private static final long PATIENCE_SECONDS = 900;

  private static final int MOST_MEGABYTES = 3_000;
  private static final int LONGEST_INPUT = 16 * 1024;
  private static final int TOLD_LINES = 40;

  static Stream<Arguments> targets() {
    return Stream.of(
        Arguments.of("frames", FramesTarget.class, List.of(frames())),
        Arguments.of("hl7", Hl7Target.class, List.of()),
        Arguments.of("facade", FacadeTarget.class, FacadeTarget.seeds()),
        Arguments.of("events", EventsTarget.class, EventsTarget.seeds()));
  }

  private static byte[] frames() {
    return "\u0007\u0030x\u000bMSH|^~\\&|A\u001c\r\u000bMSH\u001c\n\u001c\r\r"
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targets")
  void whateverIsDrawnByWhatItReachesBreaksNothing(String name, Class<?> target, List<byte[]> seeds)
      throws Exception {
    assumeTrue(SECONDS > 0, "only with -Dfuzz.seconds: part of --soak");
    Path kept = Files.createDirectories(FOUND.resolve(name));
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(kept.resolve("seed-" + i), seeds.get(i));
    }
    Path log = FOUND.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command(name, target, kept))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertTrue(
          process.waitFor(SECONDS + PATIENCE_SECONDS, TimeUnit.SECONDS),
          () -> "it does not end: " + told(log));
      assertEquals(0, process.exitValue(), () -> told(log));
    } finally {
      process.destroyForcibly().waitFor();
    }
    System.out.println(name + ": " + done(log));
  }

  private static List<String> command(String name, Class<?> target, Path kept) {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.getName(),
            "--instrumentation_includes=pontic.**",
            // Where all libraries are looked at too, the start alone takes minutes.
            "--custom_hook_includes=pontic.**",
            // The target is a client of the façade's port.
            "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery",
            "--reproducer_path=" + FOUND,
            "-artifact_prefix=" + FOUND.resolve(name) + "-",
            "-max_total_time=" + SECONDS,
            "-timeout=" + HANGS_AFTER_SECONDS,
            "-rss_limit_mb=" + MOST_MEGABYTES,
            "-max_len=" + LONGEST_INPUT,
            kept.toString()));
    if (name.equals("hl7")) {
      command.add(CORPUS.toString());
    }
    return command;
  }

  private static String done(Path log) throws IOException {
    return lines(log).stream()
        .filter(line -> line.startsWith("Done "))
        .findFirst()
        .orElse("it does not say how many it played");
  }

  private static String told(Path log) {
    try {
      List<String> lines = lines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TOLD_LINES), lines.size()));
    } catch (IOException e) {
      return "there is no log: " + e;
    }
  }

  /** Bytes of inputs stand in it, which are no text. */
  private static List<String> lines(Path log) throws IOException {
    return Files.readString(log, StandardCharsets.ISO_8859_1).lines().toList();
  }
}
