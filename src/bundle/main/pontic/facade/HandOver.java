package pontic.facade;

/** Gives an accepted resource to the route {@code accept-fhir}, which stores it. */
@FunctionalInterface
public interface HandOver {

  /**
   * Returns once the message is on disk; throws if it is not.
   *
   * @param practice id of the practice whose base was called
   * @param client id of the client whose token was sent
   * @param type {@code Patient}, or {@code Patient/update} if the client named the id
   * @param body the bytes as sent, JSON that was parsed as R4; after an update the resource holds
   *     the id of the URL
   * @param requestId {@code X-Request-Id} of the client, or a random one; the same id with the same
   *     bytes is the same message
   */
  HandedOver handOver(String practice, String client, String type, byte[] body, String requestId);
}
