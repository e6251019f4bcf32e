package pontic.sandbox.database;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tables that a hospital may hear of, as Open Dental has them at one level. Columns, indexes
 * and renamings are data: {@code columns.tsv}, {@code indexes.tsv} and {@code renamed.tsv} beside
 * this class. What is newer than the level is left out; what was renamed or widened later has its
 * old name or type.
 */
public record Schema(SchemaLevel level, List<Table> tables) {

  /** The schema at a level. */
  public static Schema at(SchemaLevel level) {
    Map<String, List<Column>> columns = new LinkedHashMap<>();
    for (String[] f : lines("columns.tsv")) {
      boolean ended = !f[6].equals("-") && SchemaLevel.of(f[6]).compareTo(level) <= 0;
      if (SchemaLevel.of(f[5]).compareTo(level) <= 0 && !ended) {
        columns
            .computeIfAbsent(f[0], t -> new ArrayList<>())
            .add(new Column(f[1], f[2], f[3].equals("PK"), f[4].equals("YES")));
      }
    }
    Map<String, List<Index>> indexes = new LinkedHashMap<>();
    for (String[] f : lines("indexes.tsv")) {
      if (SchemaLevel.of(f[3]).compareTo(level) <= 0) {
        indexes
            .computeIfAbsent(f[0], t -> new ArrayList<>())
            .add(new Index(f[1], List.of(f[2].split(","))));
      }
    }
    return new Schema(
        level,
        columns.entrySet().stream()
            .map(
                e ->
                    new Table(
                        e.getKey(),
                        List.copyOf(e.getValue()),
                        List.copyOf(indexes.getOrDefault(e.getKey(), List.of()))))
            .toList());
  }

  /**
   * The table of this name.
   *
   * @throws IllegalArgumentException if the sandbox has no such table at this level
   */
  public Table table(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The sandbox has no table '" + name + "' at level " + level));
  }

  /** The table of this name, if the sandbox has it at this level. */
  public Optional<Table> find(String name) {
    return tables.stream().filter(t -> t.name().equals(name)).findFirst();
  }

  /** Old name to new name of the table's columns that some upgrade renames. */
  Map<String, String> renamed(String table) {
    Map<String, String> names = new LinkedHashMap<>();
    for (String[] f : lines("renamed.tsv")) {
      if (f[0].equals(table)) {
        names.put(f[1], f[2]);
      }
    }
    return names;
  }

  /** Creates the tables that are not there yet in the connection's current database. */
  void create(Connection connection, Engine engine) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (Table table : tables) {
        statement.execute(table.create(engine));
      }
    }
  }

  private static List<String[]> lines(String resource) {
    try (InputStream in = Schema.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("The class path lacks the sandbox's " + resource);
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split("\t"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
