package pontic.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** One writer: all rows that wait while it syncs go with its next commit, and nothing else. */
final class SharedCommit implements AutoCloseable {
  /** As many as Pontic's store takes into one commit. */
  private static final int MOST = 64;

  private record Waiting(byte[] message, CompletableFuture<Boolean> isKept) {}

  private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
  private final Connection connection;
  private final Thread writer;

  private SharedCommit(Connection connection) {
    this.connection = connection;
    this.writer = new Thread(this::write, "shared-commit");
  }

  static SharedCommit start(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    SharedCommit shared = new SharedCommit(connection);
    shared.writer.start();
    return shared;
  }

  /** Returns when the row outlives the process. */
  void keep(byte[] message) {
    CompletableFuture<Boolean> isKept = new CompletableFuture<>();
    queue.add(new Waiting(message, isKept));
    isKept.join();
  }

  private void write() {
    List<Waiting> together = new ArrayList<>();
    try (PreparedStatement insert =
        connection.prepareStatement("insert into inbox (body) values (?)")) {
      while (!Thread.currentThread().isInterrupted()) {
        together.add(queue.take());
        queue.drainTo(together, MOST - 1);
        for (Waiting each : together) {
          insert.setBytes(1, each.message());
          insert.executeUpdate();
        }
        connection.commit();
        together.forEach(each -> each.isKept().complete(true));
        together.clear();
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      together.forEach(each -> each.isKept().completeExceptionally(e));
    }
  }

  @Override
  public void close() throws Exception {
    writer.interrupt();
    writer.join();
    connection.close();
  }
}
