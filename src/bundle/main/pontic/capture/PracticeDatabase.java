package pontic.capture;

import com.zaxxer.hikari.HikariDataSource;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/**
 * One practice's pool with an off switch: while it is off no connection is given out, and what runs
 * on those that are out is cancelled at the server, which would finish it otherwise.
 */
final class PracticeDatabase implements DataSource, AutoCloseable {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(PracticeDatabase.class);

  private final HikariDataSource pool;
  private final Set<Connection> out = ConcurrentHashMap.newKeySet();
  private volatile boolean isOff;

  PracticeDatabase(HikariDataSource pool) {
    this.pool = pool;
  }

  void off(boolean off) {
    isOff = off;
  }

  boolean isOff() {
    return isOff;
  }

  /** False if nothing can be running. */
  boolean isInUse() {
    out.removeIf(PracticeDatabase::isBack);
    return !out.isEmpty();
  }

  /** Cancels what runs; takes as long as connecting to the database does. */
  void cancel() {
    for (Connection connection : out) {
      try {
        if (isOff && !connection.isClosed()) {
          connection.unwrap(org.mariadb.jdbc.Connection.class).cancelCurrentQuery();
        }
      } catch (SQLException e) {
        // It came back meanwhile, or nobody answers; the next look tries again.
        LOG.debug("{}: a query could not be cancelled ({})", pool.getPoolName(), e.getSQLState());
      }
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    refuseWhenOff();
    Connection connection = pool.getConnection();
    out.removeIf(PracticeDatabase::isBack);
    out.add(connection);
    if (isOff) {
      connection.close();
      refuseWhenOff();
    }
    return connection;
  }

  private void refuseWhenOff() throws SQLException {
    if (isOff) {
      throw new SQLTransientConnectionException("Reading of this practice is paused");
    }
  }

  private static boolean isBack(Connection connection) {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("The practice's settings name the user");
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return pool.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter writer) throws SQLException {
    pool.setLogWriter(writer);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    pool.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return pool.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("It logs by slf4j");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return pool.isWrapperFor(type);
  }

  @Override
  public void close() {
    pool.close();
  }
}
