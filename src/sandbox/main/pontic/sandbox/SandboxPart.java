package pontic.sandbox;

import java.util.Map;

/**
 * Something that runs beside the database: the API, a hospital. Parts are given to {@link
 * Sandbox#start} and started in their order, after the practices are open.
 */
@FunctionalInterface
public interface SandboxPart {

  /**
   * Starts it; what it adds to the control server it registers there.
   *
   * @throws java.io.IOException if a port is taken; the message names port and option
   * @throws Exception if it cannot start; what was started before is closed then
   */
  Running start(Surroundings surroundings) throws Exception;

  /** A started part. */
  interface Running extends AutoCloseable {

    /** Name to port on 127.0.0.1, e.g. {@code api-elm} to 30223. */
    Map<String, Integer> ports();
  }
}
