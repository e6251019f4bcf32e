package pontic.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * A hospital that takes every FHIR transaction at once and keeps nothing but when something first
 * came. Its etags grow, so that who fences with them is content.
 */
final class Sink implements AutoCloseable {
  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, Long> arrivals = new ConcurrentHashMap<>();
  private final AtomicLong entries = new AtomicLong();
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  private Sink() {}

  static Sink start() throws Exception {
    Sink sink = new Sink();
    sink.connector.setHost("127.0.0.1");
    sink.server.addConnector(sink.connector);
    sink.server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            byte[] answer = sink.take(Content.Source.asString(request, StandardCharsets.UTF_8));
            response.getHeaders().put("Content-Type", "application/fhir+json");
            Content.Sink.write(response, true, java.nio.ByteBuffer.wrap(answer));
            callback.succeeded();
            return true;
          }
        });
    sink.server.start();
    return sink;
  }

  String url() {
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

  private byte[] take(String body) throws Exception {
    long now = System.nanoTime();
    ObjectNode answer = json.createObjectNode();
    answer.put("resourceType", "Bundle").put("type", "transaction-response");
    ArrayNode answers = answer.putArray("entry");
    for (JsonNode entry : json.readTree(body).path("entry")) {
      arrivals.putIfAbsent(entry.at("/request/url").asText(), now);
      answers
          .addObject()
          .putObject("response")
          .put("status", "200 OK")
          .put("etag", "W/\"" + entries.incrementAndGet() + "\"");
    }
    return json.writeValueAsBytes(answer);
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
