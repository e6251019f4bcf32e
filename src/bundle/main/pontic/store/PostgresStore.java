package pontic.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shared store: a transaction per unit on PostgreSQL, in a schema of its own. */
final class PostgresStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresStore.class);
  private static final String SCHEMA = "pontic";
  private static final int WRITERS = 8;
  private static final int READERS = 4;
  private static final int ATTEMPTS = 5;
  private static final int CONNECTION_WAIT_MILLIS = 10_000;
  private static final int CLOSE_WAIT_SECONDS = 30;

  /**
   * A process that is stopped within a unit must not hold its row locks for ever, so the server
   * ends its session; nobody waits for a lock without a limit; and a server whose commits return
   * before they are durable is told otherwise.
   */
  private static final String SESSION =
      "set search_path to "
          + SCHEMA
          + "; set idle_in_transaction_session_timeout = '10s'; set lock_timeout = '15s'; set statement_timeout = '30s'"
          + "; select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

  private final HikariDataSource writers;
  private final HikariDataSource readers;
  private final Dialect dialect = new PostgresDialect();
  private final Statements statements = new Statements();
  private final Vault vault;
  private final ThreadLocal<Boolean> inUnit = ThreadLocal.withInitial(() -> false);

  /** Units hold the read side; close takes the write side, and so waits for them. */
  private final ReadWriteLock running = new ReentrantReadWriteLock();

  private volatile boolean closed;
  private volatile Optional<Refusal> refused = Optional.empty();

  /**
   * A unit that the database could not take.
   *
   * @param nanos when, by this process's clock that only goes on
   * @param reason the database's words
   */
  private record Refusal(long nanos, String reason) {}

  private PostgresStore(HikariDataSource writers, HikariDataSource readers, Vault vault) {
    this.writers = writers;
    this.readers = readers;
    this.vault = vault;
  }

  static PostgresStore open(StoreSettings settings, Vault vault) {
    PGSimpleDataSource migrating = new PGSimpleDataSource();
    try {
      migrating.setUrl(settings.url());
    } catch (IllegalArgumentException e) {
      throw new StoreException("The store's URL is not one that PostgreSQL's driver understands");
    }
    if (!settings.user().isEmpty()) {
      migrating.setUser(settings.user());
    }
    if (!settings.password().isEmpty()) {
      migrating.setPassword(settings.password());
    }
    migrating.setLogServerErrorDetail(false);
    Migrations.postgres(migrating, SCHEMA);
    HikariDataSource writers = pool("store-writers", settings, WRITERS, false);
    try {
      return new PostgresStore(writers, pool("store-readers", settings, READERS, true), vault);
    } catch (RuntimeException | Error e) {
      writers.close();
      throw e;
    }
  }

  @Override
  public <T> T write(Unit<T> unit) {
    return inUnit(
        () -> {
          for (int attempt = 1; ; attempt++) {
            try {
              return once(unit);
            } catch (Again conflict) {
              if (attempt == ATTEMPTS) {
                throw SqlErrors.forCaller(conflict.getCause());
              }
              LOG.debug("A unit met another one and is run again, attempt {}", attempt + 1);
            }
          }
        });
  }

  @Override
  public <T> T read(Unit<T> unit) {
    return inUnit(
        () -> {
          try (Connection connection = readers.getConnection()) {
            connection.setAutoCommit(false);
            // One snapshot for all statements of the unit; without writing it cannot fail to
            // serialise.
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            UnitTransaction tx = new UnitTransaction(connection, dialect, statements, true);
            try {
              T result = unit.run(tx);
              tx.end();
              return result;
            } finally {
              tx.abandon();
              connection.rollback();
            }
          } catch (SQLException e) {
            throw new StoreException("The store could not be read: " + SqlErrors.reason(e), e);
          }
        });
  }

  @Override
  public Optional<String> refusedWithin(Duration time) {
    return refused
        .filter(last -> System.nanoTime() - last.nanos() < time.toNanos())
        .map(Refusal::reason);
  }

  @Override
  public DataSource reader() {
    return readers;
  }

  @Override
  public Vault vault() {
    return vault;
  }

  @Override
  public void close() {
    if (inUnit.get()) {
      throw new StoreException("A unit tried to close the store it runs in");
    }
    closed = true;
    boolean quiet = false;
    try {
      quiet = running.writeLock().tryLock(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!quiet) {
      LOG.warn("The store closes while units run; they fail and their senders are told");
    }
    writers.close();
    readers.close();
    if (quiet) {
      running.writeLock().unlock();
    }
  }

  private <T> T inUnit(Work<T> work) {
    if (inUnit.get()) {
      throw new StoreException(
          "A unit called read or write of its store: units do not nest; use the unit's own transaction");
    }
    running.readLock().lock();
    inUnit.set(true);
    try {
      if (closed) {
        throw new StoreException("The store is closed; nothing was stored");
      }
      return work.run();
    } catch (Throwable thrown) {
      throw UnitOutcome.rethrow(SqlErrors.forCaller(thrown));
    } finally {
      inUnit.remove();
      running.readLock().unlock();
    }
  }

  private <T> T once(Unit<T> unit) throws Throwable {
    Connection connection;
    try {
      connection = writers.getConnection();
    } catch (SQLException e) {
      throw new StoreException(
          "The store cannot be reached, nothing was stored: " + SqlErrors.reason(e), e);
    }
    try {
      T result = run(unit, connection);
      commit(connection);
      return result;
    } finally {
      giveBack(connection);
    }
  }

  private <T> T run(Unit<T> unit, Connection connection) throws Throwable {
    UnitTransaction tx = new UnitTransaction(connection, dialect, statements, false);
    try {
      connection.setAutoCommit(false);
      T result = unit.run(tx);
      tx.end();
      return result;
    } catch (Throwable thrown) {
      remember(thrown);
      tx.abandon();
      rollBack(connection, thrown);
      throw conflict(thrown) ? new Again(thrown) : thrown;
    }
  }

  private void remember(Throwable thrown) {
    SqlErrors.below(thrown)
        .filter(SqlErrors::isDisk)
        .ifPresent(e -> refused = Optional.of(new Refusal(System.nanoTime(), SqlErrors.reason(e))));
  }

  private void commit(Connection connection) throws Again {
    try {
      connection.commit();
    } catch (SQLException e) {
      remember(e);
      if (conflict(e)) {
        throw new Again(e);
      }
      if (SqlErrors.isConstraint(e)) {
        throw SqlErrors.translate("commit", "", e);
      }
      throw new StoreException(
          "The store's commit failed, so the unit does not count as stored: " + SqlErrors.reason(e),
          e);
    }
  }

  /**
   * Whether the unit is stored is decided by now: a connection that does not close changes nothing
   * about it.
   */
  private static void giveBack(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.warn("A connection of the store did not close: {}", SqlErrors.reason(e));
    }
  }

  private static void rollBack(Connection connection, Throwable thrown) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      // The pool drops a connection that fails here, and the server rolls back what it held.
      thrown.addSuppressed(e);
    }
  }

  private static boolean conflict(Throwable thrown) {
    return SqlErrors.below(thrown).filter(SqlErrors::isConflict).isPresent();
  }

  private static HikariDataSource pool(
      String name, StoreSettings settings, int size, boolean reading) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(settings.url());
    if (!settings.user().isEmpty()) {
      config.setUsername(settings.user());
      config.setPassword(settings.password());
    }
    config.setMaximumPoolSize(size);
    config.setConnectionTimeout(CONNECTION_WAIT_MILLIS);
    config.setConnectionInitSql(SESSION);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    // A unit switches this off for itself: the session's settings, made in a transaction, would go
    // with its first roll-back.
    config.setAutoCommit(true);
    config.setReadOnly(reading);
    // The driver's default guards transactions only, and routes read without one.
    config.addDataSourceProperty("readOnlyMode", "always");
    // A server's error detail quotes whole rows.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    config.addDataSourceProperty("ApplicationName", "pontic " + settings.holder());
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("connectTimeout", "10");
    config.addDataSourceProperty("socketTimeout", "60");
    try {
      return new HikariDataSource(config);
    } catch (RuntimeException e) {
      throw new StoreException(
          "The store's database cannot be reached: " + e.getClass().getSimpleName(), e);
    }
  }

  @FunctionalInterface
  private interface Work<T> {
    T run() throws Throwable;
  }

  /** The server chose this unit to go again. */
  private static final class Again extends Exception {
    Again(Throwable conflict) {
      super(conflict);
    }
  }
}
