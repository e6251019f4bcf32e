package pontic.sandbox.hospital;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** A port of this machine that a peer listens at. */
record LoopbackPort(int number) {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /**
   * A closed listener goes on taking connections for as long as a thread of Java is still in its
   * accept; returns when connections are refused.
   *
   * @throws IllegalStateException if they still are not after 5 s
   */
  void awaitRefusal() {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (isTaken()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("Port " + number + " still takes connections");
      }
      Thread.onSpinWait();
    }
  }

  private boolean isTaken() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), number), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
