package pontic.sandbox.api;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * In which order a list comes.
 *
 * @param columns of the query, each with desc where it falls
 * @param documented whether a page says so; else it is a guess (open-dental-api.md 8, point 3)
 */
record Order(List<String> columns, boolean documented) {
  private static final String FALLING = " desc";

  Order {
    columns = List.copyOf(columns);
  }

  /** By what a page says. */
  static Order documented(String... columns) {
    return new Order(List.of(columns), true);
  }

  /** By what is likely. */
  static Order guessed(String... columns) {
    return new Order(List.of(columns), false);
  }

  /**
   * As a query has it.
   *
   * @param backwards the other way where it is a guess
   */
  String sql(boolean backwards) {
    return columns.stream()
        .map(column -> backwards && !documented ? turned(column) : column)
        .collect(Collectors.joining(", "));
  }

  /** Of a table that the query calls t. */
  static Order of(String table, String words) {
    boolean documented = words.startsWith("!");
    return new Order(
        Arrays.stream((documented ? words.substring(1) : words).split(","))
            .map(column -> table + "." + column)
            .toList(),
        documented);
  }

  private static String turned(String column) {
    return column.endsWith(FALLING)
        ? column.substring(0, column.length() - FALLING.length())
        : column + FALLING;
  }
}
