package pontic.opendental;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.Headers;
import pontic.lane.Lane;
import pontic.lane.LaneStep;

/**
 * What the {@code call} route says around its HTTP step: a stored request to HTTP, and an HTTP
 * answer to the lane.
 */
public final class ApiCalls {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String CALL = "call";

  private final Lane lane;
  private final Map<String, Office> offices;
  private final RetryAfter retryAfter;

  /**
   * Where and with which keys.
   *
   * @param authorization value of the Authorization header (open-dental-api.md 1.2)
   * @param responseTimeoutMillis the API's own limit and a margin
   */
  public record Office(
      String practice, String url, String authorization, long responseTimeoutMillis) {
    /** The keys are secrets. */
    @Override
    public String toString() {
      return "Office[" + practice + "]";
    }
  }

  /**
   * @param longestPause no office is left alone longer, whatever its Retry-After says
   */
  public ApiCalls(Lane lane, Collection<Office> offices, Duration longestPause) {
    this.lane = lane;
    this.retryAfter = new RetryAfter(longestPause);
    this.offices = offices.stream().collect(Collectors.toMap(Office::practice, office -> office));
  }

  /** Sets what the HTTP step needs; the body to marshal, or null for a read, which has none. */
  public Object request(
      @ExchangeProperty("step") LaneStep step, @Headers Map<String, Object> headers) {
    Office office = offices.get(step.practice());
    headers.put("CamelHttpUri", office.url() + step.request().path());
    headers.put("CamelHttpMethod", step.request().method());
    if (!step.request().query().isEmpty()) {
      headers.put("CamelHttpQuery", query(step.request().query()));
    }
    headers.put("Authorization", office.authorization());
    // open-dental-api.md 1.3: demanded on a GET as well.
    headers.put("Content-Type", "application/json");
    headers.put(ApiWire.SEND_BEFORE, step.sendBefore());
    headers.put(ApiWire.RESPONSE_TIMEOUT, office.responseTimeoutMillis());
    if (step.request().body().isMissingNode()) {
      return null;
    }
    // Only a call is marshalled: of what else is asked, a statement alone has a body.
    return step.purpose().equals(CALL) ? step.request().body() : step.request().body().toString();
  }

  /** Hands the answer to the lane. */
  public void answered(
      @ExchangeProperty("step") LaneStep step,
      @Header("CamelHttpResponseCode") int status,
      @Header("Retry-After") String retryAfter,
      @Header("Date") String date,
      @Header("Location") String location,
      @Body String body) {
    Duration pause = this.retryAfter.of(given(retryAfter), given(date), Instant.now());
    lane.answered(step, status, parse(body), pause, given(location));
  }

  /**
   * A JSON text, or bare text as a JSON string: how errors are sent is not confirmed
   * (open-dental-api.md 1.7).
   */
  private static JsonNode parse(String body) {
    if (body == null || body.isBlank()) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(body);
    }
  }

  /** Camel hands a header that is not there over as null. */
  private static String given(String header) {
    return header == null ? "" : header;
  }

  private static String query(Map<String, String> query) {
    return query.entrySet().stream()
        .map(
            part ->
                URLEncoder.encode(part.getKey(), StandardCharsets.UTF_8)
                    + "="
                    + URLEncoder.encode(part.getValue(), StandardCharsets.UTF_8)
                        .replace("+", "%20"))
        .collect(Collectors.joining("&"));
  }
}
