package pontic.sandbox.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a write of the API may leave in the office's log beside those of patients and appointments:
 * {@code entries.tsv} beside this class. Nobody could confirm that it does.
 *
 * @param tables by name, the types of entries for what is added, changed and removed
 * @param names of all types
 */
record LogEntries(Map<String, List<Optional<Integer>>> tables, Map<Integer, String> names) {
  static final LogEntries ALL = load();

  /** What became of a row. */
  enum Deed {
    ADDED,
    CHANGED,
    REMOVED
  }

  /**
   * Leaves an entry, where the office does.
   *
   * @param row as it stands, or stood
   */
  static void leave(Context context, String table, Deed deed, long key, Row row)
      throws SQLException {
    if (context.settings().everyWriteLogged()) {
      int type =
          Optional.ofNullable(ALL.tables.get(table))
              .flatMap(types -> types.get(deed.ordinal()))
              .orElse(AuditTrail.PATIENT_EDIT);
      AuditTrail.write(context, type, patient(context, table, row), key, "");
    }
  }

  /** The same of a row that stands. */
  static void leave(Context context, String table, Deed deed, String keyColumn, long key)
      throws SQLException {
    Optional<Row> row =
        context.database().one("select * from `" + table + "` where `" + keyColumn + "` = ?", key);
    if (row.isPresent()) {
      leave(context, table, deed, key, row.get());
    }
  }

  /** 0 if it is nobody's. */
  private static long patient(Context context, String table, Row row) throws SQLException {
    return switch (table) {
      case "inssub" -> row.number("Subscriber");
      case "periomeasure" ->
          context
              .database()
              .one(
                  "select PatNum from perioexam where PerioExamNum = ?", row.number("PerioExamNum"))
              .map(exam -> exam.number("PatNum"))
              .orElse(0L);
      default -> row.number("PatNum");
    };
  }

  private static LogEntries load() {
    Map<String, List<Optional<Integer>>> tables = new LinkedHashMap<>();
    Map<Integer, String> names = new TreeMap<>();
    try (InputStream in = LogEntries.class.getResourceAsStream("entries.tsv")) {
      if (in == null) {
        throw new IllegalStateException("The class path lacks the sandbox's entries.tsv");
      }
      new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split("\t"))
          .forEach(
              f ->
                  tables.put(
                      f[0], List.of(type(f[1], names), type(f[2], names), type(f[3], names))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new LogEntries(Map.copyOf(tables), Map.copyOf(names));
  }

  private static Optional<Integer> type(String text, Map<Integer, String> names) {
    if (text.equals("-")) {
      return Optional.empty();
    }
    String[] type = text.split(":");
    names.put(Integer.parseInt(type[0]), type[1]);
    return Optional.of(Integer.parseInt(type[0]));
  }
}
