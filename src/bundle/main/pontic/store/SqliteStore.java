package pontic.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.sqlite.SQLiteDataSource;

/** The embedded store: one SQLite file in a locked folder, one writer thread, a few readers. */
final class SqliteStore implements Store {
  private static final String WRITING =
      "?journal_mode=WAL&synchronous=FULL&busy_timeout=20000&transaction_mode=IMMEDIATE&foreign_keys=on"
          + "&journal_size_limit=67108864";
  private static final String READING = "?busy_timeout=20000";
  private static final int READERS = 4;

  private final String url;
  private final DataFolder folder;
  private final BasicDataSource readers;
  private final GroupCommit writer;
  private final Dialect dialect;
  private final Statements statements;
  private final Vault vault;
  private final ThreadLocal<Boolean> inReadingUnit = ThreadLocal.withInitial(() -> false);

  private SqliteStore(
      String url,
      DataFolder folder,
      BasicDataSource readers,
      GroupCommit writer,
      Dialect dialect,
      Statements statements,
      Vault vault) {
    this.url = url;
    this.folder = folder;
    this.readers = readers;
    this.writer = writer;
    this.dialect = dialect;
    this.statements = statements;
    this.vault = vault;
  }

  static SqliteStore open(Path path, Vault vault) {
    DataFolder folder = DataFolder.hold(path);
    try {
      String file = "jdbc:sqlite:" + folder.ownFile("state.db");
      SQLiteDataSource database = new SQLiteDataSource();
      database.setUrl(file + WRITING);
      checkDurable(database);
      Migrations.sqlite(database);

      Statements statements = new Statements();
      Dialect dialect = new SqliteDialect(new SteadyClock());
      return new SqliteStore(
          file,
          folder,
          Statements.preparingOnce(file + READING, "pragma query_only = on", READERS),
          new GroupCommit(database, dialect, statements),
          dialect,
          statements,
          vault);
    } catch (RuntimeException | Error e) {
      folder.close();
      throw e;
    }
  }

  @Override
  public <T> T write(Unit<T> unit) {
    return UnitOutcome.await(submit(unit));
  }

  <T> CompletableFuture<T> submit(Unit<T> unit) {
    refuseNesting();
    return writer.submit(unit);
  }

  @Override
  public <T> T read(Unit<T> unit) {
    refuseNesting();
    inReadingUnit.set(true);
    try (Connection connection = readers.getConnection();
        Statement statement = connection.createStatement()) {
      // One snapshot for all statements of the unit.
      statement.execute("begin deferred");
      UnitTransaction tx = new UnitTransaction(connection, dialect, statements, true);
      try {
        T result = unit.run(tx);
        tx.end();
        return result;
      } finally {
        tx.abandon();
        statement.execute("rollback");
      }
    } catch (SQLException e) {
      throw new StoreException("The store could not be read: " + SqlErrors.reason(e), e);
    } catch (RuntimeException e) {
      throw UnitOutcome.rethrow(SqlErrors.forCaller(e));
    } finally {
      inReadingUnit.remove();
    }
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
  public void copy(Path file) {
    try {
      DataFolder.makeOwnFile(file);
    } catch (IOException e) {
      throw new StoreException(
          "The file "
              + file
              + " cannot be made, or is there already: "
              + e.getClass().getSimpleName(),
          e);
    }
    // A connection of its own: those of readers may not write, not even to another file.
    try (Connection connection = DriverManager.getConnection(url + READING);
        PreparedStatement copy = connection.prepareStatement("vacuum into ?")) {
      copy.setString(1, file.toString());
      copy.execute();
      try (Connection made = DriverManager.getConnection("jdbc:sqlite:" + file);
          PreparedStatement mark =
              made.prepareStatement("update store_copy set taken_at = ?, found_at = 0")) {
        mark.setLong(1, read(tx -> tx.now().toEpochMilli()));
        mark.executeUpdate();
      }
    } catch (SQLException e) {
      throw new StoreException("The copy could not be made: " + SqlErrors.reason(e), e);
    }
  }

  long commits() {
    return writer.commits();
  }

  @Override
  public void close() {
    writer.close();
    try {
      readers.close();
    } catch (SQLException e) {
      throw new StoreException("The store did not close: " + SqlErrors.reason(e), e);
    } finally {
      folder.close();
    }
  }

  private void refuseNesting() {
    if (inReadingUnit.get() || writer.isWriter(Thread.currentThread())) {
      throw new StoreException(
          "A unit called read or write of its store: units do not nest; use the unit's own transaction");
    }
  }

  /** On some network file systems SQLite quietly falls back to a weaker mode. */
  private static void checkDurable(DataSource database) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      String journal = single(statement, "pragma journal_mode");
      String synchronous = single(statement, "pragma synchronous");
      if (!"wal".equalsIgnoreCase(journal) || !"2".equals(synchronous)) {
        throw new StoreException(
            "The data folder's file system does not give SQLite its write-ahead log (journal "
                + journal
                + ", synchronous "
                + synchronous
                + "): use a local disk");
      }
    } catch (SQLException e) {
      throw new StoreException("The embedded store cannot be opened: " + SqlErrors.reason(e), e);
    }
  }

  private static String single(Statement statement, String pragma) throws SQLException {
    try (ResultSet result = statement.executeQuery(pragma)) {
      return result.next() ? result.getString(1) : "";
    }
  }
}
