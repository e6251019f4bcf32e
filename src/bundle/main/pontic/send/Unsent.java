package pontic.send;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import pontic.store.StoreException;

/** Which failures say that a request certainly did not leave. */
public final class Unsent {
  private Unsent() {}

  /**
   * Nobody took the connection, so nothing can have been done. The store's database cannot be
   * connected to either, and that says nothing about the request.
   */
  public static boolean is(Throwable failure) {
    boolean unconnected = false;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof StoreException) {
        return false;
      }
      unconnected |=
          t instanceof ConnectException
              || t instanceof UnknownHostException
              || t instanceof NoRouteToHostException;
    }
    return unconnected;
  }

  /** As {@code SocketTimeoutException}: texts may quote what was sent. */
  public static String name(Throwable failure) {
    Throwable root = failure;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof StoreException) {
        return "the store did not take the outcome";
      }
      root = t;
    }
    return "no answer came (" + root.getClass().getSimpleName() + ")";
  }
}
