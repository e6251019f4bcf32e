package pontic.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** A table of messages: one row for each, and a commit with its sync unless it says otherwise. */
final class Rows {
  private final String url;

  private Rows(String url) {
    this.url = url;
  }

  /** As durable as Pontic's own store. One writes at a time: SQLite has one writer. */
  static Rows sqlite(Path folder) throws SQLException {
    Rows rows =
        new Rows(
            "jdbc:sqlite:"
                + folder.resolve("rows.db")
                + "?journal_mode=WAL&synchronous=FULL&busy_timeout=60000&transaction_mode=IMMEDIATE");
    rows.execute("create table inbox (id integer primary key, body blob not null)");
    return rows;
  }

  /**
   * @param url with account
   */
  static Rows postgres(String url) throws SQLException {
    Rows rows = new Rows(url);
    rows.execute("create table inbox (id bigserial primary key, body bytea not null)");
    return rows;
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** On one connection for all, one after the other. */
  BareListener.Keep shared() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    PreparedStatement insert = connection.prepareStatement("insert into inbox (body) values (?)");
    return message -> {
      synchronized (insert) {
        insert.setBytes(1, message);
        insert.executeUpdate();
      }
    };
  }

  /** On one connection for all, those who wait with one commit. */
  SharedCommit together() throws SQLException {
    return SharedCommit.start(DriverManager.getConnection(url));
  }

  /** On a connection of its own. */
  BareListener.Keep own() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    PreparedStatement insert = connection.prepareStatement("insert into inbox (body) values (?)");
    return new BareListener.Keep() {
      @Override
      public void keep(byte[] message) throws SQLException {
        insert.setBytes(1, message);
        insert.executeUpdate();
      }

      @Override
      public void close() throws SQLException {
        connection.close();
      }
    };
  }
}
