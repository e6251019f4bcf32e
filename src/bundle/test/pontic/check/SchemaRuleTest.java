package pontic.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pontic.house.House;

final class SchemaRuleTest {
  private static final long MEGABYTE = 1024 * 1024;

  /** A process keeps it for the next edit of a file (decision 0117). */
  @Test
  void afterAllRoutesItHoldsLittleMemory() throws Exception {
    long before = used();
    SchemaRule rule = new SchemaRule();
    List<Finding> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(House.home().resolve("routes"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
        found.addAll(
            rule.check(Document.read(file, file.getFileName().toString(), found).orElseThrow()));
      }
    }
    long held = (used() - before) / MEGABYTE;
    assertEquals(List.of(), found);
    assertTrue(held < 100, () -> held + " MB");
  }

  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
