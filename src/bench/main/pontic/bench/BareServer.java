package pontic.bench;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The least that takes a resource by HTTP: Jetty alone, each body kept, then answered 202 with a
 * number. Nobody is asked who he is, no body is looked at, no repetitions, no audit.
 */
final class BareServer implements AutoCloseable {
  /** As many as the product's façade has. */
  private static final int THREADS = 32;

  private final Server server;
  private final ServerConnector connector;
  private final BlockingQueue<BareListener.Keep> keeps;

  private BareServer(Callable<BareListener.Keep> keep, int clients) throws Exception {
    keeps = new ArrayBlockingQueue<>(clients);
    for (int i = 0; i < clients; i++) {
      keeps.add(keep.call());
    }
    server = new Server(new QueuedThreadPool(THREADS));
    connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new Keeper());
    server.start();
  }

  /**
   * @param keep asked once for each of those who post at once
   */
  static BareServer start(Callable<BareListener.Keep> keep, int clients) throws Exception {
    return new BareServer(keep, clients);
  }

  String address() {
    return "http://127.0.0.1:" + connector.getLocalPort() + "/fhir/elm/Patient";
  }

  private final class Keeper extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      byte[] body = BufferUtil.toArray(Content.Source.asByteBuffer(request));
      BareListener.Keep keep = keeps.take();
      try {
        keep.keep(body);
      } finally {
        keeps.add(keep);
      }
      response.setStatus(202);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/fhir+json");
      Content.Sink.write(response, true, "{\"resourceType\":\"OperationOutcome\"}", callback);
      return true;
    }
  }

  @Override
  public void close() throws Exception {
    server.stop();
    for (BareListener.Keep keep : keeps) {
      keep.close();
    }
  }
}
