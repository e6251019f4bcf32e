package pontic.sandbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Ports for programs that must be told theirs before they open it. What the system calls free it
 * may give to anybody in between, to an outgoing connection too; so these lie below the range from
 * which it gives, and a counter that all processes of a user share gives each number once.
 */
public final class FreePorts {
  private static final int FIRST = 14_000;
  private static final int COUNT = 16_000;

  private final Path counter;

  public FreePorts() {
    this(
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "pontic-free-ports-" + System.getProperty("user.name")));
  }

  FreePorts(Path counter) {
    this.counter = counter;
  }

  /** A port that nobody has now, and that nobody else is given here for long. */
  public int next() throws IOException {
    // The lock of the file is the process's; its threads must keep each other out.
    synchronized (FreePorts.class) {
      try (FileChannel file =
              FileChannel.open(
                  counter,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE);
          FileLock alone = file.lock()) {
        for (int tried = 0; tried < COUNT && alone.isValid(); tried++) {
          int port = FIRST + (int) (counted(file) % COUNT);
          if (isFree(port)) {
            return port;
          }
        }
      }
    }
    throw new IOException("No port from " + FIRST + " to " + (FIRST + COUNT - 1) + " is free");
  }

  private static long counted(FileChannel file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
    file.read(bytes, 0);
    long number = bytes.hasRemaining() ? 0 : bytes.getLong(0);
    file.write(ByteBuffer.allocate(Long.BYTES).putLong(0, number + 1), 0);
    return number & Long.MAX_VALUE;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
