package pontic.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A process that has ended, and what it said. */
record Ended(int code, String out, String err) {

  /** Starts it and waits for its end. */
  static Ended of(ProcessBuilder builder) throws Exception {
    Path out = Files.createTempFile("pontic", ".out");
    Path err = Files.createTempFile("pontic", ".err");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertTrue(process.waitFor(600, TimeUnit.SECONDS), builder.command().toString());
      return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      process.destroyForcibly();
      Files.delete(out);
      Files.delete(err);
    }
  }
}
