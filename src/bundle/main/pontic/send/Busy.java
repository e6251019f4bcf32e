package pontic.send;

import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import java.time.Duration;

/** A destination asks to be left alone for a time (429 or 503 with Retry-After). */
final class Busy extends BaseServerResponseException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  Busy(int status, Duration retryAfter) {
    super(status, "the destination asks to wait");
    this.retryAfter = retryAfter;
  }

  Duration retryAfter() {
    return retryAfter;
  }
}
