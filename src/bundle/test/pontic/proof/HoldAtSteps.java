package pontic.proof;

import java.util.List;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/** Stands around the steps of what comes in, and holds there what comes to its aim. */
final class HoldAtSteps implements InterceptStrategy {
  private static final List<String> STEPS =
      List.of(
          "accept-hl7-store",
          "accept-fhir-store",
          "understand-claim",
          "understand-identify",
          "call-claim",
          "call-http",
          "call-outcome");

  private final AtAims aims;

  HoldAtSteps(AtAims aims) {
    this.aims = aims;
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    return STEPS.stream()
        .filter(step -> HaltAtStep.isHere(step, definition))
        .findFirst()
        .<Processor>map(step -> new Guarded(target, step))
        .orElse(target);
  }

  private final class Guarded extends DelegateAsyncProcessor {
    private final String step;

    Guarded(Processor target, String step) {
      super(target);
      this.step = step;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      if (aims.areNone()) {
        return super.process(exchange, callback);
      }
      // A lost token does no harm.
      if (step.endsWith("-claim")
          && aims.holds(exchange.getMessage().getHeader("practice", String.class))) {
        exchange.setRouteStop(true);
        callback.done(true);
        return true;
      }
      Optional<Aim> come = aims.before(step, exchange);
      come.filter(Aim::isBefore).ifPresent(aims::hold);
      return super.process(
          exchange,
          sync -> {
            come.filter(aim -> !aim.isBefore())
                .or(() -> aims.after(step, exchange))
                .ifPresent(aims::hold);
            callback.done(sync);
          });
    }
  }
}
