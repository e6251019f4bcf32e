package pontic.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One request while a method works on it.
 *
 * @param office the practice
 * @param settings as they stood when the method began
 * @param version the office's program version
 * @param key the key in the path; 0 when the path has none
 * @param query decoded parameters
 * @param body parsed body; missing node when there is none
 * @param formats how dates are written
 * @param now server time, whole seconds
 */
record Context(
    Office office,
    OfficeSettings settings,
    Version version,
    long key,
    Map<String, String> query,
    JsonNode body,
    Formats formats,
    Instant now) {

  /**
   * Label of unix_timestamp(DateTStamp): stamps are read as instants, so the session's zone does
   * not matter.
   */
  static final String STAMP = "StampEpochSeconds";

  /** Name that the API writes into securitylog.LogText for the sandbox's developer key. */
  static final String DEVELOPER = "Pontic Sandbox";

  private static final String DATE_FORMAT = "DateFormatString";
  private static final String DATE_TIME_FORMAT = "DateTimeFormatString";

  static Context of(Office office, long key, Map<String, String> query, JsonNode body)
      throws SQLException, Refusal {
    String programVersion =
        office
            .database()
            .one("select ValueString from preference where PrefName = 'ProgramVersion'")
            .map(row -> row.text("ValueString"))
            .orElseThrow(() -> Refusal.invalid("The office has no program version."));
    office.database().atVersion(programVersion);
    Version version = Version.of(programVersion);
    OfficeSettings settings = office.settings().get();
    Fields common =
        Fields.ofQuery(
            query,
            Fields.accepted(DATE_FORMAT + ">=22.2.26", DATE_TIME_FORMAT + ">=22.2.14"),
            version,
            settings.withUnknownFieldsRefused(false));
    Formats formats =
        new Formats(
            office.zone(),
            common.text(DATE_FORMAT).map(DotNetPattern::new),
            common.text(DATE_TIME_FORMAT).map(DotNetPattern::new));
    return new Context(
        office,
        settings,
        version,
        key,
        query,
        body,
        formats,
        Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  Database database() {
    return office.database();
  }

  /** The parameters that a GET takes, besides paging and formats. */
  Fields parameters(String... names) throws Refusal {
    List<String> all = new ArrayList<>(List.of(names));
    all.addAll(List.of("Limit", "Offset", DATE_FORMAT, DATE_TIME_FORMAT));
    return Fields.ofQuery(query, Fields.accepted(all.toArray(String[]::new)), version, settings);
  }

  Fields fields(String... names) throws Refusal {
    return Fields.ofBody(body, Fields.accepted(names), version, settings);
  }

  /** The office's wall clock, as a DATETIME column wants it. */
  String wallClock() {
    return Formats.DATE_TIME.format(localNow());
  }

  LocalDateTime localNow() {
    return now.atZone(office.zone()).toLocalDateTime();
  }

  /** Condition for a filter by change stamp. */
  void stampFilter(Fields parameters, String column, Where where) throws Refusal {
    Optional<LocalDateTime> since = parameters.dateTime("DateTStamp");
    if (since.isPresent()) {
      long epoch = since.get().atZone(office.zone()).toEpochSecond();
      String comparison = settings.stampsInclusive() ? " >= " : " > ";
      where.and(column + comparison + "from_unixtime(?)", Math.max(epoch, 0));
    }
  }

  /**
   * Runs a list query page by page rules (open-dental-api.md 1.5): a Limit above the maximum is cut
   * to it.
   */
  Answer list(
      String select, Where where, Order order, Fields parameters, Function<Row, ObjectNode> row)
      throws SQLException, Refusal {
    int most = Permissions.page(settings.mode(), settings.permissions());
    long limit = parameters.number("Limit").orElse((long) most);
    long offset = parameters.number("Offset").orElse(0L);
    if (limit < 1 || offset < 0) {
      throw Refusal.invalid("Limit must be 1 or more and Offset 0 or more.");
    }
    List<Object> values = new ArrayList<>(where.values());
    values.add(Math.min(limit, most));
    values.add(offset);
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (Row found :
        database()
            .query(
                select
                    + where.sql()
                    + " order by "
                    + order.sql(settings.listsBackwards())
                    + " limit ? offset ?",
                values)) {
      rows.add(row.apply(found));
    }
    return Answer.ok(rows);
  }

  /** Value of an office preference; empty when it is not set. */
  String preference(String name) throws SQLException {
    return database()
        .one("select ValueString from preference where PrefName = ?", name)
        .map(row -> row.text("ValueString").strip())
        .orElse("");
  }

  /** A preference that holds a key; 0 when it is not set. */
  long preferredKey(String name) throws SQLException {
    String value = preference(name);
    return value.matches("\\d{1,18}") ? Long.parseLong(value) : 0;
  }

  boolean exists(String table, String keyColumn, long key) throws SQLException {
    return database().has(table)
        && database()
            .one("select 1 as x from `" + table + "` where `" + keyColumn + "` = ?", key)
            .isPresent();
  }

  /**
   * A foreign key of a request: 0 means none where that is allowed, a row that is not there is 404.
   */
  long reference(long key, boolean noneAllowed, String table, String keyColumn, String absent)
      throws SQLException, Refusal {
    if ((key == 0 && noneAllowed) || exists(table, keyColumn, key)) {
      return key;
    }
    throw Refusal.notFound(absent);
  }

  /** A definition of one category; hidden ones count. */
  long definition(long defNum, int category, String absent) throws SQLException, Refusal {
    if (database()
        .one("select 1 as x from definition where DefNum = ? and Category = ?", defNum, category)
        .isEmpty()) {
      throw Refusal.notFound(absent);
    }
    return defNum;
  }

  /** First definition of a category in the office's order; 0 when it has none. */
  long firstDefinition(int category) throws SQLException {
    return database()
        .one(
            "select DefNum from definition where Category = ? order by ItemOrder, DefNum limit 1",
            category)
        .map(row -> row.number("DefNum"))
        .orElse(0L);
  }
}
