package pontic.sandbox.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A read-only resource whose rows are those of a table: {@code lists.tsv} beside this class says
 * which, with the numbers of enums in {@code enums.tsv}.
 *
 * @param path below /api/v1
 * @param since first version that lists it
 * @param single first version that reads one by its key; empty if none does
 * @param only SQL condition on the rows that are listed; empty for all
 */
record TableList(
    String path,
    Version since,
    Optional<Version> single,
    String table,
    Order order,
    String only,
    List<Filter> filters,
    List<Field> fields) {

  private static final Pattern FILTER =
      Pattern.compile(
          "(?<name>\\w+)(?<required>\\*[\\d.]*)?(:(?<kind>e:\\w+|\\w+))?(=(?<column>\\w+))?(@(?<since>.+))?");
  private static final Pattern FIELD =
      Pattern.compile("(?<name>\\w+):(?<kind>e:\\w+|\\w+)(=(?<sql>[^@]+))?(@(?<since>[\\d.]+))?");

  /**
   * A parameter.
   *
   * @param required before this version; far in the future where it always is
   */
  record Filter(
      String name,
      String kind,
      String column,
      Optional<Version> since,
      Optional<Version> required) {
    private static final Version ALWAYS = Version.of("9999");

    static Filter of(String text) {
      Matcher m = matched(FILTER, text);
      String name = m.group("name");
      return new Filter(
          name,
          Optional.ofNullable(m.group("kind")).orElse("n"),
          Optional.ofNullable(m.group("column")).orElse(name),
          Optional.ofNullable(m.group("since")).map(Version::of),
          Optional.ofNullable(m.group("required"))
              .map(mark -> mark.equals("*") ? ALWAYS : Version.of(mark.substring(1))));
    }

    String parameter() {
      return since.map(v -> name + ">=" + String.join(".", words(v))).orElse(name);
    }

    private static List<String> words(Version version) {
      return version.parts().stream().map(String::valueOf).toList();
    }
  }

  /** A field of the reply. */
  record Field(String name, String kind, Optional<String> sql, Optional<Version> since) {

    static Field of(String text) {
      Matcher m = matched(FIELD, text);
      return new Field(
          m.group("name"),
          m.group("kind"),
          Optional.ofNullable(m.group("sql")),
          Optional.ofNullable(m.group("since")).map(Version::of));
    }
  }

  /** Every list of the data file. */
  static List<TableList> all() {
    return lines("lists.tsv").stream()
        .map(
            f ->
                new TableList(
                    f[0],
                    Version.of(f[1]),
                    f[2].equals("-") ? Optional.empty() : Optional.of(Version.of(f[2])),
                    f[3],
                    Order.of("t", f[4]),
                    f[5].equals("-") ? "" : f[5],
                    f[6].equals("-")
                        ? List.of()
                        : Arrays.stream(f[6].split(";")).map(Filter::of).toList(),
                    Arrays.stream(f[7].split(";")).map(Field::of).toList()))
        .toList();
  }

  /** GET of the list. */
  Answer multiple(Context context) throws SQLException, Refusal {
    Fields asked =
        context.parameters(filters.stream().map(Filter::parameter).toArray(String[]::new));
    Where where = new Where();
    if (!only.isEmpty()) {
      where.and(only);
    }
    for (Filter filter : filters) {
      boolean needed = filter.required().filter(v -> !context.version().atLeast(v)).isPresent();
      if (needed && !asked.has(filter.name())) {
        throw Refusal.invalid(filter.name() + " is required.");
      }
      narrow(context, asked, filter, where);
    }
    if (has("day") && !asked.has("date") && !asked.has("dateStart") && !asked.has("dateEnd")) {
      where.and("t.SchedDate = ?", context.localNow().toLocalDate().toString());
    }
    List<Field> shown = shown(context);
    Map<String, Names> enums = enums();
    return context.list(
        select(shown), where, order, asked, row -> write(context, shown, enums, row).json());
  }

  /** GET of one row by its key, which is the first field. */
  Answer one(Context context) throws SQLException, Refusal {
    context.parameters();
    return Answer.ok(row(context, context.key()));
  }

  /** One row as the list shows it. */
  ObjectNode row(Context context, long key) throws SQLException, Refusal {
    List<Field> shown = shown(context);
    Row row =
        context
            .database()
            .one(select(shown) + " where t." + fields.get(0).name() + " = ?", key)
            .orElseThrow(() -> Refusal.notFound(fields.get(0).name() + " not found"));
    return write(context, shown, enums(), row).json();
  }

  private boolean has(String kind) {
    return filters.stream().anyMatch(f -> f.kind().equals(kind));
  }

  private static void narrow(Context context, Fields asked, Filter filter, Where where)
      throws Refusal {
    String name = filter.name();
    String column = "t." + filter.column();
    if (filter.kind().equals("hidden")) {
      if (!asked.flag(name).orElse(false)) {
        where.and("t.IsHidden = 0");
      }
      return;
    }
    if (!asked.has(name)) {
      return;
    }
    switch (filter.kind()) {
      case "n" -> where.and(column + " = ?", asked.number(name).orElse(0L));
      case "t" -> where.and(column + " = ?", asked.text(name).orElse(""));
      case "b" -> where.and(column + " = ?", asked.flag(name).orElse(false) ? 1 : 0);
      case "like" -> where.contains(column, asked.text(name).orElse(""));
      case "day" -> where.and(column + " = ?", date(asked, name));
      case "from", "ondate" -> where.and(column + " >= ?", date(asked, name));
      case "to" -> where.and(column + " <= ?", date(asked, name));
      case "stamp" -> {
        String comparison = context.settings().stampsInclusive() ? " >= " : " > ";
        long epoch =
            asked
                .dateTime(name)
                .map(at -> at.atZone(context.office().zone()).toEpochSecond())
                .orElse(0L);
        where.and(column + comparison + "from_unixtime(?)", Math.max(epoch, 0));
      }
      default ->
          where.and(
              column + " = ?",
              asked.choice(name, enums().get(filter.kind().substring(2))).orElse(0));
    }
  }

  private static String date(Fields asked, String name) throws Refusal {
    return asked.date(name).map(LocalDate::toString).orElse("");
  }

  /** The fields that the office's version and tables have. */
  private List<Field> shown(Context context) throws SQLException {
    List<Field> shown = new ArrayList<>();
    for (Field field : fields) {
      boolean newer = field.since().filter(v -> !context.version().atLeast(v)).isPresent();
      boolean there =
          field.sql().isPresent()
              || field.kind().equals("now")
              || context.database().has(table, field.name());
      if (!newer && there) {
        shown.add(field);
      }
    }
    return shown;
  }

  /** Columns are named by position: names that differ in case only, as Priority, would collide. */
  private String select(List<Field> shown) {
    return IntStream.range(0, shown.size())
        .filter(i -> !shown.get(i).kind().equals("now"))
        .mapToObj(
            i -> shown.get(i).sql().orElse("t.`" + shown.get(i).name() + "`") + " as " + label(i))
        .collect(Collectors.joining(", ", "select ", " from `" + table + "` t"));
  }

  private static String label(int position) {
    return "Field" + position;
  }

  private static JsonRow write(
      Context context, List<Field> shown, Map<String, Names> enums, Row row) {
    JsonRow json = new JsonRow(context.formats());
    for (int i = 0; i < shown.size(); i++) {
      String kind = shown.get(i).kind();
      String name = shown.get(i).name();
      String column = label(i);
      switch (kind) {
        case "n" -> json.number(name, row.number(column));
        case "f" -> json.decimal(name, row.decimal(column));
        case "b" -> json.flag(name, row.number(column) != 0);
        case "s", "sf", "t", "tm" -> json.text(name, row.text(column));
        case "d" -> json.date(name, row.text(column));
        case "dt" -> json.dateTime(name, row.text(column));
        case "c" -> json.colour(name, row.number(column));
        case "iv" -> json.text(name, interval(row.number(column)));
        case "now" -> json.dateTime(name, context.now());
        default -> json.text(name, enums.get(kind.substring(2)).name(row.number(column)));
      }
    }
    return json;
  }

  /** An interval of a byte each for years, months, weeks and days, as the API writes it: 6m1d. */
  static String interval(long packed) {
    StringBuilder text = new StringBuilder();
    String units = "ymwd";
    for (int i = 0; i < 4; i++) {
      long value = packed >> (24 - 8 * i) & 0xff;
      if (value > 0) {
        text.append(value).append(units.charAt(i));
      }
    }
    return text.toString();
  }

  static Map<String, Names> enums() {
    return lines("enums.tsv").stream()
        .collect(Collectors.toUnmodifiableMap(f -> f[0], f -> new Names(List.of(f[1].split(" ")))));
  }

  private static List<String[]> lines(String resource) {
    try (InputStream in = TableList.class.getResourceAsStream(resource)) {
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

  private static Matcher matched(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalStateException("lists.tsv says '" + text + "'");
    }
    return matcher;
  }
}
