package pontic.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where figures were measured; without it they mean nothing. */
final class Machine {
  private static final long MEGABYTE = 1024L * 1024;

  private Machine() {}

  /** By name, in the order of showing. */
  static Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("cores", Runtime.getRuntime().availableProcessors());
    facts.put("memoryMegabytes", memory());
    facts.put("processor", processor());
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put(
        "java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    facts.put(
        "javaOptions",
        String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments())
            .replaceAll("-Dpontic\\.home=\\S+ ?", ""));
    facts.put("heapMegabytes", Runtime.getRuntime().maxMemory() / MEGABYTE);
    return facts;
  }

  /** Processes that ran or waited for a core, as a mean of the last minute. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize() / MEGABYTE
        : 0;
  }

  private static String processor() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
