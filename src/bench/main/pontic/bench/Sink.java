package pontic.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * A hospital that takes every FHIR transaction or PUT at once and keeps nothing but when something
 * first came. Its etags grow, so that who fences with them is content.
 */
final class Sink implements Hospital {
  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, Long> arrivals = new ConcurrentHashMap<>();
  private final AtomicLong entries = new AtomicLong();
  private final BiConsumer<String, JsonNode> seen;
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  private Sink(BiConsumer<String, JsonNode> seen) {
    this.seen = seen;
  }

  static Sink start() throws Exception {
    return start((identity, resource) -> {});
  }

  /**
   * @param seen is told of each resource that comes, by several threads
   */
  static Sink start(BiConsumer<String, JsonNode> seen) throws Exception {
    Sink sink = new Sink(seen);
    sink.connector.setHost("127.0.0.1");
    sink.server.addConnector(sink.connector);
    sink.server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            JsonNode body =
                sink.json.readTree(Content.Source.asString(request, StandardCharsets.UTF_8));
            if (request.getMethod().equals("PUT")) {
              response.setStatus(201);
              response.getHeaders().put("ETag", sink.take(System.nanoTime(), identity(body), body));
            } else {
              response.getHeaders().put("Content-Type", "application/fhir+json");
              Content.Sink.write(response, true, java.nio.ByteBuffer.wrap(sink.take(body)));
            }
            callback.succeeded();
            return true;
          }
        });
    sink.server.start();
    return sink;
  }

  @Override
  public String url() {
    return "http://127.0.0.1:" + connector.getLocalPort() + "/fhir";
  }

  /** Forgets what came. */
  void clear() {
    arrivals.clear();
  }

  /** When this first came since the last {@link #clear}, by {@link System#nanoTime}. */
  OptionalLong arrival(String identity) {
    Long at = arrivals.get(identity);
    return at == null ? OptionalLong.empty() : OptionalLong.of(at);
  }

  /** Resources that came since the start. */
  long entries() {
    return entries.get();
  }

  @Override
  public Map<String, Long> counts(Set<String> types) {
    Map<String, Long> counts = new TreeMap<>();
    types.forEach(type -> counts.put(type, 0L));
    arrivals
        .keySet()
        .forEach(each -> counts.merge(each.substring(0, each.indexOf('/')), 1L, Long::sum));
    return counts;
  }

  /** It is this process. */
  @Override
  public Optional<Duration> processor() {
    return Optional.empty();
  }

  private byte[] take(JsonNode body) throws Exception {
    long now = System.nanoTime();
    ObjectNode answer = json.createObjectNode();
    answer.put("resourceType", "Bundle").put("type", "transaction-response");
    ArrayNode answers = answer.putArray("entry");
    for (JsonNode entry : body.path("entry")) {
      String etag = take(now, entry.at("/request/url").asText(), entry.path("resource"));
      answers.addObject().putObject("response").put("status", "200 OK").put("etag", etag);
    }
    return json.writeValueAsBytes(answer);
  }

  private String take(long now, String identity, JsonNode resource) {
    arrivals.putIfAbsent(identity, now);
    seen.accept(identity, resource);
    return "W/\"" + entries.incrementAndGet() + "\"";
  }

  private static String identity(JsonNode resource) {
    return resource.path("resourceType").asText() + "/" + resource.path("id").asText();
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
