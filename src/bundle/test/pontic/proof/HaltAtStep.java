package pontic.proof;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import pontic.lane.LaneStep;

/** Stands around one step of the routes and ends the process there, without any last words. */
final class HaltAtStep implements InterceptStrategy {
  /** What a process ended by SIGKILL reports. */
  static final int KILLED = 137;

  private final KillPoint point;
  private final AtomicInteger passes = new AtomicInteger();

  HaltAtStep(KillPoint point) {
    this.point = point;
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    String id = definition.getId();
    // A template's instances carry the practice before the id.
    boolean here = id != null && (id.equals(point.step()) || id.endsWith("-" + point.step()));
    return here ? new Guarded(target) : target;
  }

  private void pass(String when, Exchange exchange) {
    if (point.trigger().equals(when)
        && purpose(exchange)
        && passes.incrementAndGet() == point.nth()) {
      Runtime.getRuntime().halt(KILLED);
    }
  }

  private boolean purpose(Exchange exchange) {
    if (point.purpose().isEmpty()) {
      return true;
    }
    Object step =
        exchange.getMessage().getBody() instanceof LaneStep body
            ? body
            : exchange.getProperty("step");
    return step instanceof LaneStep request && request.purpose().equals(point.purpose());
  }

  private final class Guarded extends DelegateAsyncProcessor {
    Guarded(Processor target) {
      super(target);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      pass(KillPoint.BEFORE, exchange);
      return super.process(
          exchange,
          sync -> {
            pass(KillPoint.AFTER, exchange);
            callback.done(sync);
          });
    }
  }
}
