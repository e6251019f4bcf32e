package pontic.sandbox.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Open Dental's update of a database in place (open-dental-schema.md section 5): says that it is
 * under way, adds, renames, widens and drops columns and indexes, rewrites rows in bulk so that
 * their stamps move, and writes the versions last. It can be left standing after any step, as a
 * crash leaves it, and a later call goes on from there.
 */
public final class Upgrade {
  /** Where to stop, in the order of the steps. */
  public enum Step {
    /** {@code UpdateInProgressOnComputerName} is set. */
    BEGUN,
    /** The columns are the new ones, the versions still the old. */
    COLUMNS,
    /** Every row with a SecurityHash has got a new one: the storm. */
    ROWS,
    /** {@code DataBaseVersion}, then {@code ProgramVersion}, and nothing is in progress. */
    DONE
  }

  private static final String HASH = "SecurityHash";

  private final Practice practice;

  public Upgrade(Practice practice) {
    this.practice = practice;
  }

  /**
   * Goes on as far as the step, with it.
   *
   * @param version e.g. 25.3.36.0
   * @throws IllegalArgumentException if the version's line is older than the practice's tables
   */
  public void run(String version, Step last) throws SQLException {
    Schema target = Schema.at(SchemaLevel.of(version));
    if (target.level().compareTo(practice.schema().level()) < 0) {
      throw new IllegalArgumentException(
          "Practice " + practice.id() + " is newer than " + version + "; nothing goes back");
    }
    try (Connection connection = practice.dataSource().getConnection()) {
      prefer(connection, "UpdateInProgressOnComputerName", "SERVER");
      if (last == Step.BEGUN) {
        return;
      }
      alter(connection, practice.schema(), target);
      practice.edition().set(new Practice.Edition(practice.programVersion(), target));
      if (last == Step.COLUMNS) {
        return;
      }
      rewrite(connection, target, version);
      if (last == Step.ROWS) {
        return;
      }
      prefer(connection, "DataBaseVersion", version);
      prefer(connection, "ProgramVersion", version);
      prefer(connection, "UpdateInProgressOnComputerName", "");
      practice.edition().set(new Practice.Edition(version, target));
    }
  }

  private void alter(Connection connection, Schema from, Schema to) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (Table table : to.tables()) {
        Optional<Table> old = from.find(table.name());
        if (old.isEmpty()) {
          statement.execute(table.create(engine(connection)));
          continue;
        }
        List<String> changes = changes(old.get(), table, to.renamed(table.name()));
        if (!changes.isEmpty()) {
          statement.execute("ALTER TABLE `" + table.name() + "` " + String.join(", ", changes));
        }
      }
    }
  }

  private static List<String> changes(Table old, Table table, Map<String, String> renamed) {
    List<String> changes = new ArrayList<>();
    for (Column column : table.columns()) {
      Optional<Column> same = old.find(column.name());
      Optional<String> before =
          renamed.entrySet().stream()
              .filter(e -> e.getValue().equals(column.name()) && old.has(e.getKey()))
              .map(Map.Entry::getKey)
              .findFirst();
      if (same.isPresent()) {
        if (!same.get().equals(column)) {
          changes.add("MODIFY COLUMN " + column.definition());
        }
      } else if (before.isPresent()) {
        changes.add("CHANGE COLUMN `" + before.get() + "` " + column.definition());
      } else {
        changes.add("ADD COLUMN " + column.definition());
      }
    }
    old.columns().stream()
        .map(Column::name)
        .filter(name -> !table.has(name) && !renamed.containsKey(name))
        .forEach(name -> changes.add("DROP COLUMN `" + name + "`"));
    table.indexes().stream()
        .filter(index -> !old.indexes().contains(index))
        .forEach(index -> changes.add("ADD " + Table.key(index)));
    return changes;
  }

  private static void rewrite(Connection connection, Schema schema, String version)
      throws SQLException {
    for (Table table : schema.tables()) {
      if (!table.has(HASH)) {
        continue;
      }
      String sql =
          "UPDATE `%s` SET `%s`=MD5(CONCAT(`%s`,?))"
              .formatted(table.name(), HASH, table.primaryKey());
      try (PreparedStatement update = connection.prepareStatement(sql)) {
        update.setString(1, version);
        update.executeUpdate();
      }
    }
  }

  private static Engine engine(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT ENGINE FROM information_schema.tables"
                    + " WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME='patient'")) {
      return rows.next() && rows.getString(1).equals(Engine.INNODB.sqlName())
          ? Engine.INNODB
          : Engine.MYISAM;
    }
  }

  private static void prefer(Connection connection, String name, String value) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE preference SET ValueString=? WHERE PrefName=?")) {
      update.setString(1, value);
      update.setString(2, name);
      update.executeUpdate();
    }
  }
}
