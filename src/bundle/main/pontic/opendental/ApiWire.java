package pontic.opendental;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * The HTTP client under the {@code call} route: it repeats nothing by itself, waits as long as the
 * office's limit says, and refuses to put a request on the wire after its deadline (decision 0002).
 */
public final class ApiWire implements HttpClientConfigurer {
  /** {@link System#nanoTime()} after which the request must not leave; taken off before it does. */
  static final String SEND_BEFORE = "Pontic-Send-Before";

  /** Milliseconds; taken off before the request leaves. */
  static final String RESPONSE_TIMEOUT = "Pontic-Response-Timeout";

  private static final String DEADLINE = "pontic.send-before";

  @Override
  public void configureHttpClient(HttpClientBuilder builder) {
    builder
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableCookieManagement()
        .addExecInterceptorFirst("pontic-terms", ApiWire::terms)
        .addExecInterceptorBefore(
            ChainElement.MAIN_TRANSPORT.name(), "pontic-deadline", ApiWire::deadline);
  }

  private static ClassicHttpResponse terms(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    long timeout = take(request, RESPONSE_TIMEOUT);
    scope.clientContext.setAttribute(DEADLINE, take(request, SEND_BEFORE));
    scope.clientContext.setRequestConfig(
        RequestConfig.copy(scope.clientContext.getRequestConfigOrDefault())
            .setResponseTimeout(timeout, TimeUnit.MILLISECONDS)
            .setConnectionRequestTimeout(timeout, TimeUnit.MILLISECONDS)
            .build());
    if (!request.containsHeader("Content-Type") && request.getEntity() == null) {
      request.setHeader("Content-Type", "application/json");
    }
    return chain.proceed(request, scope);
  }

  private static ClassicHttpResponse deadline(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    if (System.nanoTime() - deadline(scope.clientContext) > 0) {
      throw new NotSentException();
    }
    return chain.proceed(request, scope);
  }

  private static long deadline(HttpContext context) {
    return context.getAttribute(DEADLINE) instanceof Long deadline ? deadline : Long.MIN_VALUE;
  }

  private static long take(ClassicHttpRequest request, String name) {
    Header header = request.getFirstHeader(name);
    if (header == null) {
      throw new IllegalStateException("the call route did not set " + name);
    }
    request.removeHeaders(name);
    return Long.parseLong(header.getValue());
  }
}
