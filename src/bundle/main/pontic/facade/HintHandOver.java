package pontic.facade;

import pontic.capture.Heard;

/** Gives an event of an office to the route {@code accept-hint}. */
@FunctionalInterface
public interface HintHandOver {

  /**
   * Returns once what must be on disk is; throws if it is not.
   *
   * @param practice id of the practice whose key was sent
   * @param table the name that the event has; nobody has looked at it
   * @param body as it came
   */
  Heard.Outcome handOver(String practice, String table, byte[] body);
}
