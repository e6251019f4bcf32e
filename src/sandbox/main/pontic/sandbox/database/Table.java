package pontic.sandbox.database;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A table of Open Dental's database at one level. */
public record Table(String name, List<Column> columns, List<Index> indexes) {

  /** The name of the primary key's column. */
  public String primaryKey() {
    return columns.stream().filter(Column::primaryKey).findFirst().orElseThrow().name();
  }

  /** Whether the table has this column at its level. */
  public boolean has(String column) {
    return find(column).isPresent();
  }

  /** The column of this name, if the table has it at its level. */
  public Optional<Column> find(String column) {
    return columns.stream().filter(c -> c.name().equals(column)).findFirst();
  }

  /**
   * A row as Open Dental's client would write it with nothing filled in: every column but the
   * primary key and the stamps of the server, in the table's order. The map is the caller's own.
   */
  public Map<String, Object> emptyRow() {
    Map<String, Object> row = new LinkedHashMap<>();
    columns.stream()
        .filter(c -> !c.primaryKey() && !c.isStamp())
        .forEach(c -> row.put(c.name(), c.empty()));
    return row;
  }

  String create(Engine engine) {
    boolean counts =
        columns.stream().anyMatch(c -> c.primaryKey() && c.type().startsWith("bigint"))
            && !name.equals("patientnote");
    Stream<String> parts =
        Stream.of(
                columns.stream()
                    .map(c -> c.definition() + (counts && c.primaryKey() ? " AUTO_INCREMENT" : "")),
                Stream.of("PRIMARY KEY (`" + primaryKey() + "`)"),
                indexes.stream().map(Table::key))
            .flatMap(s -> s);
    return "CREATE TABLE IF NOT EXISTS `"
        + name
        + "` ("
        + parts.collect(Collectors.joining(", "))
        + ") ENGINE="
        + engine.sqlName()
        + " DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci";
  }

  static String key(Index index) {
    return index.columns().stream()
        .map(c -> "`" + c + "`")
        .collect(Collectors.joining(",", "KEY `" + index.name() + "` (", ")"));
  }
}
