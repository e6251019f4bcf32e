package pontic.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** An engineer's copy of the installation. */
public final class Workshop {
  private final Path home;

  private Workshop(Path home) {
    this.home = home;
  }

  public static Workshop open(Path home) throws IOException {
    Workshop workshop = new Workshop(home);
    workshop.restore();
    return workshop;
  }

  /** All files as shipped, and no others; those that are so already are not touched. */
  public void restore() throws IOException {
    for (String area : List.of("routes", "mappings", "sql", "config")) {
      Path from = House.home().resolve(area);
      Path to = home.resolve(area);
      Files.createDirectories(to);
      for (Path file : files(to)) {
        if (!Files.exists(from.resolve(to.relativize(file).toString()))) {
          Files.delete(file);
        }
      }
      for (Path file : files(from)) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        if (!Files.exists(copy) || Files.mismatch(file, copy) >= 0) {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  public Path home() {
    return home;
  }

  public String read(String file) throws IOException {
    return Files.readString(home.resolve(file));
  }

  public void write(String file, String text) throws IOException {
    Files.createDirectories(home.resolve(file).getParent());
    Files.writeString(home.resolve(file), text);
  }

  public void delete(String file) throws IOException {
    Files.delete(home.resolve(file));
  }

  /** Fails if the file does not hold the text. */
  public void replace(String file, String text, String by) throws IOException {
    String before = read(file);
    if (!before.contains(text)) {
      throw new AssertionError(file + " does not hold " + text);
    }
    write(file, before.replace(text, by));
  }
}
