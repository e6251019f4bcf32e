package pontic.send;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.client.apache.ApacheRestfulClientFactory;
import ca.uhn.fhir.rest.client.api.IClientInterceptor;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.client.api.IHttpRequest;
import ca.uhn.fhir.rest.client.api.IHttpResponse;
import ca.uhn.fhir.rest.client.api.ServerValidationModeEnum;
import ca.uhn.fhir.rest.client.interceptor.BearerTokenAuthInterceptor;
import java.time.Duration;
import java.util.Optional;
import pontic.practice.Destination;

/**
 * One configured client per FHIR destination for the {@code fhir:} endpoints, so that neither
 * address nor token stands in a route. Each has connections of its own.
 */
public final class FhirClients {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final FhirContext context;

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
    IGenericClient client = factory.newGenericClient(destination.url());
    if (!destination.token().isBlank()) {
      client.registerInterceptor(new BearerTokenAuthInterceptor(destination.token().value()));
    }
    client.registerInterceptor(new RetryAfter());
    return client;
  }

  /** HAPI's own exceptions do not tell Retry-After. Public because HAPI calls it. */
  public static final class RetryAfter implements IClientInterceptor {
    @Override
    public void interceptRequest(IHttpRequest request) {
      // Only answers are looked at.
    }

    @Override
    public void interceptResponse(IHttpResponse response) {
      if (response.getStatus() == 429 || response.getStatus() == 503) {
        Optional<String> seconds =
            response.getHeaders("Retry-After").stream()
                .map(String::strip)
                .filter(text -> text.matches("\\d{1,9}"))
                .findFirst();
        if (seconds.isPresent()) {
          Duration asked = Duration.ofSeconds(Long.parseLong(seconds.get()));
          throw new Busy(
              response.getStatus(), asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked);
        }
      }
    }
  }
}
