package pontic.send;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.client.api.IRestfulClientFactory;
import ca.uhn.fhir.rest.client.api.ServerValidationModeEnum;
import ca.uhn.fhir.rest.client.interceptor.BearerTokenAuthInterceptor;
import java.time.Duration;
import pontic.practice.Destination;

/**
 * One configured client per FHIR destination for the {@code fhir:} endpoints, so that neither
 * address nor token stands in a route.
 */
public final class FhirClients {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  private final FhirContext context;

  /**
   * @param requestLimit how long an answer may take, shorter than the lease of a sending
   */
  public FhirClients(FhirContext context, Duration requestLimit) {
    this.context = context;
    IRestfulClientFactory factory = context.getRestfulClientFactory();
    factory.setServerValidationMode(ServerValidationModeEnum.NEVER);
    factory.setConnectTimeout((int) CONNECT_LIMIT.toMillis());
    factory.setConnectionRequestTimeout((int) CONNECT_LIMIT.toMillis());
    factory.setSocketTimeout((int) requestLimit.toMillis());
  }

  public IGenericClient client(Destination destination) {
    IGenericClient client = context.newRestfulGenericClient(destination.url());
    if (!destination.token().isBlank()) {
      client.registerInterceptor(new BearerTokenAuthInterceptor(destination.token().value()));
    }
    return client;
  }
}
