package pontic.mapping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Where something stands in a file. */
record Lines(List<String> lines) {
  static Lines of(Path file) {
    try {
      return new Lines(Files.readAllLines(file));
    } catch (IOException e) {
      return new Lines(List.of());
    }
  }

  /**
   * The line of the nth entry that begins so, counted from 1; 1 if it is written in another way.
   *
   * @param n counted from 0
   */
  int of(String beginning, int n) {
    return IntStream.range(0, lines.size())
        .filter(i -> lines.get(i).strip().startsWith(beginning))
        .skip(n)
        .map(i -> i + 1)
        .findFirst()
        .orElse(1);
  }
}
