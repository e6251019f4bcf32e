package pontic.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import pontic.house.House;

/** An engineer's copy of the installation. */
final class Workshop {
  private final Path home;

  private Workshop(Path home) {
    this.home = home;
  }

  static Workshop open(Path home) throws IOException {
    Workshop workshop = new Workshop(home);
    workshop.restore();
    return workshop;
  }

  /** All files as shipped, and no others; those that are so already are not touched. */
  void restore() throws IOException {
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

  Path home() {
    return home;
  }

  String read(String file) throws IOException {
    return Files.readString(home.resolve(file));
  }

  void write(String file, String text) throws IOException {
    Files.createDirectories(home.resolve(file).getParent());
    Files.writeString(home.resolve(file), text);
  }

  void delete(String file) throws IOException {
    Files.delete(home.resolve(file));
  }

  /** Fails if the file does not hold the text. */
  void replace(String file, String text, String by) throws IOException {
    String before = read(file);
    if (!before.contains(text)) {
      throw new AssertionError(file + " does not hold " + text);
    }
    write(file, before.replace(text, by));
  }
}
