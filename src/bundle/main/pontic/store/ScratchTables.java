package pontic.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.sqlite.SQLiteDataSource;

/**
 * The store's empty tables in memory, to see whether a statement fits them; nothing of a running
 * store is touched. For one thread at a time.
 */
public final class ScratchTables implements AutoCloseable {
  private final Connection connection;

  private ScratchTables(Connection connection) {
    this.connection = connection;
  }

  public static ScratchTables make() {
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:file:check-" + UUID.randomUUID() + "?mode=memory&cache=shared");
    try {
      Connection connection = database.getConnection();
      Migrations.sqlite(database);
      return new ScratchTables(connection);
    } catch (SQLException e) {
      throw new StoreException("The tables could not be made in memory", e);
    }
  }

  /**
   * Prepares the statement without carrying it out.
   *
   * @return what SQLite says against it; empty if nothing
   */
  public Optional<String> fault(String sql) {
    // The driver stumbles over a statement without a word.
    if (sql.isBlank()) {
      return Optional.of("incomplete input");
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.getParameterMetaData();
      return Optional.empty();
    } catch (SQLException e) {
      String text = String.valueOf(e.getMessage());
      return Optional.of(
          text.replaceFirst("^\\[SQLITE_\\w+]\\s*[^(]*\\(", "").replaceFirst("\\)$", ""));
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("The tables in memory could not be closed", e);
    }
  }
}
