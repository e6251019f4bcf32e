package pontic.operations;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.spi.RoutePolicyFactory;

/**
 * A timer and counters for each route of one Camel context by its id. Each context has meters of
 * its own: one that ends takes them with it, and must not take those of the one that follows.
 */
public final class RouteMeters implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** To be added to the Camel context before its routes. */
  public RoutePolicyFactory policies() {
    MicrometerRoutePolicyFactory factory = new MicrometerRoutePolicyFactory();
    factory.setMeterRegistry(registry);
    return factory;
  }

  String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    registry.close();
  }
}
