package pontic.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * One unit's hold on a connection. It ends with the unit: a statement kept for later is refused,
 * and so is any statement after one that failed.
 *
 * <p>PostgreSQL refuses everything after a failed statement and SQLite may have dropped the whole
 * transaction, after which further statements would be stored one by one; so on both a failed
 * statement is the end of the unit, also if the unit swallows the exception.
 */
final class UnitTransaction implements Transaction {
  private final Thread owner = Thread.currentThread();
  private final Dialect dialect;
  private final boolean reading;
  private final JdbcTemplate template;
  private final JdbcClient client;
  private boolean ended;
  private SQLException failed;

  UnitTransaction(Connection connection, Dialect dialect, Statements statements, boolean reading) {
    this.dialect = dialect;
    this.reading = reading;
    this.template = new JdbcTemplate(guarded(new SingleConnectionDataSource(connection, true)));
    template.setExceptionTranslator(this::translate);
    this.client = statements.client(template);
  }

  @Override
  public JdbcClient.StatementSpec sql(String text) {
    check();
    return client.sql(text);
  }

  @Override
  public void each(String text, List<Object[]> rows) {
    check();
    if (!rows.isEmpty()) {
      dialect.each(template, text, rows);
    }
  }

  @Override
  public Instant now() {
    check();
    return dialect.now(client);
  }

  @Override
  public void serialise(String practice) {
    check();
    if (reading) {
      throw new StoreException(
          "A reading unit cannot serialise a practice: it would have to lock; use write");
    }
    dialect.serialise(client, Objects.requireNonNull(practice));
  }

  /**
   * The unit returned.
   *
   * @throws DataAccessException if a statement had failed and the unit went on regardless
   */
  void end() {
    ended = true;
    if (failed != null) {
      throw SqlErrors.translate("unit with a failed statement", "", failed);
    }
  }

  /** The unit threw. */
  void abandon() {
    ended = true;
  }

  private void check() {
    if (ended || Thread.currentThread() != owner) {
      throw new StoreException(
          "A transaction was used outside its unit: it ends with the unit and belongs to its thread");
    }
    if (failed != null) {
      throw new StoreException(
          "A statement of this unit failed before, so nothing of the unit can be stored", failed);
    }
  }

  private DataAccessException translate(String task, String sql, SQLException e) {
    failed = e;
    return SqlErrors.translate(task, sql == null ? "" : sql, e);
  }

  private DataSource guarded(DataSource connection) {
    return new AbstractDataSource() {
      @Override
      public Connection getConnection() throws SQLException {
        check();
        return connection.getConnection();
      }

      @Override
      public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
      }
    };
  }
}
