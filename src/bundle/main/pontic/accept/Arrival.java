package pontic.accept;

import java.util.Optional;
import pontic.answer.Promise;

/**
 * Bytes that arrived at a practice's listener or façade.
 *
 * @param route accept-hl7 or accept-fhir
 * @param sender MSH-3|MSH-4, or the client of the token
 * @param type ADT^A28 ..., Patient
 * @param controlId MSH-10 or the request id; "" if there is none
 * @param refusal why it is refused at the door, "" if it is taken in
 * @param answer what the sender is told if this is no repetition: AA, AE, AR, 202
 * @param promise that the sender is told of the end as well
 * @param inBatch whether it came with many others, in one frame or one request
 */
public record Arrival(
    String practice,
    String route,
    String sender,
    String type,
    String controlId,
    byte[] body,
    String refusal,
    String answer,
    Optional<Promise> promise,
    boolean inBatch) {

  /** Never the body. */
  @Override
  public String toString() {
    return "Arrival[" + practice + " " + route + " " + type + "]";
  }
}
