package pontic.house;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import pontic.Pontic;

/**
 * How tests start a bundle as a process of its own: at half the price, since loading and compiling
 * classes is most of a start. The classes of the project lie in one jar (an archive takes no
 * folders), those that a start needs are in an archive of the JVM beside it. Both are made by the
 * first test that asks, and made anew when a class is newer or the class path another; the JVM
 * passes over an archive that does not fit.
 */
public final class ChildJvm {
  private static final Path FOLDER = House.home().resolve("src/bundle/target/child-jvm");
  private static final int LONGEST_SECONDS = 120;

  private ChildJvm() {}

  /** The command up to the main class, with these options. */
  public static List<String> command(String... options) throws Exception {
    Files.createDirectories(FOLDER);
    // Several forks of the tests ask at the same time.
    try (FileChannel channel =
            FileChannel.open(
                FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!fresh()) {
        make();
      }
    }
    List<String> command = java();
    command.add("-XX:SharedArchiveFile=" + archive());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath()));
    return command;
  }

  private static List<String> java() {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:MetaspaceSize=256m",
            "-Xms256m",
            "-Xmn128m",
            "-Xshare:auto",
            // What it says by itself goes not where tests read a command's answer.
            "-Xlog:disable",
            "-Xlog:all=warning:stderr"));
  }

  private static Path jar() {
    return FOLDER.resolve("classes.jar");
  }

  private static Path archive() {
    return FOLDER.resolve("classes.jsa");
  }

  private static List<Path> entries() {
    // Surefire hides the tests' class path in the manifest of a jar; it says the whole in here.
    return Stream.of(
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .split(File.pathSeparator))
        .map(Path::of)
        .toList();
  }

  private static String classPath() {
    return Stream.concat(
            Stream.of(jar()), entries().stream().filter(entry -> !Files.isDirectory(entry)))
        .map(Path::toString)
        .reduce((a, b) -> a + File.pathSeparator + b)
        .orElseThrow();
  }

  private static boolean fresh() throws IOException {
    // It fits one class path only: in some builds the sandbox is a jar, in others a folder.
    Path made = FOLDER.resolve("class-path");
    if (!Files.exists(archive()) || !Files.exists(made) || !text(made).equals(classPath())) {
      return false;
    }
    long packed = Files.getLastModifiedTime(jar()).toMillis();
    for (Path entry : entries()) {
      try (Stream<Path> files = Files.walk(entry)) {
        for (Path file : files.toList()) {
          if (Files.getLastModifiedTime(file).toMillis() > packed) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** A store of an older state of the project may not fit this one. */
  private static void deleteData() throws IOException {
    Path data = FOLDER.resolve("data");
    if (Files.exists(data)) {
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void make() throws Exception {
    Files.deleteIfExists(archive());
    deleteData();
    pack();
    Files.writeString(FOLDER.resolve("class-path"), classPath());
    Path log = FOLDER.resolve("log");
    List<String> command = java();
    command.addAll(
        List.of(
            "-XX:ArchiveClassesAtExit=" + archive(),
            "-Dpontic.home=" + House.home(),
            "-cp",
            classPath(),
            Pontic.class.getName(),
            "run",
            "--data",
            FOLDER.resolve("data").toString()));
    List<String> settings =
        new ArrayList<>(
            List.of("pontic.facade.port=0", "pontic.management.port=0", "pontic.hawtio.port=0"));
    for (String practice : List.of("elm", "oak")) {
      settings.add("practices." + practice + ".hl7.port=0");
      settings.add("practices." + practice + ".database.enabled=false");
      settings.add(
          "practices." + practice + ".api.url=http://127.0.0.1:" + House.freePort() + "/api/v1");
    }
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      House.until(
          "a bundle runs or ended, see " + log,
          () -> !process.isAlive() || text(log).contains("Pontic runs"));
      boolean ran = process.isAlive();
      process.destroy();
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) || !ran || !Files.exists(archive())) {
        Files.deleteIfExists(archive());
        throw new AssertionError("no archive of classes was made; see " + log);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static void pack() throws IOException {
    Set<String> packed = new HashSet<>();
    try (OutputStream file = Files.newOutputStream(jar());
        JarOutputStream out = new JarOutputStream(file)) {
      out.setLevel(0);
      for (Path folder : entries().stream().filter(Files::isDirectory).toList()) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path one : files.filter(one -> !one.equals(folder)).toList()) {
            String name = folder.relativize(one).toString().replace(File.separatorChar, '/');
            // Folders too: who looks for all migrations in one asks for the folder itself.
            if (Files.isDirectory(one) && packed.add(name + "/")) {
              out.putNextEntry(new ZipEntry(name + "/"));
              out.closeEntry();
            } else if (Files.isRegularFile(one) && packed.add(name)) {
              out.putNextEntry(new ZipEntry(name));
              Files.copy(one, out);
              out.closeEntry();
            }
          }
        }
      }
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
