package pontic.inbound;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import pontic.Around;

/**
 * Ends exchanges of answer-hl7 before they write down that an answer was confirmed, as kill -9
 * leaves it: what the other side said is written down nowhere.
 */
final class LostConfirmation {
  private static final String STEP = "confirmed";

  private final AtomicBoolean lost = new AtomicBoolean();

  /** For a bundle whose confirmations it may lose. */
  Around around() {
    return Around.nothing().withObserver(this::watch);
  }

  private void watch(CamelContext camel) {
    camel
        .getCamelContextExtension()
        .addInterceptStrategy(
            (context, node, target, next) ->
                String.valueOf(node.getId()).equals(STEP) ? new Ending(target) : target);
  }

  /** From now on, or no more. */
  void loses(boolean yes) {
    lost.set(yes);
  }

  private final class Ending extends DelegateAsyncProcessor {
    Ending(Processor target) {
      super(target);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      if (!lost.get()) {
        return super.process(exchange, callback);
      }
      exchange.setRouteStop(true);
      callback.done(true);
      return true;
    }
  }
}
