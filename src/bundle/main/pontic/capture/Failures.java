package pontic.capture;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once that a route fails, and once that it works again; by kind of failure, never by its
 * text, which may quote what was read.
 */
public final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private final Map<String, String> failing = new ConcurrentHashMap<>();

  public void note(String route, Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String kind = root.getClass().getSimpleName();
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
