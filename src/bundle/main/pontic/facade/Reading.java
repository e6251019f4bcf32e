package pontic.facade;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;

/**
 * Room for what bodies become while they are read. A name, a value or a bracket of JSON may be two
 * bytes, and is up to 300 as JSON and as a resource, so a body is weighed by them and not by its
 * bytes (decision 0411). Who finds no room waits for it, since reading takes a second and no more;
 * but each who waits has a thread of the listener, and few may (decision 0413).
 */
final class Reading {
  /** Names, values and brackets of one body. */
  static final int MOST = 250_000;

  /** Of all bodies that are read at the same time. */
  private static final int TOGETHER = 3 * MOST;

  /** Threads of the listener, which others need. */
  private static final int MOST_WAITING = 8;

  /** What is shorter is not weighed. */
  private static final int LIGHT_BYTES = 16 * 1024;

  private static final JsonFactory JSON = new JsonFactory();

  private final Semaphore room = new Semaphore(TOGETHER, true);
  private final Semaphore waiting = new Semaphore(MOST_WAITING);
  private final Duration patience;

  /**
   * @param patience how long one waits for room
   */
  Reading(Duration patience) {
    this.patience = patience;
  }

  /** Its room, until it is closed. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * @throws FhirFault if it is too much for one body, or there is no room in time, or too many wait
   *     for it
   */
  Held hold(byte[] body) {
    int weight = body.length <= LIGHT_BYTES ? 0 : weight(body);
    if (weight > MOST) {
      throw new FhirFault(
          413,
          IssueType.TOOCOSTLY,
          "",
          "The body has more than "
              + MOST
              + " names, values and brackets of JSON; send it as several");
    }
    if (weight > 0 && !isThereRoom(weight)) {
      throw new FhirFault(
          503,
          IssueType.TRANSIENT,
          "",
          "Too many large bodies come at once; nothing was accepted; send it again later");
    }
    return () -> room.release(weight);
  }

  private boolean isThereRoom(int weight) {
    try {
      // Without a time it would go before those who wait.
      if (room.tryAcquire(weight, 0, TimeUnit.MILLISECONDS)) {
        return true;
      }
      if (!waiting.tryAcquire()) {
        return false;
      }
      try {
        return room.tryAcquire(weight, patience.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        waiting.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Up to one more than is taken. What is no JSON is told by who reads it, who goes no further. */
  private static int weight(byte[] body) {
    int weight = 0;
    try (JsonParser parser = JSON.createParser(body)) {
      while (weight <= MOST && parser.nextToken() != null) {
        weight++;
      }
    } catch (IOException none) {
      // Not JSON, or bytes that are no text of the charset that they begin like.
      return weight;
    }
    return weight;
  }
}
