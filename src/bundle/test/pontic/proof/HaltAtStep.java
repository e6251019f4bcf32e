package pontic.proof;

import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import pontic.answer.AnswerClaim;
import pontic.lane.LaneStep;
import pontic.send.Claim;
import pontic.send.Hl7Claim;

/** Stands around one step of the routes and ends the process there, without any last words. */
final class HaltAtStep implements InterceptStrategy {
  /** What a process ended by SIGKILL reports. */
  static final int KILLED = 137;

  private final KillPoint point;
  private final Runnable end;
  private final AtomicInteger passes = new AtomicInteger();

  /**
   * @param end what happens there
   */
  HaltAtStep(KillPoint point, Runnable end) {
    this.point = point;
    this.end = end;
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    return isHere(point.step(), definition) ? new Guarded(target) : target;
  }

  /**
   * @param place id of a step, without a practice's prefix, or route/step
   */
  static boolean isHere(String place, NamedNode definition) {
    int slash = place.indexOf('/');
    String step = place.substring(slash + 1);
    String id = definition.getId();
    String route = route(definition);
    return id != null
        && (id.equals(step) || isInstanceOf(step, id, route))
        && (slash < 0 || route.equals(place.substring(0, slash)));
  }

  /**
   * A template's instance carries its practice, feed or destination before the id, as its route
   * does behind the template's name: {@code hospital-claim} of {@code send-fhir-hospital}.
   */
  private static boolean isInstanceOf(String step, String id, String route) {
    return id.endsWith("-" + step)
        && route.endsWith("-" + id.substring(0, id.length() - step.length() - 1));
  }

  private static String route(NamedNode definition) {
    NamedNode node = definition;
    while (node.getParent() != null) {
      node = node.getParent();
    }
    return String.valueOf(node.getId());
  }

  private void pass(String when, Exchange exchange) {
    boolean here =
        point.trigger().equals(KillPoint.UNIT)
            ? KillPoint.BEFORE.equals(when)
            : point.trigger().equals(when);
    if (here && purpose(exchange) && passes.incrementAndGet() == point.nth()) {
      end.run();
    }
  }

  private boolean purpose(Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    return switch (point.purpose()) {
      case "" -> true;
      case "news" -> body instanceof OptionalInt due && due.orElse(0) > 0;
      case "send" -> body instanceof Claim claim && claim.isSend();
      case "read-back" -> body instanceof Claim claim && claim.isReadBack();
      case "told" ->
          body instanceof Hl7Claim claim && !claim.isEmpty()
              || body instanceof AnswerClaim answer && !answer.isEmpty()
              || body instanceof String message && !message.isEmpty();
      case "answered" -> !exchange.isFailed();
      default -> {
        Object step = body instanceof LaneStep ? body : exchange.getProperty("step");
        yield step instanceof LaneStep request && request.purpose().equals(point.purpose());
      }
    };
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
