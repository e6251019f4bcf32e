package pontic.operations;

import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

/**
 * A timer and counters for each route of one Camel context by its id. Each context has meters of
 * its own: one that ends takes them with it, and must not take those of the one that follows.
 */
public final class RouteMeters implements AutoCloseable {
  private static final Pattern QUEUE = Pattern.compile("jms:queue:([a-z0-9-]+)");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** To be added to the Camel context before its routes. */
  public RoutePolicyFactory policies() {
    MicrometerRoutePolicyFactory factory = new MicrometerRoutePolicyFactory();
    factory.setMeterRegistry(registry);
    return factory;
  }

  /**
   * How old tokens are when a route takes them, by queue; to be added to the Camel context before
   * its routes.
   */
  public RoutePolicyFactory tokenAges() {
    return (camel, id, route) -> {
      String from = ((RouteDefinition) route).getInput().getEndpointUri();
      Matcher queue = QUEUE.matcher(from);
      return queue.lookingAt() ? new TokenAge(timer(queue.group(1))) : null;
    };
  }

  private Timer timer(String queue) {
    return Timer.builder("pontic.token.age")
        .description("how long tokens were under way to a route")
        .tag("queue", queue)
        .register(registry);
  }

  private static final class TokenAge extends RoutePolicySupport {
    private final Timer timer;

    TokenAge(Timer timer) {
      this.timer = timer;
    }

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
      Long sent = exchange.getMessage().getHeader("JMSTimestamp", Long.class);
      if (sent != null) {
        timer.record(Math.max(0, System.currentTimeMillis() - sent), TimeUnit.MILLISECONDS);
      }
    }
  }

  String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    registry.close();
  }
}
