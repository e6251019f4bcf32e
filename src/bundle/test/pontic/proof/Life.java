package pontic.proof;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import pontic.house.ChildJvm;

/** One life of the bundle, as a process. */
final class Life implements AutoCloseable {
  private static final Duration LONGEST_START = Duration.ofSeconds(300);

  private final Process process;
  private final Path log;
  private final Consumer<String> told;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final LinkedBlockingQueue<Long> answers = new LinkedBlockingQueue<>();

  private Life(Process process, Path log, Consumer<String> told) {
    this.process = process;
    this.log = log;
    this.told = told;
  }

  static Life start(Path config, Path flags, KillPoint point, String mode, Path log)
      throws Exception {
    return start(
        List.of(
            config.toString(),
            flags.toString(),
            point.inTheProcess() ? point.text() : "none",
            mode),
        log,
        word -> {});
  }

  /**
   * One that holds what comes to its aim, until it is killed.
   *
   * @param aims file of {@link Aim}s
   * @param told hears what it says of them, without {@code proof:}
   */
  static Life start(
      Path config, Path flags, Path aims, String mode, Path log, Consumer<String> told)
      throws Exception {
    return start(
        List.of(config.toString(), flags.toString(), "none", mode, aims.toString()), log, told);
  }

  private static Life start(List<String> arguments, Path log, Consumer<String> told)
      throws Exception {
    List<String> command = ChildJvm.command("-Xmx512m", "-Dlogback.configurationFile=logback.xml");
    command.add(KillableMain.class.getName());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Life life = new Life(process, log, told);
    Thread reader = new Thread(life::listen, "life-" + process.pid());
    reader.setDaemon(true);
    reader.start();
    return life;
  }

  private void listen() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        var writer =
            Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.equals("proof:ready")) {
          ready.countDown();
        } else if (line.startsWith("proof:open ")) {
          answers.add(Long.parseLong(line.substring("proof:open ".length())));
        } else if (line.startsWith("proof:")) {
          told.accept(line.substring("proof:".length()));
        } else {
          writer.write(line);
          writer.newLine();
          writer.flush();
        }
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  void awaitReady() throws InterruptedException {
    if (!isReady()) {
      throw new AssertionError("the bundle ended before it had started; see " + log);
    }
  }

  /** True once it started; false if it ended before. */
  boolean isReady() throws InterruptedException {
    long end = System.nanoTime() + LONGEST_START.toNanos();
    while (!ready.await(20, TimeUnit.MILLISECONDS)) {
      if (!process.isAlive()) {
        return false;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("the bundle did not start; see " + log);
      }
    }
    return true;
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  /** True if it ended by a kill within the time; an end of any other kind fails the test. */
  boolean killedWithin(Duration longest) throws InterruptedException {
    if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
      return false;
    }
    if (process.exitValue() != HaltAtStep.KILLED) {
      throw new AssertionError(
          "the bundle ended by itself with " + process.exitValue() + "; see " + log);
    }
    return true;
  }

  /** How many messages have no end yet, and how much is due to destinations. */
  long open() throws Exception {
    say("open");
    Long open = answers.poll(240, TimeUnit.SECONDS);
    if (open == null) {
      throw new AssertionError("the bundle does not answer; see " + log);
    }
    return open;
  }

  /** How many messages of a practice have no end yet; empty once it has ended. */
  synchronized OptionalLong openIfAlive(String practice) throws InterruptedException {
    try {
      say("open " + practice);
    } catch (IOException e) {
      // Its end of the pipe is closed: it ends.
      process.waitFor();
      return OptionalLong.empty();
    }
    while (process.isAlive()) {
      Long open = answers.poll(100, TimeUnit.MILLISECONDS);
      if (open != null) {
        return OptionalLong.of(open);
      }
    }
    return OptionalLong.empty();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it in order. */
  void stop() throws Exception {
    say("stop");
    if (!process.waitFor(600, TimeUnit.SECONDS)) {
      throw new AssertionError("the bundle did not stop within 600 s; see " + log);
    }
  }

  private void say(String word) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
    in.flush();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
