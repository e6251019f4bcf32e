package pontic.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.background.Background;

/**
 * The one thread that writes to SQLite. It takes what is queued, runs each unit in a savepoint of
 * one transaction, and answers the callers after the commit, so that many callers share one sync of
 * the disk.
 */
final class GroupCommit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
  private static final int LARGEST_BATCH = 256;
  private static final long IDLE_MILLIS = 1_000;

  private final DataSource database;
  private final Dialect dialect;
  private final Statements statements;
  private final LinkedBlockingQueue<Task<?>> queue = new LinkedBlockingQueue<>();
  private final Task<Void> stop = new Task<>(tx -> null);
  private final AtomicLong commits = new AtomicLong();
  private final Background writer = new Background("store-writer", this::work);
  private boolean closing;

  /**
   * Of the writer thread alone; empty after a failure that may have left the old connection in any
   * state.
   */
  private Optional<Connection> open = Optional.empty();

  private boolean checkpointDue;

  GroupCommit(DataSource database, Dialect dialect, Statements statements) {
    this.database = database;
    this.dialect = dialect;
    this.statements = statements;
    writer.start();
  }

  /**
   * Completes after the commit that holds the unit, or with what the unit threw, or with a {@link
   * StoreException}.
   */
  <T> CompletableFuture<T> submit(Unit<T> unit) {
    if (writer.is(Thread.currentThread())) {
      throw new StoreException(
          "A unit called write: units do not nest; do both in one unit or one after the other");
    }
    Task<T> task = new Task<>(unit);
    synchronized (this) {
      if (closing) {
        throw new StoreException("The store is closed; nothing was stored");
      }
      queue.add(task);
    }
    return task.done;
  }

  boolean isWriter(Thread other) {
    return writer.is(other);
  }

  /** Commits so far; less than units written where units shared one. */
  long commits() {
    return commits.get();
  }

  /** Finishes what is queued. */
  @Override
  public void close() {
    if (writer.is(Thread.currentThread())) {
      throw new StoreException("A unit tried to close the store it runs in");
    }
    synchronized (this) {
      if (!closing) {
        closing = true;
        queue.add(stop);
      }
    }
    writer.close();
  }

  private void work() {
    boolean running = true;
    while (running) {
      List<Task<?>> batch = next();
      running = !batch.remove(stop);
      if (batch.isEmpty()) {
        checkpointIfDue();
        continue;
      }
      try {
        commitTogether(batch);
      } catch (Throwable t) {
        // Whatever it is, the callers must hear that they are not stored, and the next batch must
        // have its chance.
        forgetConnection();
        batch.forEach(
            task ->
                task.fail(
                    new StoreException(
                        "The writer of the store failed; nothing was reported as stored", t)));
        LOG.error(
            "The writer of the store failed on a batch of {}; their senders were told",
            batch.size(),
            t);
      }
    }
    forgetConnection();
  }

  private List<Task<?>> next() {
    List<Task<?>> batch = new ArrayList<>();
    try {
      Task<?> first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
      if (first != null) {
        batch.add(first);
        queue.drainTo(batch, LARGEST_BATCH - 1);
      }
    } catch (InterruptedException e) {
      // Only a unit could have interrupted its own thread; close() is the way to end this one.
      LOG.warn("A unit interrupted the writer of the store; it goes on");
    }
    return batch;
  }

  private void commitTogether(List<Task<?>> batch) {
    Connection connection;
    try {
      connection = connection();
      execute(connection, "begin immediate");
    } catch (SQLException e) {
      forgetConnection();
      failAll(batch, "The store could not begin, so nothing was stored: ", e);
      return;
    }
    for (Task<?> task : batch) {
      if (!attempt(connection, task)) {
        forgetConnection();
        eachAlone(batch);
        return;
      }
    }
    try {
      execute(connection, "commit");
    } catch (SQLException e) {
      forgetConnection();
      if (SqlErrors.isConstraint(e) && batch.size() > 1) {
        eachAlone(batch);
      } else if (SqlErrors.isConstraint(e)) {
        batch.forEach(task -> task.fail(SqlErrors.translate("commit", "", e)));
      } else {
        failAll(batch, "The store's commit failed, so nothing counts as stored: ", e);
      }
      return;
    }
    commits.incrementAndGet();
    checkpointDue = true;
    batch.forEach(Task::stored);
  }

  /**
   * Runs one unit in a savepoint.
   *
   * @return false if its failure has taken the whole transaction with it (disk full does), so that
   *     the others have to run again
   */
  private boolean attempt(Connection connection, Task<?> task) {
    try {
      execute(connection, "savepoint unit");
      task.run(new UnitTransaction(connection, dialect, statements, false));
      execute(connection, "release unit");
      return true;
    } catch (Throwable thrown) {
      task.fail(SqlErrors.forCaller(thrown));
      try {
        execute(connection, "rollback to unit");
        execute(connection, "release unit");
        return true;
      } catch (SQLException lost) {
        LOG.warn(
            "A unit lost the store's whole transaction, the others of its batch are run again: {}",
            SqlErrors.reason(SqlErrors.below(thrown).orElse(lost)));
        return false;
      }
    }
  }

  /** After a roll-back of all: who caused it fails alone this time, the others are stored. */
  private void eachAlone(List<Task<?>> batch) {
    for (Task<?> task : batch) {
      if (!task.done.isDone()) {
        commitTogether(List.of(task));
      }
    }
  }

  private static void failAll(List<Task<?>> batch, String what, SQLException e) {
    batch.forEach(task -> task.fail(new StoreException(what + SqlErrors.reason(e), e)));
    LOG.error("{}{} ({} units, their senders were told)", what, SqlErrors.reason(e), batch.size());
  }

  /** Empties the -wal file while nobody waits; a reader in its way is not waited for. */
  private void checkpointIfDue() {
    if (!checkpointDue || open.isEmpty()) {
      return;
    }
    try (Statement statement = open.get().createStatement()) {
      statement.execute("pragma busy_timeout = 0");
      try (var result = statement.executeQuery("pragma wal_checkpoint(truncate)")) {
        checkpointDue = !result.next() || result.getInt(1) != 0;
      } finally {
        statement.execute("pragma busy_timeout = 20000");
      }
    } catch (SQLException e) {
      forgetConnection();
      LOG.warn(
          "The store's log could not be folded in; it is kept and tried again: {}",
          SqlErrors.reason(e));
    }
  }

  private Connection connection() throws SQLException {
    if (open.isEmpty()) {
      open = Optional.of(Statements.preparingOnce(database.getConnection()));
    }
    return open.get();
  }

  /** Closing rolls back what is open; the next batch gets a new connection. */
  private void forgetConnection() {
    open.ifPresent(
        connection -> {
          try {
            connection.close();
          } catch (SQLException e) {
            LOG.warn("A connection of the store did not close: {}", SqlErrors.reason(e));
          }
        });
    open = Optional.empty();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  private static final class Task<T> {
    private final Unit<T> unit;
    private final CompletableFuture<T> done = new CompletableFuture<>();
    private T result;

    Task(Unit<T> unit) {
      this.unit = unit;
    }

    void run(UnitTransaction tx) {
      try {
        result = unit.run(tx);
      } finally {
        tx.abandon();
      }
      tx.end();
    }

    void stored() {
      done.complete(result);
    }

    void fail(Throwable thrown) {
      done.completeExceptionally(thrown);
    }
  }
}
