package pontic.sandbox.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A write of the API whose effect is one row of a table: {@code writes.tsv} beside this class says
 * which.
 *
 * @param list whose GET shows the row
 * @param oneOf names of which one is required
 * @param unique columns, joined by +, and the words of the refusal
 * @param told first version that tells the row of a success; empty if none does
 */
record TableWrite(
    String verb,
    String path,
    TableList list,
    String permission,
    Version since,
    String table,
    List<String> oneOf,
    Optional<String[]> unique,
    Optional<Version> told,
    List<Field> fields) {

  /** By procedurecode.TreatArea: surface, tooth, mouth, quadrant, sextant, arch, range of teeth. */
  private static final Map<Long, List<String>> NEEDED =
      Map.of(
          1L, List.of("ToothNum", "Surf"),
          2L, List.of("ToothNum"),
          4L, List.of("Surf"),
          5L, List.of("Surf"),
          6L, List.of("Surf"),
          7L, List.of("ToothRange"));

  private static final Pattern FIELD =
      Pattern.compile(
          "(?<name>\\w+):(?<kind>\\w+)(?<required>\\*)?(:(?<of>[\\w.]+))?(?<needed>\\*)?"
              + "(=(?<column>\\w+))?(\\|(?<otherwise>[\\w:]+))?(@(?<since>[\\d.]+))?");

  /** A field of the body. */
  record Field(
      String name,
      String kind,
      String of,
      boolean required,
      String column,
      Optional<String> otherwise,
      String since) {

    static Field of(String text) {
      Matcher m = FIELD.matcher(text);
      if (!m.matches()) {
        throw new IllegalStateException("writes.tsv says '" + text + "'");
      }
      return new Field(
          m.group("name"),
          m.group("kind"),
          Optional.ofNullable(m.group("of")).orElse(""),
          m.group("required") != null || m.group("needed") != null,
          Optional.ofNullable(m.group("column")).orElse(m.group("name")),
          Optional.ofNullable(m.group("otherwise")),
          Optional.ofNullable(m.group("since")).orElse(""));
    }

    String accepted() {
      return since.isEmpty() ? name : name + ">=" + since;
    }
  }

  static List<TableWrite> all() {
    Map<String, TableList> lists = new LinkedHashMap<>();
    TableList.all().forEach(list -> lists.put(list.path(), list));
    return lines().stream()
        .map(
            f ->
                new TableWrite(
                    f[0],
                    f[1],
                    lists.get(f[2]),
                    f[3],
                    Version.of(f[4]),
                    f[5],
                    f[6].equals("-") ? List.of() : List.of(f[6].split(",")),
                    f[7].equals("-") ? Optional.empty() : Optional.of(f[7].split("=")),
                    told(f[8]),
                    Arrays.stream(f[9].split(";")).map(Field::of).toList()))
        .toList();
  }

  private static Optional<Version> told(String answer) {
    return switch (answer) {
      case "none" -> Optional.empty();
      case "body" -> Optional.of(Version.of("0"));
      default -> Optional.of(Version.of(answer.substring("body@".length())));
    };
  }

  Method method() {
    return new Method(
        verb, path, permission, since, verb.equals("POST") ? this::make : this::change);
  }

  private Answer make(Context context) throws SQLException, Refusal {
    Fields given = given(context);
    for (Field field : fields) {
      if (field.required()) {
        given.required(field.name());
      }
    }
    if (!oneOf.isEmpty() && oneOf.stream().noneMatch(given::has)) {
      throw Refusal.invalid(oneOf.get(0) + " is required");
    }
    if (unique.isPresent() && stands(context, given, unique.get()[0].split("\\+"))) {
      throw Refusal.invalid(unique.get()[1]);
    }
    Map<String, Object> row = values(context, given, true);
    row.put("SecUserNumEntry", 0);
    long key = context.database().insert(table, row);
    LogEntries.leave(context, table, LogEntries.Deed.ADDED, keyColumn(), key);
    return told(context, key, 201);
  }

  private boolean stands(Context context, Fields given, String... columns)
      throws SQLException, Refusal {
    Where where = new Where();
    for (String column : columns) {
      where.and("`" + column + "` = ?", given.required(column));
    }
    return !context
        .database()
        .query("select 1 as x from `" + table + "`" + where.sql(), where.values())
        .isEmpty();
  }

  private Answer change(Context context) throws SQLException, Refusal {
    String keyColumn = keyColumn();
    Fields given = given(context);
    long key = path.contains("{id}") ? context.key() : named(context, given, keyColumn);
    if (context
        .database()
        .one("select 1 as x from `" + table + "` where `" + keyColumn + "` = ?", key)
        .isEmpty()) {
      throw Refusal.notFound(keyColumn.replaceFirst("Num$", "") + " not found");
    }
    if (list.fields().stream().anyMatch(field -> field.name().equals("PatNum"))) {
      // Rows of a deleted patient no method modifies (open-dental-api.md 2.1).
      Patients.living(
          context,
          context
              .database()
              .one("select PatNum from `" + table + "` where `" + keyColumn + "` = ?", key)
              .orElseThrow()
              .number("PatNum"));
    }
    Map<String, Object> row = values(context, given, false);
    if (!row.isEmpty()) {
      context.database().change(table, keyColumn, key, row);
    }
    LogEntries.leave(context, table, LogEntries.Deed.CHANGED, keyColumn, key);
    return told(context, key, 200);
  }

  private String keyColumn() {
    return list.fields().get(0).name();
  }

  /** The row that the required fields of the body name; 0 if none does. */
  private long named(Context context, Fields given, String keyColumn) throws SQLException, Refusal {
    Where where = new Where();
    for (Field field : fields) {
      if (field.required()) {
        where.and("`" + field.column() + "` = ?", given.required(field.name()));
      }
    }
    return context
        .database()
        .query("select `" + keyColumn + "` as k from `" + table + "`" + where.sql(), where.values())
        .stream()
        .findFirst()
        .map(row -> row.number("k"))
        .orElse(0L);
  }

  private Fields given(Context context) throws Refusal {
    return context.fields(fields.stream().map(Field::accepted).toArray(String[]::new));
  }

  private Answer told(Context context, long key, int status) throws SQLException, Refusal {
    if (told.filter(context.version()::atLeast).isEmpty()) {
      return status == 200 ? Answer.done() : Answer.bodiless();
    }
    var row = list.row(context, key);
    return status == 200 ? Answer.ok(row) : Answer.created(row, list.path() + "/" + key);
  }

  private Map<String, Object> values(Context context, Fields given, boolean isNew)
      throws SQLException, Refusal {
    Map<String, Object> row = new LinkedHashMap<>();
    for (Field field : fields) {
      if (given.has(field.name())) {
        value(context, given, field, row);
      } else if (isNew && field.otherwise().isPresent()) {
        row.put(field.column(), otherwise(context, field.otherwise().get()));
      }
    }
    return row;
  }

  private static Object otherwise(Context context, String said) throws SQLException {
    if (said.equals("now")) {
      return context.wallClock();
    }
    if (said.equals("today")) {
      return context.localNow().toLocalDate().toString();
    }
    return said.startsWith("cat:")
        ? context.firstDefinition(Integer.parseInt(said.substring(4)))
        : said;
  }

  private static void value(Context context, Fields given, Field field, Map<String, Object> row)
      throws SQLException, Refusal {
    String name = field.name();
    String column = field.column();
    switch (field.kind()) {
      case "pat" -> {
        long patNum = given.number(name).orElse(0L);
        Patients.living(context, patNum);
        row.put(column, patNum);
      }
      case "fk" -> {
        String[] of = field.of().split("\\.");
        row.put(
            column,
            context.reference(
                given.number(name).orElse(0L), false, of[0], of[1], of[1] + " not found"));
      }
      case "def" -> {
        String[] of = field.of().split("\\.");
        row.put(of[1], defined(context, of, given.required(name)));
      }
      case "n" -> row.put(column, given.number(name).orElse(0L));
      case "f" -> row.put(column, given.text(name).orElse("0"));
      case "b" -> row.put(column, given.flag(name).orElse(false) ? 1 : 0);
      case "d" -> row.put(column, given.date(name).map(Object::toString).orElse("0001-01-01"));
      case "dt" -> row.put(column, given.dateTime(name).map(Formats.DATE_TIME::format).orElse(""));
      case "e" -> row.put(column, member(field, given.text(name).orElse("")));
      case "raw" ->
          row.put(
              column,
              "_rawBase64_:" + given.required("extension") + "_" + given.text(name).orElse(""));
      case "ext" -> {}
      case "custom" ->
          row.put(column, CustomFields.checked(given.required(name), given.text("FieldValue")));
      case "tp" -> row.put(column, state(given.required(name)));
      case "code" -> row.put("CodeNum", code(context, given, given.required(name)));
      default -> row.put(column, given.text(name).orElse(""));
    }
  }

  /** Each code says whether a tooth, surfaces or a range of teeth belong to it. */
  private static long code(Context context, Fields given, String text)
      throws SQLException, Refusal {
    Row code =
        context
            .database()
            .one("select CodeNum, TreatArea from procedurecode where ProcCode = ?", text)
            .orElseThrow(() -> Refusal.notFound("procCode not found"));
    for (String needed : NEEDED.getOrDefault(code.number("TreatArea"), List.of())) {
      given.required(needed);
    }
    return code.number("CodeNum");
  }

  /** Names of definitions are found whatever their case, as the database compares. */
  private static long defined(Context context, String[] of, String name) throws SQLException {
    Optional<Row> found =
        context
            .database()
            .one(
                "select `" + of[1] + "` as k from `" + of[0] + "` where `" + of[2] + "` = ?", name);
    return found.isPresent()
        ? found.get().number("k")
        : context.database().insert(of[0], Map.of(of[2], name));
  }

  /** The API takes display texts: In Person, Email and Text. */
  private static int member(Field field, String text) throws Refusal {
    String joined =
        Arrays.stream(text.strip().split(" "))
            .map(w -> w.isEmpty() ? w : Character.toUpperCase(w.charAt(0)) + w.substring(1))
            .reduce("", String::concat);
    OptionalInt number = TableList.enums().get(field.of()).number(joined);
    if (number.isEmpty()) {
      throw Refusal.invalid(field.name() + " is invalid.");
    }
    return number.getAsInt();
  }

  private static int state(String text) throws Refusal {
    int number = TableList.enums().get("ProcStat").number(text).orElse(-1);
    if (number < 1) {
      throw Refusal.invalid("ProcStatus is invalid.");
    }
    return number;
  }

  private static List<String[]> lines() {
    try (InputStream in = TableWrite.class.getResourceAsStream("writes.tsv")) {
      if (in == null) {
        throw new IllegalStateException("The class path lacks the sandbox's writes.tsv");
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
