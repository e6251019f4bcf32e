package pontic.sandbox.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON over HTTP on loopback. Paths are exact; an unknown path is answered with the known ones. A
 * request that is wrong is answered 400 with {@code {"error": why}}.
 */
public final class ControlServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
  private static final int LARGEST_BODY = 1 << 20;
  private static final int THREADS = 8;

  private final ObjectMapper json =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
  private final Map<String, Map<String, ControlHandler>> handlers = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final ExecutorService workers;

  private record Reply(int status, Object body) {}

  private ControlServer(HttpServer server) {
    this.server = server;
    this.workers = Executors.newFixedThreadPool(THREADS, r -> new Thread(r, "sandbox-control"));
    server.setExecutor(workers);
    server.createContext("/", this::serve);
    server.start();
  }

  /**
   * Starts without paths.
   *
   * @param port on 127.0.0.1; 0 takes a free one
   * @throws IOException if the port is taken; the message names it
   */
  public static ControlServer start(int port) throws IOException {
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      return new ControlServer(HttpServer.create(address, 0));
    } catch (BindException e) {
      throw new IOException(
          "Port "
              + port
              + " (sandbox control) is taken; free it or choose another with --control-port",
          e);
    }
  }

  /**
   * Adds a path.
   *
   * @param method e.g. POST
   * @param path e.g. /front-desk
   * @throws IllegalStateException if this method and path are there already
   */
  public void register(String method, String path, ControlHandler handler) {
    Map<String, ControlHandler> byMethod =
        handlers.computeIfAbsent(path, p -> new ConcurrentHashMap<>());
    if (byMethod.putIfAbsent(method, handler) != null) {
      throw new IllegalStateException(method + " " + path + " is registered already");
    }
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Reply reply = reply(exchange);
      byte[] bytes = json.writeValueAsBytes(reply.body());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(reply.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private Reply reply(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    Map<String, ControlHandler> byMethod = handlers.getOrDefault(path, Map.of());
    if (byMethod.isEmpty()) {
      return new Reply(404, error("There is nothing at this path; there is " + known()));
    }
    ControlHandler handler = byMethod.get(exchange.getRequestMethod());
    if (handler == null) {
      return new Reply(405, error("Use " + String.join(" or ", byMethod.keySet())));
    }
    try {
      byte[] bytes = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
      if (bytes.length > LARGEST_BODY) {
        return new Reply(413, error("The request is larger than " + LARGEST_BODY + " bytes"));
      }
      JsonNode body = bytes.length == 0 ? query(exchange) : json.readTree(bytes);
      return new Reply(200, handler.handle(body));
    } catch (JsonProcessingException e) {
      return new Reply(400, error("The request is not one JSON value"));
    } catch (IllegalArgumentException e) {
      return new Reply(400, error(e.getMessage()));
    } catch (Exception e) {
      // Only the kind: a database's message may quote a row.
      LOG.error("{} {} failed: {}", exchange.getRequestMethod(), path, e.getClass().getName());
      return new Reply(500, error("The sandbox failed: " + e.getClass().getSimpleName()));
    }
  }

  /** The parameters of a request without a body, as text. */
  private static JsonNode query(HttpExchange exchange) {
    String query = exchange.getRequestURI().getRawQuery();
    if (query == null || query.isEmpty()) {
      return MissingNode.getInstance();
    }
    ObjectNode parameters = JsonNodeFactory.instance.objectNode();
    for (String parameter : query.split("&")) {
      String[] parts = parameter.split("=", 2);
      parameters.put(
          URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
          parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return parameters;
  }

  private String known() {
    return new TreeMap<>(handlers)
        .entrySet().stream()
            .map(e -> String.join("|", e.getValue().keySet()) + " " + e.getKey())
            .collect(Collectors.joining(", "));
  }

  private static Map<String, String> error(String why) {
    return Map.of("error", why);
  }
}
