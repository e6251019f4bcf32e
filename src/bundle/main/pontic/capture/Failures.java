package pontic.capture;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once that a route fails, and once that it works again; by kind of failure, never by its
 * text, which may quote what was read.
 */
public final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private final Map<String, String> failing = new ConcurrentHashMap<>();
  private final BiConsumer<String, String> failed;

  /**
   * @param failed is told whenever a route, or a part of it that fails by itself, does so, by its
   *     id and the kind of failure
   */
  public Failures(BiConsumer<String, String> failed) {
    this.failed = failed;
  }

  public void note(String route, Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String kind = root.getClass().getSimpleName();
    failed.accept(route, kind);
    if (!kind.equals(failing.put(route, kind))) {
      LOG.warn(
          "{} failed ({}); nothing was stored or skipped, it goes on with the next token or tick. See the health page for what it waits for.",
          route,
          kind);
    }
  }

  public void gone(String route) {
    if (failing.remove(route) != null) {
      LOG.info("{} works again.", route);
    }
  }
}
