package pontic.capture;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Asks one office's database what it has; reads no patient's row. */
final class OfficeProbe {
  private static final Pattern UNKNOWN = Pattern.compile("Unknown column '([A-Za-z0-9_.]{1,80})'");
  private static final String NO_COLUMN = "42S22";
  private static final String NO_TABLE = "42S02";

  private final JdbcClient database;

  OfficeProbe(DataSource database, Duration limit) {
    JdbcTemplate template = new JdbcTemplate(database);
    template.setQueryTimeout((int) limit.toSeconds());
    this.database = JdbcClient.create(template);
  }

  /**
   * The columns of some tables.
   *
   * @return {@code table.column} in small letters, to whether MySQL moves it at every change
   */
  Map<String, Boolean> columns(List<String> tables) {
    Map<String, Boolean> columns = new HashMap<>();
    database
        .sql(
            "select lower(concat(table_name, '.', column_name)) as name, lower(extra) as extra"
                + " from information_schema.columns"
                + " where table_schema = database() and lower(table_name) in (:tables)")
        .param("tables", tables.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList())
        .query(
            row -> {
              columns.put(
                  row.getString("name"),
                  row.getString("extra").contains("on update current_timestamp"));
            });
    return columns;
  }

  /**
   * Rights that the account has beyond reading, as {@code INSERT on `elm`.*}; none for a reader.
   */
  List<String> writes() {
    return Grants.writing(database.sql("show grants").query(String.class).list());
  }

  /** What the server is and how the office is set up; nothing of a patient. */
  Map<String, Object> facts() {
    Map<String, Object> facts = new TreeMap<>();
    facts.putAll(
        database
            .sql(
                "select version() as server, @@global.time_zone as zone, @@system_time_zone as systemZone,"
                    + " @@auto_increment_increment as autoIncrementIncrement, @@global.read_only as replica")
            .query()
            .singleRow());
    facts.put("randomPrimaryKeys", isSet("RandomPrimaryKeys", "1"));
    // EasyNoClinics is 0 where the office works with clinics.
    facts.put("clinics", isSet("EasyNoClinics", "0"));
    return facts;
  }

  private boolean isSet(String preference, String value) {
    return database
            .sql("select count(*) from preference where PrefName = ? and ValueString = ?")
            .params(preference, value)
            .query(Long.class)
            .single()
        > 0;
  }

  /** The engine of a table, and the indexes that begin with a column of it. */
  Map<String, Object> facts(String table, String column) {
    Map<String, Object> facts = new TreeMap<>();
    facts.put(
        "engine",
        database
            .sql(
                "select coalesce(engine, '') from information_schema.tables"
                    + " where table_schema = database() and lower(table_name) = lower(?)")
            .params(table)
            .query(String.class)
            .optional()
            .orElse(""));
    facts.put("indexes", indexes(table, column));
    return facts;
  }

  /** Those that begin with the column. */
  List<String> indexes(String table, String column) {
    return database
        .sql(
            "select index_name from information_schema.statistics where table_schema = database()"
                + " and lower(table_name) = lower(?) and lower(column_name) = lower(?) and seq_in_index = 1"
                + " order by index_name")
        .params(table, column)
        .query(String.class)
        .list();
  }

  /**
   * The stamp of the last of so many rows, in the order of their stamps; an index that begins with
   * the stamp answers this by itself.
   *
   * @return empty if there are fewer
   */
  Optional<Instant> last(Feed feed, Instant since, Instant until, int rows) {
    return database
        .sql(
            "select cast(%1$s as char(19)) from %2$s where %1$s >= ? and %1$s <= ? order by %1$s limit 1 offset ?"
                .formatted(feed.column(), feed.table()))
        .params(Stamp.text(since), Stamp.text(until), rows - 1)
        .query(String.class)
        .optional()
        .map(Stamp::instant);
  }

  /** True if a newer row may have a lower key than an older one (open-dental-schema.md 1.1). */
  boolean keysJump() {
    return database
            .sql("select @@auto_increment_increment > 1")
            .query(Integer.class)
            .single()
            .equals(1)
        || database
                .sql(
                    "select count(*) from preference where PrefName = 'RandomPrimaryKeys' and ValueString = '1'")
                .query(Long.class)
                .single()
            > 0;
  }

  /**
   * Carries a feed's statement out for no row at all.
   *
   * @return why the office refuses it; empty if it does not
   */
  Optional<String> refuses(String statement) {
    try {
      database
          .sql(statement.replace(":#", ":"))
          .params(
              Map.of(
                  "since", "1970-01-02 00:00:00",
                  "after_key", 0,
                  "until", "1970-01-02 00:00:00",
                  "until_key", 0,
                  "most", 0))
          .query()
          .listOfRows();
      return Optional.empty();
    } catch (BadSqlGrammarException e) {
      return Optional.of(reason(e.getSQLException()));
    }
  }

  /** The same for {@link Feed#sums}, which is carried out without a look at any row. */
  Optional<String> refusesSums(String statement) {
    return refuses(statement.replace("group by lowest", "  and 1 = 0\ngroup by lowest"));
  }

  /**
   * @param statement of {@link Feed#sums}
   * @return by the lowest key of each range that has rows
   */
  SortedMap<Long, Storms.Sum> sums(String statement, Instant second, int page) {
    SortedMap<Long, Storms.Sum> sums = new TreeMap<>();
    database
        .sql(statement.replace(":#", ":"))
        .params(Map.of("since", Stamp.text(second), "most", page))
        .query(
            row -> {
              sums.put(
                  row.getLong("lowest"),
                  new Storms.Sum(row.getLong("number"), row.getString("content")));
            });
    return sums;
  }

  /** The name of a column is no value of a row; nothing else of the server's text is repeated. */
  private static String reason(SQLException refused) {
    String state = String.valueOf(refused.getSQLState());
    if (state.equals(NO_COLUMN)) {
      Matcher unknown = UNKNOWN.matcher(String.valueOf(refused.getMessage()));
      return "the office lacks the column " + (unknown.find() ? unknown.group(1) : "it reads");
    }
    return state.equals(NO_TABLE)
        ? "the office lacks a table that it reads"
        : "the office's database refuses its statement (" + state + ")";
  }

  /**
   * How the server would carry a feed's statement out that finds little: a line for each table, as
   * {@code p range DateTStamp 1}: its name in the statement, the way of reading ({@code ALL} is the
   * whole table), the index, the rows that the server expects to look at.
   */
  List<String> plan(String statement) {
    List<String> lines = new ArrayList<>();
    database
        .sql("explain " + statement.replace(":#", ":"))
        .params(
            Map.of(
                "since",
                "2037-12-30 00:00:00",
                "after_key",
                Long.MAX_VALUE - 1,
                "until",
                "2037-12-31 00:00:00",
                "until_key",
                Long.MAX_VALUE,
                "most",
                1000))
        .query(
            row -> {
              StringJoiner line = new StringJoiner(" ");
              for (String column : List.of("table", "type", "key", "rows")) {
                line.add(Optional.ofNullable(row.getString(column)).orElse("-"));
              }
              lines.add(line.toString());
            });
    return lines;
  }

  long rows(String table) {
    return database.sql("select count(*) from `" + table + "`").query(Long.class).single();
  }
}
