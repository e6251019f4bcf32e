package pontic.hl7;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A connection that somebody has open at one of our ports. */
final class MllpConnection {
  private final String sender;
  private final Runnable close;

  /** {@link System#nanoTime()}; written by the connection's own thread, read by others. */
  private volatile long heard;

  /**
   * @param close ends it, from whatever thread
   * @param now {@link System#nanoTime()}
   */
  MllpConnection(SocketAddress remote, Runnable close, long now) {
    this.sender = sender(remote);
    this.close = close;
    this.heard = now;
  }

  /** The other machine, whichever of its ports. */
  static String sender(SocketAddress remote) {
    return remote instanceof InetSocketAddress internet && !internet.isUnresolved()
        ? internet.getAddress().getHostAddress()
        : String.valueOf(remote);
  }

  /** A frame has begun, or has come to its end. */
  void heard(long now) {
    heard = now;
  }

  String sender() {
    return sender;
  }

  /** Nanoseconds without a frame or a part of one; other bytes are none. */
  long silent(long now) {
    return now - heard;
  }

  void close() {
    close.run();
  }
}
