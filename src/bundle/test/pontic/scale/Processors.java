package pontic.scale;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What all processors of this machine did since it started, in ticks.
 *
 * @param stolen in which the host ran others although this machine wanted to run
 */
record Processors(long all, long stolen) {
  private static final Path TOLD = Path.of("/proc/stat");

  /** In {@code proc(5)}: user, nice, system, idle, iowait, irq, softirq, steal. */
  private static final int TIMES = 8;

  /** Nothing where the system does not tell. */
  static Processors now() throws IOException {
    if (!Files.isReadable(TOLD)) {
      return new Processors(0, 0);
    }
    try (Stream<String> lines = Files.lines(TOLD)) {
      String first = lines.findFirst().orElseThrow();
      long[] times =
          Stream.of(first.split(" +")).skip(1).limit(TIMES).mapToLong(Long::parseLong).toArray();
      return new Processors(LongStream.of(times).sum(), times[TIMES - 1]);
    }
  }

  /** From 0 to 1. */
  double stolenSince(Processors earlier) {
    return all == earlier.all ? 0 : (stolen - earlier.stolen) / (double) (all - earlier.all);
  }
}
