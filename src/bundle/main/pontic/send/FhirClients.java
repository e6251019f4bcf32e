package pontic.send;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.client.apache.ApacheRestfulClientFactory;
import ca.uhn.fhir.rest.client.api.IClientInterceptor;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.client.api.IHttpRequest;
import ca.uhn.fhir.rest.client.api.IHttpResponse;
import ca.uhn.fhir.rest.client.api.ServerValidationModeEnum;
import ca.uhn.fhir.rest.client.interceptor.BearerTokenAuthInterceptor;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.practice.Destination;

/**
 * One configured client per FHIR destination for the {@code fhir:} endpoints, so that neither
 * address nor token stands in a route. Each has connections of its own.
 */
public final class FhirClients implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FhirClients.class);
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final FhirContext context;
  private final Map<String, Instant> until = new ConcurrentHashMap<>();
  private final Queue<ApacheRestfulClientFactory> open = new ConcurrentLinkedQueue<>();

  public FhirClients(FhirContext context) {
    this.context = context;
  }

  /** The longest that a request to it takes. */
  static Duration longest(Destination destination) {
    return CONNECT_LIMIT.plus(destination.requestLimit());
  }

  public IGenericClient client(Destination destination) {
    ApacheRestfulClientFactory factory = new ApacheRestfulClientFactory(context);
    factory.setServerValidationMode(ServerValidationModeEnum.NEVER);
    factory.setConnectTimeout((int) CONNECT_LIMIT.toMillis());
    factory.setConnectionRequestTimeout((int) CONNECT_LIMIT.toMillis());
    factory.setSocketTimeout((int) destination.requestLimit().toMillis());
    open.add(factory);
    IGenericClient client = factory.newGenericClient(destination.url());
    if (!destination.token().isBlank()) {
      client.registerInterceptor(new BearerTokenAuthInterceptor(destination.token().value()));
    }
    client.registerInterceptor(new RetryAfter(destination.id()));
    return client;
  }

  /** How long the destination still wants to be left alone; zero if it has not said so. */
  public Duration wanted(String destination) {
    Duration left = Duration.between(Instant.now(), until.getOrDefault(destination, Instant.EPOCH));
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Gives the connections back; nothing may be under way. */
  @Override
  public void close() {
    for (ApacheRestfulClientFactory factory : open) {
      if (factory.getNativeHttpClient() instanceof Closeable client) {
        try {
          client.close();
        } catch (IOException e) {
          LOG.warn("the connections to a destination were not closed");
        }
      }
    }
  }

  /** HAPI's own exceptions do not tell Retry-After. Public because HAPI calls it. */
  public final class RetryAfter implements IClientInterceptor {
    private final String destination;

    private RetryAfter(String destination) {
      this.destination = destination;
    }

    @Override
    public void interceptRequest(IHttpRequest request) {
      // Only answers are looked at.
    }

    @Override
    public void interceptResponse(IHttpResponse response) {
      if (response.getStatus() == 429 || response.getStatus() == 503) {
        response.getHeaders("Retry-After").stream()
            .map(String::strip)
            .filter(text -> text.matches("\\d{1,9}"))
            .findFirst()
            .map(text -> Duration.ofSeconds(Long.parseLong(text)))
            .map(asked -> asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked)
            .ifPresent(asked -> until.put(destination, Instant.now().plus(asked)));
      }
    }
  }
}
