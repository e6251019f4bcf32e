package pontic.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Ends connections that send the lines before a body too slowly. Jetty's idle time-out begins anew
 * with each byte, so byte after byte such a connection would stay for hours.
 */
final class HeaderTime implements Connection.Listener {
  private final ServerConnector connector;
  private final Duration longest;

  HeaderTime(ServerConnector connector, Duration longest) {
    this.connector = connector;
    this.longest = longest;
  }

  @Override
  public void onOpened(Connection connection) {
    // What stands below HTTP counts no messages.
    if (connection.getMessagesIn() >= 0) {
      lookLater(connection, false);
    }
  }

  /**
   * @param begun whether some lines of the next request were here already
   */
  private void lookLater(Connection connection, boolean begun) {
    long requests = connection.getMessagesIn();
    long bytes = connection.getBytesIn();
    connector
        .getScheduler()
        .schedule(
            () -> look(connection, requests, bytes, begun),
            longest.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void look(Connection connection, long requests, long bytes, boolean begun) {
    if (!connection.getEndPoint().isOpen()) {
      return;
    }
    boolean waits =
        connection.getMessagesIn() == requests && connection.getMessagesOut() >= requests;
    if (waits && begun) {
      connection.getEndPoint().close();
    } else {
      lookLater(connection, waits && connection.getBytesIn() > bytes);
    }
  }
}
