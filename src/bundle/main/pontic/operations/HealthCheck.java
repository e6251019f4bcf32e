package pontic.operations;

import java.util.List;

/**
 * Looks at one part of the process that must work for messages to flow. May throw or hang: both
 * count as down.
 */
public interface HealthCheck {

  /** Names the part: {@code store}, {@code broker}, {@code routes}. */
  String name();

  /** What a look that gives no answer in time is waiting for, in words; "" if it cannot tell. */
  default String hanging() {
    return "";
  }

  /** One part, or several of a kind (each route). */
  List<Part> look() throws Exception;

  /**
   * @param detail why it is down, in words, without patient data; "" if there is nothing to say
   */
  record Part(String name, boolean up, String detail) {}
}
