package pontic.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import pontic.sandbox.database.Engine;

/**
 * What all benches share.
 *
 * @param home the installation
 * @param work for data of contenders; what is in it is thrown away
 * @param engine of the offices' tables
 * @param debezium whether the rival whose libraries are fetched only for it takes part
 */
record Setting(Path home, Path work, Contest contest, Engine engine, boolean debezium) {

  /** The same with another contest. */
  Setting with(Contest other) {
    return new Setting(home, work, other, engine, debezium);
  }

  /** An empty folder of this name; what it held is deleted. */
  Path folder(String name) {
    Path folder = work.resolve(name);
    try {
      if (Files.exists(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
