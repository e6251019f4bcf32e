package pontic.sandbox.api;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Periodontal exams and their measures (open-dental-api.md 2.17, 2.18): an exam may be made with
 * its probing depths and flags, everything else is one measure at a time. No measure of the six
 * sites is ever deleted but with its exam.
 */
final class Perio {
  /** Fields of the six sites, as the table names them. */
  private static final List<String> SITES =
      List.of("MBvalue", "Bvalue", "DBvalue", "MLvalue", "Lvalue", "DLvalue");

  /** Before this version number 6 was called Bleeding. */
  private static final Version RENAMED = Version.of("24.1");

  private static final int MOBILITY = 0;
  private static final int MARGIN = 2;
  private static final int PROBING = 4;
  private static final int SKIPPED = 5;
  private static final int FLAGS = 6;
  private static final int DEEPEST = 19;
  private static final int LAST_UPPER = 16;
  private static final int TEETH = 32;

  private final TableList exams;
  private final TableList measures;

  Perio(List<TableList> lists) {
    exams = list(lists, "/perioexams");
    measures = list(lists, "/periomeasures");
  }

  private static TableList list(List<TableList> lists, String path) {
    return lists.stream().filter(list -> list.path().equals(path)).findFirst().orElseThrow();
  }

  List<Method> methods() {
    return List.of(
        method("POST", "/perioexams", "23.1.20", this::create),
        method("PUT", "/perioexams/{id}", "23.3.27", this::change),
        method("DELETE", "/perioexams/{id}", "23.3.27", Perio::delete),
        method("POST", "/periomeasures", "22.4.37", this::measure),
        method("PUT", "/periomeasures/{id}", "22.4.37", this::measureAgain),
        method("DELETE", "/periomeasures/{id}", "23.3.27", Perio::deleteMeasure));
  }

  private static Method method(String verb, String path, String since, Method.Work work) {
    return new Method(verb, path, Permissions.ALL_OTHERS, Version.of(since), work);
  }

  private Answer create(Context context) throws SQLException, Refusal {
    Fields given =
        context.fields(
            "PatNum",
            "ExamDate>=23.3.27",
            "ProvNum>=23.3.27",
            "Note>=23.3.27",
            "UpperFacial",
            "UpperLingual",
            "LowerLingual",
            "LowerFacial");
    given.required("PatNum");
    long patient = given.number("PatNum").orElse(0L);
    Patients.living(context, patient);
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("PatNum", patient);
    row.put("ExamDate", given.date("ExamDate").orElse(context.localNow().toLocalDate()).toString());
    row.put("ProvNum", provider(context, given, patient));
    row.put("Note", given.text("Note").orElse(""));
    row.put("DateTMeasureEdit", context.wallClock());
    long exam = context.database().insert("perioexam", row);
    Charting charting = new Charting();
    charting.read(given.text("UpperFacial").orElse(""), true, true);
    charting.read(given.text("UpperLingual").orElse(""), true, false);
    charting.read(given.text("LowerLingual").orElse(""), false, false);
    charting.read(given.text("LowerFacial").orElse(""), false, true);
    for (Map.Entry<Integer, int[]> tooth : charting.depths.entrySet()) {
      context.database().insert("periomeasure", row(context, exam, PROBING, tooth));
    }
    for (Map.Entry<Integer, int[]> tooth : charting.flags.entrySet()) {
      context.database().insert("periomeasure", row(context, exam, FLAGS, tooth));
    }
    LogEntries.leave(context, "perioexam", LogEntries.Deed.ADDED, "PerioExamNum", exam);
    return Answer.created(exams.row(context, exam), "/perioexams/" + exam);
  }

