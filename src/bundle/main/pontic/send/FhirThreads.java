package pontic.send;

import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.component.AbstractApiEndpoint;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/**
 * The threads of all {@code fhir:} endpoints. Camel keeps them in one static pool, which belongs to
 * the context that was first to ask: when that one ended, requests of others would never end. So
 * one that outlives every generation asks first. The usual pool has ten threads and a queue; this
 * one has no queue, so that destinations that hang hold back no other.
 */
public final class FhirThreads implements AutoCloseable {
  private static final int MOST = 256;

  private final DefaultCamelContext owner;

  private FhirThreads(DefaultCamelContext owner) {
    this.owner = owner;
  }

  public static FhirThreads open() {
    DefaultCamelContext owner = new DefaultCamelContext();
    owner.disableJMX();
    ThreadPoolProfile profile = owner.getExecutorServiceManager().getDefaultThreadPoolProfile();
    profile.setMaxPoolSize(MOST);
    profile.setMaxQueueSize(0);
    profile.setRejectedPolicy(ThreadPoolRejectedPolicy.CallerRuns);
    owner.start();
    owner
        .getEndpoint(
            "fhir:transaction/withBundle?inBody=stringBundle&serverUrl=http://127.0.0.1",
            AbstractApiEndpoint.class)
        .getExecutorService();
    return new FhirThreads(owner);
  }

  /** After the last request has ended. */
  @Override
  public void close() {
    owner.stop();
  }
}
