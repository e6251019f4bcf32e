package pontic.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;

/** Answers one kind of request to the control server. */
@FunctionalInterface
public interface ControlHandler {

  /**
   * Does what was asked.
   *
   * @param body the request's JSON; without a body its query parameters as an object of text; a
   *     missing node where there are none
   * @return what Jackson writes as the answer's JSON, with status 200
   * @throws IllegalArgumentException if the request is wrong; the message goes to the caller (400)
   * @throws Exception on anything else (500, without the message)
   */
  Object handle(JsonNode body) throws Exception;
}