  private static Map<String, Object> row(
      Context context, long exam, int type, Map.Entry<Integer, int[]> tooth) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("PerioExamNum", exam);
    row.put("SequenceType", type);
    row.put("IntTooth", tooth.getKey());
    row.put("ToothValue", -1);
    for (int i = 0; i < SITES.size(); i++) {
      row.put(SITES.get(i), tooth.getValue()[i]);
    }
    row.put("SecDateTEntry", context.wallClock());
    return row;
  }

  private static long provider(Context context, Fields given, long patient)
      throws SQLException, Refusal {
    if (given.has("ProvNum")) {
      return context.reference(
          given.number("ProvNum").orElse(0L), true, "provider", "ProvNum", "Provider not found");
    }
    return context
        .database()
        .one("select PriProv from patient where PatNum = ?", patient)
        .map(row -> row.number("PriProv"))
        .orElse(0L);
  }

  private Answer change(Context context) throws SQLException, Refusal {
    Fields given = context.fields("ExamDate", "ProvNum", "Note");
    exam(context, context.key());
    Map<String, Object> row = new LinkedHashMap<>();
    if (given.has("ExamDate")) {
      row.put("ExamDate", given.date("ExamDate").orElseThrow().toString());
    }
    if (given.has("ProvNum")) {
      row.put("ProvNum", provider(context, given, 0));
    }
    given.text("Note").ifPresent(note -> row.put("Note", note));
    if (!row.isEmpty()) {
      context.database().change("perioexam", "PerioExamNum", context.key(), row);
    }
    LogEntries.leave(context, "perioexam", LogEntries.Deed.CHANGED, "PerioExamNum", context.key());
    return Answer.ok(exams.row(context, context.key()));
  }

  private static Answer delete(Context context) throws SQLException, Refusal {
    exam(context, context.key());
    LogEntries.leave(context, "perioexam", LogEntries.Deed.REMOVED, "PerioExamNum", context.key());
    List<Object> key = List.of(context.key());
    context.database().update("delete from periomeasure where PerioExamNum = ?", key);
    context.database().update("delete from perioexam where PerioExamNum = ?", key);
    return Answer.done();
  }

  private Answer measure(Context context) throws SQLException, Refusal {
    Fields given = measured(context, "PerioExamNum", "SequenceType", "IntTooth");
    for (String name : List.of("PerioExamNum", "SequenceType", "IntTooth")) {
      given.required(name);
    }
    long exam = given.number("PerioExamNum").orElse(0L);
    exam(context, exam);
    int type = type(context, given);
    long tooth = given.number("IntTooth").orElse(0L);
    if (tooth < 1 || tooth > TEETH) {
      throw Refusal.invalid("IntTooth is invalid.");
    }
    if (context
        .database()
        .one(
            "select 1 as x from periomeasure where PerioExamNum = ? and SequenceType = ? and IntTooth = ?",
            exam,
            type,
            tooth)
        .isPresent()) {
      throw Refusal.invalid(
          "A PerioMeasure of that SequenceType already exists for that IntTooth.");
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("ToothValue", -1L);
    SITES.forEach(site -> row.put(site, -1L));
    row.putAll(values(given));
    check(type, tooth, row);
    row.put("PerioExamNum", exam);
    row.put("SequenceType", type);
    row.put("IntTooth", tooth);
    row.put("SecDateTEntry", context.wallClock());
    edited(context, exam);
    long key = context.database().insert("periomeasure", row);
    LogEntries.leave(context, "periomeasure", LogEntries.Deed.ADDED, "PerioMeasureNum", key);
    return Answer.created(measures.row(context, key), "/periomeasures/" + key);
  }

  private Answer measureAgain(Context context) throws SQLException, Refusal {
    Fields given = measured(context);
    Row stands = measureRow(context);
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("ToothValue", stands.number("ToothValue"));
    SITES.forEach(site -> row.put(site, stands.number(site)));
    row.putAll(values(given));
    check((int) stands.number("SequenceType"), stands.number("IntTooth"), row);
    edited(context, stands.number("PerioExamNum"));
    context.database().change("periomeasure", "PerioMeasureNum", context.key(), row);
    LogEntries.leave(
        context, "periomeasure", LogEntries.Deed.CHANGED, "PerioMeasureNum", context.key());
    return Answer.ok(measures.row(context, context.key()));
  }

  private static Answer deleteMeasure(Context context) throws SQLException, Refusal {
    Row stands = measureRow(context);
    long type = stands.number("SequenceType");
    if (type != MOBILITY && type != SKIPPED) {
      throw Refusal.invalid("Only Mobility and SkipTooth PerioMeasures can be deleted.");
    }
    context
        .database()
        .update("delete from periomeasure where PerioMeasureNum = ?", List.of(context.key()));
    LogEntries.leave(context, "periomeasure", LogEntries.Deed.REMOVED, context.key(), stands);
    return Answer.done();
  }

  private static Fields measured(Context context, String... more) throws Refusal {
    List<String> names = new ArrayList<>(List.of(more));
    names.add("ToothValue");
    names.addAll(SITES);
    return context.fields(names.toArray(String[]::new));
  }

  private static Map<String, Object> values(Fields given) throws Refusal {
    Map<String, Object> values = new LinkedHashMap<>();
    List<String> names = new ArrayList<>(List.of("ToothValue"));
    names.addAll(SITES);
    for (String name : names) {
      if (given.has(name)) {
        values.put(name, given.number(name).orElse(-1L));
      }
    }
    return values;
  }

  private static int type(Context context, Fields given) throws Refusal {
    String said = given.required("SequenceType");
    String six = context.version().atLeast(RENAMED) ? "BleedSupPlaqCalc" : "Bleeding";
    List<String> names =
        List.of("Mobility", "Furcation", "GingMargin", "MGJ", "Probing", "SkipTooth", six);
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(said.strip())) {
        return i;
      }
    }
    throw Refusal.invalid("SequenceType is invalid.");
  }

  /** What each kind of measure takes. */
  private static void check(int type, long tooth, Map<String, Object> row) throws Refusal {
    long whole = (long) row.get("ToothValue");
    boolean ofTooth = type == MOBILITY || type == SKIPPED;
    long most = type == SKIPPED ? 1 : DEEPEST;
    if (ofTooth ? whole < (type == SKIPPED ? 1 : 0) || whole > most : whole != -1) {
      throw Refusal.invalid("ToothValue is invalid.");
    }
    boolean any = false;
    for (String site : SITES) {
      long value = (long) row.get(site);
      any |= value != -1;
      boolean fits =
          value == -1
              || !ofTooth
                  && (value >= 0 && value <= (type == FLAGS ? 15 : DEEPEST)
                      || type == MARGIN && value >= 101 && value <= 119);
      boolean noLingual = type == 3 && tooth <= LAST_UPPER && site.contains("L") && value != -1;
      if (!fits || noLingual) {
        throw Refusal.invalid(site + " is invalid.");
      }
    }
    if (!ofTooth && !any) {
      throw Refusal.invalid("At least one surface value is required");
    }
  }

  private static void exam(Context context, long key) throws SQLException, Refusal {
    context.reference(key, false, "perioexam", "PerioExamNum", "PerioExam not found");
  }

  private static Row measureRow(Context context) throws SQLException, Refusal {
    return context
        .database()
        .one("select * from periomeasure where PerioMeasureNum = ?", context.key())
        .orElseThrow(() -> Refusal.notFound("PerioMeasure not found"));
  }

  private static void edited(Context context, long exam) throws SQLException {
    context
        .database()
        .change("perioexam", "PerioExamNum", exam, Map.of("DateTMeasureEdit", context.wallClock()));
  }

  /** What the strings of a POST hold, by tooth. */
  private static final class Charting {
    final Map<Integer, int[]> depths = new TreeMap<>();
    final Map<Integer, int[]> flags = new TreeMap<>();

    /**
     * Each digit is the depth of the next site, from the right side of the mouth to the left; b, s,
     * p and c behind it are its flags; anything else, and what is behind the last site, is nothing.
     */
    void read(String text, boolean upper, boolean facial) {
      int place = -1;
      for (char sign : text.toCharArray()) {
        int flag = "bspc".indexOf(sign);
        if (sign >= '0' && sign <= '9') {
          place++;
          if (place >= 48) {
            return;
          }
          depths.computeIfAbsent(tooth(place, upper), key -> none(-1))[site(place, facial)] =
              sign - '0';
        } else if (flag >= 0 && place >= 0) {
          flags.computeIfAbsent(tooth(place, upper), key -> none(0))[site(place, facial)] |=
              1 << flag;
        }
      }
    }

    private static int tooth(int place, boolean upper) {
      return upper ? 1 + place / 3 : TEETH - place / 3;
    }

    /** Right of the middle the far side comes first, left of it the near one. */
    private static int site(int place, boolean facial) {
      int across = place / 3 < 8 ? 2 - place % 3 : place % 3;
      return across + (facial ? 0 : 3);
    }

    private static int[] none(int value) {
      return new int[] {value, value, value, value, value, value};
    }
  }
}
