package pontic.http;

import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One open HTTP port. */
public final class Listener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final int MOST_THREADS = 32;
  private static final int LEAST_THREADS = 4;
  private static final long IDLE_MILLIS = 30_000;
  private static final long STOP_MILLIS = 2_000;

  /** All lines before a body together; more is 431. */
  private static final int MOST_HEADER_BYTES = 8 * 1024;

  private final Server server;
  private final ServerConnector connector;
  private final String bind;
  private final Tls tls;

  private Listener(Server server, ServerConnector connector, String bind, Tls tls) {
    this.server = server;
    this.connector = connector;
    this.bind = bind;
    this.tls = tls;
  }

  /**
   * What others may take of a port.
   *
   * @param connections at once; who comes then waits until one ends
   * @param header how long the lines before a body may take; at most twice that, since it is looked
   *     at no oftener
   */
  public record Bounds(int connections, Duration header) {
    /** Of a port for those who work here. */
    public static final Bounds USUAL = new Bounds(500, Duration.ofSeconds(20));
  }

  /** What a port speaks below HTTP; made by {@link #plain} or {@link #tls}. */
  public static final class Tls {
    private final Optional<SslContextFactory.Server> context;

    private Tls(Optional<SslContextFactory.Server> context) {
      this.context = context;
    }
  }

  /** No TLS. */
  public static Tls plain() {
    return new Tls(Optional.empty());
  }

  /**
   * TLS 1.2 and 1.3.
   *
   * @param trustStore whose certificates clients may show; blank = clients show none
   */
  public static Tls tls(
      String keyStore, String keyPassword, String trustStore, String trustPassword) {
    SslContextFactory.Server context = new SslContextFactory.Server();
    keys(context, keyStore, keyPassword, trustStore, trustPassword);
    context.setIncludeProtocols("TLSv1.2", "TLSv1.3");
    return new Tls(Optional.of(context));
  }

  private static void keys(
      SslContextFactory.Server context,
      String keyStore,
      String keyPassword,
      String trustStore,
      String trustPassword) {
    context.setKeyStorePath(keyStore);
    context.setKeyStorePassword(keyPassword);
    if (!trustStore.isBlank()) {
      context.setTrustStorePath(trustStore);
      context.setTrustStorePassword(trustPassword);
      context.setWantClientAuth(true);
    }
  }

  /** Shows other keys to whoever connects from now on; only where there is TLS. */
  public void renew(String keyStore, String keyPassword, String trustStore, String trustPassword) {
    tls.context.ifPresent(
        context -> {
          try {
            context.reload(any -> keys(context, keyStore, keyPassword, trustStore, trustPassword));
          } catch (Exception e) {
            throw new ListenException("the keys of port " + port() + " could not be renewed", e);
          }
        });
  }

  /**
   * Opens the port and serves.
   *
   * @param what for people: {@code the management endpoint}
   * @param key the configuration key of the port, named if it is taken
   * @param port 0 = any free one
   * @throws ListenException if the port cannot be opened
   */
  public static Listener open(String what, String key, String bind, int port, Handler handler) {
    return open(what, key, bind, port, plain(), Bounds.USUAL, handler);
  }

  /** The same, with or without TLS, within other bounds. */
  public static Listener open(
      String what, String key, String bind, int port, Tls tls, Bounds bounds, Handler handler) {
    QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
    threads.setName("http-" + key.replaceAll("^pontic\\.|\\.port$", ""));
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    // Else a key that differs from an earlier one of its connection in nothing but case is taken
    // for that one.
    http.setHeaderCacheCaseSensitive(true);
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(MOST_HEADER_BYTES);
    if (tls.context.isPresent()) {
      // Names are the certificate's business, which clients look at.
      http.addCustomizer(new SecureRequestCustomizer(false));
    }
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    ServerConnector connector =
        tls.context.isPresent()
            ? new ServerConnector(
                server,
                1,
                1,
                new SslConnectionFactory(tls.context.get(), plain.getProtocol()),
                plain)
            : new ServerConnector(server, 1, 1, plain);
    connector.setHost(bind);
    connector.setPort(port);
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.addBean(new NetworkConnectionLimit(bounds.connections(), connector));
    connector.addBean(new HeaderTime(connector, bounds.header()));
    server.addConnector(connector);
    server.setErrorHandler(Listener::plainError);
    server.setStopTimeout(STOP_MILLIS);
    server.setHandler(handler);
    try {
      server.start();
    } catch (Exception e) {
      Listener listener = new Listener(server, connector, bind, tls);
      listener.close();
      if (isBind(e)) {
        throw new ListenException(
            "port "
                + port
                + " on "
                + bind
                + " for "
                + what
                + " is taken; stop the other program or set "
                + key,
            e);
      }
      throw new ListenException(what + " could not start on " + bind + ":" + port, e);
    }
    return new Listener(server, connector, bind, tls);
  }

  private static boolean isBind(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  /** Status and nothing else: no stack, no class, no echo of the request. */
  private static boolean plainError(Request request, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    byte[] body = ("{\"error\":" + response.getStatus() + "}\n").getBytes(StandardCharsets.UTF_8);
    Content.Sink.write(response, true, new String(body, StandardCharsets.UTF_8), callback);
    return true;
  }

  public int port() {
    return connector.getLocalPort();
  }

  /** {@code http://127.0.0.1:8081}, without a slash at its end. */
  public String url() {
    return (tls.context.isPresent() ? "https://" : "http://")
        + (bind.contains(":") ? "[" + bind + "]" : bind)
        + ":"
        + port();
  }

  /**
   * Takes nothing new and waits a little for what is under way; what takes longer is cut off, as at
   * a crash, and whoever asked asks again.
   */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (TimeoutException e) {
      LOG.warn(
          "The HTTP listener on port {} ended after {} ms with requests still under way; they were"
              + " cut off.",
          connector.getPort(),
          STOP_MILLIS);
    } catch (Exception e) {
      throw new IllegalStateException(
          "the HTTP listener on port " + connector.getPort() + " did not stop", e);
    }
  }

  /** The bearer token of a request, or "" if it has none. */
  public static String bearer(String authorization) {
    String prefix = "bearer ";
    return authorization != null
            && authorization.length() > prefix.length()
            && authorization.regionMatches(true, 0, prefix, 0, prefix.length())
        ? authorization.substring(prefix.length()).trim()
        : "";
  }
}
