package pontic.opendental;

import java.io.IOException;

/** The deadline of a request had passed before it could be sent. It certainly had no effect. */
public final class NotSentException extends IOException {
  public NotSentException() {
    super("its deadline had passed; it was not sent");
  }
}
