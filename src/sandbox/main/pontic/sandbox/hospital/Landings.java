package pontic.sandbox.hospital;

import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.hl7.fhir.r4.model.Bundle;

/** Requests whose sender was turned away and that take effect all the same, later. */
final class Landings {
  private final BundleEndpoint bundles;
  private final ScheduledExecutorService clock;
  private final List<Landing> landed = new ArrayList<>();

  Landings(BundleEndpoint bundles, ScheduledExecutorService clock) {
    this.bundles = bundles;
    this.clock = clock;
  }

  /**
   * @param request empty for one that writes nothing; lands as 400
   */
  void later(Optional<Bundle> request, Duration time) {
    Instant answered = Instant.now();
    clock.schedule(() -> land(request, answered), time.toNanos(), TimeUnit.NANOSECONDS);
  }

  synchronized List<Landing> list() {
    return List.copyOf(landed);
  }

  /** Waits until there are this many or the time is over; returns what landed. */
  synchronized List<Landing> await(int count, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (landed.size() < count && System.nanoTime() < end) {
      wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
    return list();
  }

  private void land(Optional<Bundle> request, Instant answered) {
    int status = 400;
    if (request.isPresent()) {
      try {
        Bundle answer = bundles.apply(request.get());
        boolean created =
            answer.getEntry().size() == 1
                && answer.getEntryFirstRep().getResponse().getStatus().startsWith("201");
        status = created ? 201 : 200;
      } catch (BaseServerResponseException e) {
        status = e.getStatusCode();
      }
    }
    synchronized (this) {
      landed.add(new Landing(answered, Instant.now(), status));
      notifyAll();
    }
  }
}
