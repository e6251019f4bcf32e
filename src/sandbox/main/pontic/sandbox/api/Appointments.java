package pontic.sandbox.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * /appointments and the copies in /histappointments that each write leaves (open-dental-api.md 2.2,
 * 2.36).
 */
final class Appointments {
  private static final int SCHEDULED = 1;
  private static final int UNSCHEDULED_LIST = 3;
  private static final int BROKEN = 5;
  private static final int PLANNED = 6;
  private static final int CONFIRMED_STATUS = 2;
  private static final int UNSCHEDULED_STATUS = 13;
  private static final int CREATED = 0;
  private static final int CHANGED = 1;
  private static final int MISSED = 2;
  private static final int CANCELLED = 3;

  /** histappointment.ApptSource of the API. */
  private static final int SOURCE_API = 6;

  private static final int LONGEST_PATTERN = 108;
  private static final int MINUTES_PER_SIGN = 5;

  private static final String[] COMMON = {
    "AptStatus",
    "Pattern",
    "Confirmed",
    "Op",
    "Note",
    "ProvNum",
    "ProvHyg",
    "AptDateTime",
    "IsNewPatient>=21.3",
    "ClinicNum",
    "IsHygiene",
    "DateTimeArrived>=25.2.10",
    "DateTimeSeated>=25.2.10",
    "DateTimeDismissed>=25.2.10",
    "colorOverride>=22.3.9",
    "AppointmentTypeNum>=22.1",
    "Priority>=22.1",
    "PatternSecondary>=23.3.17"
  };

  Answer single(Context context) throws SQLException, Refusal {
    context.parameters();
    return Answer.ok(
        wire(context, byKey(context, context.key()))
            .dateTime("serverDateTime", context.now())
            .json());
  }

  Answer multiple(Context context) throws SQLException, Refusal {
    Fields asked =
        context.parameters(
            "PatNum>=21.4",
            "AptStatus>=22.4.28",
            "Op>=23.2.27",
            "date",
            "dateStart",
            "dateEnd",
            "ClinicNum",
            "DateTStamp",
            "AppointmentTypeNum>=24.4.22");
    Where where = new Where();
    knownPatient(context, asked);
    for (String column : List.of("PatNum", "Op", "ClinicNum", "AppointmentTypeNum")) {
      asked.number(column).ifPresent(number -> where.and("a." + column + " = ?", number));
    }
    asked
        .choice(
            "AptStatus",
            Names.APT_STATUS,
            "Scheduled",
            "Complete",
            "UnschedList",
            "ASAP",
            "Broken",
            "Planned",
            "PtNote",
            "PtNoteCompleted")
        .ifPresent(status -> where.and("a.AptStatus = ?", status));
    days(asked, where);
    context.stampFilter(asked, "a.DateTStamp", where);
    return context.list(
        select("appointment"),
        where,
        Order.guessed("a.AptNum"),
        asked,
        row -> wire(context, row).dateTime("serverDateTime", context.now()).json());
  }

  Answer history(Context context) throws SQLException, Refusal {
    Fields asked =
        context.parameters(
            "HistApptAction",
            "AptNum",
            "PatNum",
            "AptStatus",
            "ClinicNum",
            "date",
            "dateStart",
            "dateEnd");
    Where where = new Where();
    knownPatient(context, asked);
    for (String column : List.of("AptNum", "PatNum", "ClinicNum")) {
      asked.number(column).ifPresent(number -> where.and("a." + column + " = ?", number));
    }
    asked
        .choice("HistApptAction", Names.HIST_ACTION)
        .ifPresent(action -> where.and("a.HistApptAction = ?", action));
    asked
        .choice(
            "AptStatus",
            Names.APT_STATUS,
            "Scheduled",
            "Complete",
            "UnschedList",
            "Broken",
            "Planned")
        .ifPresent(status -> where.and("a.AptStatus = ?", status));
    days(asked, where);
    return context.list(
        select("histappointment"),
        where,
        Order.guessed("a.HistApptNum"),
        asked,
        row -> historyRow(context, row));
  }

  /** One copy by its own key; no method of the API shows it, but events carry it. */
  Answer historySingle(Context context) throws SQLException, Refusal {
    return Answer.ok(
        historyRow(
            context,
            context
                .database()
                .one(select("histappointment") + " where a.HistApptNum = ?", context.key())
                .orElseThrow(() -> Refusal.notFound("Appointment not found"))));
  }

  Answer create(Context context) throws SQLException, Refusal {
    List<String> names = new ArrayList<>(List.of(COMMON));
    names.add("PatNum");
    names.add("SecUserNumEntry>=25.1.27");
    Fields given = context.fields(names.toArray(String[]::new));
    given.required("PatNum");
    given.required("Op");
    given.required("AptDateTime");
    Row patient = Patients.living(context, given.number("PatNum").orElse(0L));
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("AptStatus", SCHEDULED);
    row.put("Note", "");
    row.put("ProvHyg", 0);
    row.put("IsNewPatient", 0);
    row.put("IsHygiene", 0);
    row.put("Priority", 0);
    row.put("AppointmentTypeNum", 0);
    row.put("ColorOverride", 0);
    Map<String, Object> values =
        values(context, given, "Scheduled", "Complete", "UnschedList", "PtNote", "PtNoteCompleted");
    row.putAll(typeDefaults(context, values, given));
    row.putAll(values);
    row.putIfAbsent("Pattern", "/XX/");
    row.putIfAbsent("Confirmed", context.firstDefinition(CONFIRMED_STATUS));
    if (!row.containsKey("ProvNum")) {
      long own = patient.number("PriProv");
      row.put("ProvNum", own == 0 ? context.preferredKey("PracticeDefaultProv") : own);
    }
    if (!row.containsKey("ClinicNum")) {
      long clinic = operatory(context, (Long) row.get("Op")).number("ClinicNum");
      row.put("ClinicNum", clinic == 0 ? patient.number("ClinicNum") : clinic);
    }
    secondaryPattern(context, row, row.get("Pattern").toString());
    row.put("PatNum", patient.number("PatNum"));
    row.put("SecUserNumEntry", user(context, given));
    row.put("SecDateTEntry", context.wallClock());
    refuseTime(context, 0, row);
    long key = context.database().insert("appointment", row);
    if (given.flag("IsNewPatient").orElse(false)) {
      firstVisit(context, patient.number("PatNum"), given);
    }
    copy(context, key, CREATED);
    AuditTrail.write(context, AuditTrail.APPOINTMENT_CREATE, patient.number("PatNum"), key, "");
    return Answer.created(wire(context, byKey(context, key)).json(), "/appointments/" + key);
  }

  /**
   * One without a time and a room. The office's preference says whether it needs procedures, which
   * a type brings too (open-dental-api.md 2.2).
   */
  Answer plan(Context context) throws SQLException, Refusal {
    Fields given =
        context.fields(
            "PatNum",
            "AppointmentTypeNum",
            "procNums",
            "Pattern",
            "Confirmed",
            "Note",
            "ProvNum",
            "ProvHyg",
            "ClinicNum",
            "IsHygiene",
            "IsNewPatient",
            "Priority",
            "PatternSecondary>=23.3.17");
    given.required("PatNum");
    Row patient = Patients.living(context, given.number("PatNum").orElse(0L));
    Map<String, Object> values = values(context, given);
    List<Long> procedures = new ArrayList<>();
    for (String number : given.text("procNums").orElse("").replaceAll("[^0-9,]", "").split(",")) {
      if (!number.isEmpty()) {
        procedures.add(
            context.reference(
                Long.parseLong(number), false, "procedurelog", "ProcNum", "Procedure not found."));
      }
    }
    boolean typed = !values.getOrDefault("AppointmentTypeNum", 0L).equals(0L);
    boolean needed = !context.preference("ApptsRequireProc").equals("0");
    if (needed && !typed && procedures.isEmpty()) {
      throw Refusal.invalid("AppointmentTypeNum or procNums is required");
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("AptStatus", PLANNED);
    row.put("Op", 0);
    row.put("AptDateTime", "0001-01-01 00:00:00");
    row.put("Note", "");
    row.putAll(typeDefaults(context, values, given));
    row.putAll(values);
    row.putIfAbsent("Pattern", "/XX/");
    row.putIfAbsent("Confirmed", context.firstDefinition(CONFIRMED_STATUS));
    if (!row.containsKey("ProvNum")) {
      long own = patient.number("PriProv");
      row.put("ProvNum", own == 0 ? context.preferredKey("PracticeDefaultProv") : own);
    }
    row.putIfAbsent("ClinicNum", patient.number("ClinicNum"));
    secondaryPattern(context, row, row.get("Pattern").toString());
    row.put("PatNum", patient.number("PatNum"));
    row.put("SecDateTEntry", context.wallClock());
    long key = context.database().insert("appointment", row);
    for (long procedure : procedures) {
      context.database().change("procedurelog", "ProcNum", procedure, Map.of("PlannedAptNum", key));
    }
    copy(context, key, CREATED);
    AuditTrail.write(context, AuditTrail.APPOINTMENT_CREATE, patient.number("PatNum"), key, "");
    return Answer.created(wire(context, byKey(context, key)).json(), "/appointments/" + key);
  }

  /** Another row at that time, which points to the planned one; that one stays as it is. */
  Answer schedule(Context context) throws SQLException, Refusal {
    Fields given = context.fields("AptNum", "AptDateTime", "ProvNum", "Op", "Confirmed", "Note");
    for (String name : List.of("AptNum", "AptDateTime", "ProvNum", "Op")) {
      given.required(name);
    }
    Row planned = byKey(context, given.number("AptNum").orElse(0L));
    Patients.living(context, planned.number("PatNum"));
    if (planned.number("AptStatus") != PLANNED) {
      throw Refusal.invalid("The appointment is not planned.");
    }
    Map<String, Object> row = new LinkedHashMap<>();
    for (String column :
        List.of("PatNum", "ProvHyg", "ClinicNum", "IsHygiene", "AppointmentTypeNum", "Confirmed")) {
      row.put(column, planned.number(column));
    }
    row.put("Pattern", planned.text("Pattern"));
    row.put("Note", planned.text("Note"));
    row.put("AptStatus", SCHEDULED);
    row.put("NextAptNum", planned.number("AptNum"));
    row.putAll(values(context, given));
    secondaryPattern(context, row, row.get("Pattern").toString());
    row.put("SecDateTEntry", context.wallClock());
    refuseTime(context, 0, row);
    long key = context.database().insert("appointment", row);
    copy(context, key, CREATED);
    AuditTrail.write(context, AuditTrail.APPOINTMENT_CREATE, planned.number("PatNum"), key, "");
    return Answer.created(wire(context, byKey(context, key)).json(), "/appointments/" + key);
  }

  Answer change(Context context) throws SQLException, Refusal {
    List<String> names = new ArrayList<>(List.of(COMMON));
    names.add("UnschedStatus>=22.2");
    Fields given = context.fields(names.toArray(String[]::new));
    Row before = writable(context);
    Map<String, Object> values =
        values(
            context,
            given,
            "Scheduled",
            "Complete",
            "UnschedList",
            "Broken",
            "Planned",
            "PtNote",
            "PtNoteCompleted");
    Optional<Long> unscheduled = given.number("UnschedStatus");
    if (unscheduled.isPresent()) {
      values.put(
          "UnschedStatus",
          unscheduled.get() == 0
              ? 0L
              : context.definition(
                  unscheduled.get(), UNSCHEDULED_STATUS, "UnschedStatus not found"));
    }
    if (values.containsKey("Pattern") || values.containsKey("PatternSecondary")) {
      secondaryPattern(
          context, values, values.getOrDefault("Pattern", before.text("Pattern")).toString());
    }
    Map<String, Object> after = new LinkedHashMap<>();
    for (String column : List.of("AptStatus", "Op", "AptDateTime", "Pattern")) {
      after.put(column, values.getOrDefault(column, before.text(column)));
    }
    boolean placed =
        List.of("AptStatus", "Op", "AptDateTime", "Pattern").stream().anyMatch(given::has);
    boolean moved =
        given.has("AptDateTime")
                && !values.get("AptDateTime").equals(before.text("AptDateTime").substring(0, 19))
            || given.has("Op") && !values.get("Op").equals(before.number("Op"));
    if (placed) {
      refuseTime(context, context.key(), after);
    }
    save(
        context,
        before,
        values,
        CHANGED,
        moved ? AuditTrail.APPOINTMENT_MOVE : AuditTrail.APPOINTMENT_EDIT);
    return Answer.ok(wire(context, byKey(context, context.key())).json());
  }

  /**
   * Only a Scheduled appointment can be broken; the procedure is added if the office has set one
   * (open-dental-api.md 2.2).
   */
  Answer breakIt(Context context) throws SQLException, Refusal {
    Fields given = context.fields("sendToUnscheduledList", "breakType");
    given.required("sendToUnscheduledList");
    boolean unscheduled = given.flag("sendToUnscheduledList").orElse(false);
    Row before = writable(context);
    if (before.number("AptStatus") != SCHEDULED) {
      throw Refusal.invalid("Only a Scheduled appointment can be broken.");
    }
    int action = CHANGED;
    Optional<String> procedure = Optional.empty();
    Optional<String> type = given.text("breakType").filter(text -> !text.isBlank());
    if (type.isPresent()) {
      if (type.get().equalsIgnoreCase("Missed")) {
        action = MISSED;
        procedure = Optional.of("D9986");
      } else if (type.get().equalsIgnoreCase("Cancelled")) {
        action = CANCELLED;
        procedure = Optional.of("D9987");
      } else {
        throw Refusal.invalid("breakType is invalid.");
      }
    }
    save(
        context,
        before,
        Map.of("AptStatus", unscheduled ? UNSCHEDULED_LIST : BROKEN),
        action,
        AuditTrail.APPOINTMENT_EDIT);
    String preference = context.preference("BrokenApptProcedure");
    if (procedure.isPresent() && !preference.isEmpty() && !preference.equals("0")) {
      addProcedure(context, before, procedure.get());
    }
    return Answer.done();
  }

  Answer confirm(Context context) throws SQLException, Refusal {
    Fields given = context.fields("confirmVal", "defNum>=21.2");
    if (given.has("confirmVal") == given.has("defNum")) {
      throw Refusal.invalid("Exactly one of confirmVal and defNum is required");
    }
    Row before = writable(context);
    long confirmed;
    if (given.has("defNum")) {
      confirmed =
          context.definition(
              given.number("defNum").orElse(0L), CONFIRMED_STATUS, "defNum not found");
    } else {
      confirmed = confirmedBy(context, given.required("confirmVal"));
    }
    save(context, before, Map.of("Confirmed", confirmed), CHANGED, AuditTrail.CONFIRM_STATUS_EDIT);
    return Answer.done();
  }

  /** Appends a line; not idempotent. */
  Answer note(Context context) throws SQLException, Refusal {
    Fields given = context.fields("Note");
    String line = given.required("Note");
    Row before = writable(context);
    String old = before.text("Note");
    save(
        context,
        before,
        Map.of("Note", old.isEmpty() ? line : old + "\r\n" + line),
        CHANGED,
        AuditTrail.APPOINTMENT_EDIT);
    return Answer.done();
  }

  private static long confirmedBy(Context context, String value) throws SQLException, Refusal {
    if (List.of("None", "Sent", "Confirmed", "Not Accepted", "Failed").stream()
        .noneMatch(value::equalsIgnoreCase)) {
      throw Refusal.invalid("confirmVal is invalid.");
    }
    if (value.equalsIgnoreCase("None")) {
      return context.firstDefinition(CONFIRMED_STATUS);
    }
    return context
        .database()
        .one(
            "select DefNum from definition where Category = ? and ItemName = ? order by IsHidden, DefNum limit 1",
            CONFIRMED_STATUS,
            value)
        .orElseThrow(() -> Refusal.notFound("confirmVal not found"))
        .number("DefNum");
  }

  private static void save(
      Context context, Row before, Map<String, ?> values, int action, int permType)
      throws SQLException {
    long key = before.number("AptNum");
    context.database().change("appointment", "AptNum", key, values);
    copy(context, key, action);
    AuditTrail.write(
        context, permType, before.number("PatNum"), key, Patients.previous(context, before));
  }

  /** Copies the row as it now stands into histappointment, by user 0. */
  private static void copy(Context context, long key, int action) throws SQLException {
    Database database = context.database();
    List<String> columns =
        database.shared("appointment", "histappointment").stream()
            .filter(column -> !column.equalsIgnoreCase("DateTStamp"))
            .toList();
    Row row =
        database
            .one("select * from appointment where AptNum = ?", key)
            .orElseThrow(() -> new SQLException("appointment vanished while it was written"));
    Map<String, Object> copy = new LinkedHashMap<>();
    for (String column : columns) {
      row.columns().get(column).ifPresent(value -> copy.put(column, value));
    }
    copy.put("HistUserNum", 0);
    copy.put("HistDateTStamp", context.wallClock());
    copy.put("HistApptAction", action);
    copy.put("ApptSource", SOURCE_API);
    database.insert("histappointment", copy);
  }

  private static void addProcedure(Context context, Row appointment, String code)
      throws SQLException {
    Database database = context.database();
    Optional<Row> known =
        database.one("select CodeNum from procedurecode where ProcCode = ?", code);
    long codeNum =
        known.isPresent()
            ? known.get().number("CodeNum")
            : database.insert("procedurecode", Map.of("ProcCode", code));
    String today = context.localNow().toLocalDate().toString();
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("PatNum", appointment.number("PatNum"));
    row.put("CodeNum", codeNum);
    row.put("ProcStatus", 2);
    row.put("ProcDate", today);
    row.put("DateEntryC", today);
    row.put("DateComplete", today);
    row.put("DateTP", today);
    row.put("ProvNum", appointment.number("ProvNum"));
    row.put("ClinicNum", appointment.number("ClinicNum"));
    row.put("UnitQty", 1);
    row.put("SecUserNumEntry", 0);
    row.put("SecDateEntry", context.wallClock());
    database.insert("procedurelog", row);
  }

  private static Map<String, Object> values(Context context, Fields given, String... statuses)
      throws SQLException, Refusal {
    Map<String, Object> row = new LinkedHashMap<>();
    given
        .choice("AptStatus", Names.APT_STATUS, statuses)
        .ifPresent(status -> row.put("AptStatus", status));
    pattern(given, row, "Pattern");
    pattern(given, row, "PatternSecondary");
    Optional<Long> confirmed = given.number("Confirmed");
    if (confirmed.isPresent()) {
      row.put(
          "Confirmed",
          context.definition(confirmed.get(), CONFIRMED_STATUS, "Confirmed not found"));
    }
    Optional<Long> op = given.number("Op");
    if (op.isPresent()) {
      row.put("Op", operatory(context, op.get()).number("OperatoryNum"));
    }
    given.text("Note").ifPresent(note -> row.put("Note", note));
    Optional<Long> provider = given.number("ProvNum");
    if (provider.isPresent()) {
      row.put(
          "ProvNum",
          context.reference(provider.get(), false, "provider", "ProvNum", "Provider not found"));
    }
    Optional<Long> hygienist = given.number("ProvHyg");
    if (hygienist.isPresent()) {
      row.put(
          "ProvHyg",
          context.reference(hygienist.get(), true, "provider", "ProvNum", "Provider not found"));
    }
    given
        .dateTime("AptDateTime")
        .ifPresent(time -> row.put("AptDateTime", Formats.DATE_TIME.format(time)));
    Optional<Long> clinic = given.number("ClinicNum");
    if (clinic.isPresent()) {
      row.put(
          "ClinicNum",
          context.reference(clinic.get(), true, "clinic", "ClinicNum", "Clinic not found"));
    }
    for (String name : List.of("IsNewPatient", "IsHygiene")) {
      given.flag(name).ifPresent(flag -> row.put(name, flag ? 1 : 0));
    }
    given.choice("Priority", Names.PRIORITY).ifPresent(priority -> row.put("Priority", priority));
    Optional<Long> type = given.number("AppointmentTypeNum");
    if (type.isPresent()) {
      row.put(
          "AppointmentTypeNum",
          context.reference(
              type.get(),
              true,
              "appointmenttype",
              "AppointmentTypeNum",
              "AppointmentType not found"));
    }
    Optional<String> colour = given.text("colorOverride");
    if (colour.isPresent()) {
      row.put("ColorOverride", colour(colour.get()));
    }
    timesOfDay(context, given, row);
    return row;
  }

  /** Arrived, seated, dismissed: written as a time, kept on the appointment's day. */
  private static void timesOfDay(Context context, Fields given, Map<String, Object> row)
      throws SQLException, Refusal {
    for (String name : List.of("DateTimeArrived", "DateTimeSeated", "DateTimeDismissed")) {
      Optional<LocalTime> time = given.time(name);
      if (time.isPresent()) {
        String day =
            row.containsKey("AptDateTime")
                ? row.get("AptDateTime").toString().substring(0, 10)
                : byKey(context, context.key()).text("AptDateTime").substring(0, 10);
        row.put(name, Formats.DATE_TIME.format(LocalDate.parse(day).atTime(time.get())));
      }
    }
  }

  /** One sign per five minutes, X = provider's time; cut at nine hours. */
  private static void pattern(Fields given, Map<String, Object> row, String name) throws Refusal {
    Optional<String> pattern = given.text(name);
    if (pattern.isPresent()) {
      if (!pattern.get().matches("[/X]+")) {
        throw Refusal.invalid(name + " must be made of / and X, one for each 5 minutes");
      }
      row.put(name, pattern.get().substring(0, Math.min(LONGEST_PATTERN, pattern.get().length())));
    }
  }

  private static void secondaryPattern(Context context, Map<String, Object> row, String pattern)
      throws Refusal {
    if (!context.version().atLeast(Version.of("23.3.17"))) {
      return;
    }
    Object secondary =
        row.computeIfAbsent("PatternSecondary", name -> "/".repeat(pattern.length()));
    if (secondary.toString().length() != pattern.length()) {
      throw Refusal.invalid("PatternSecondary must be as long as Pattern");
    }
  }

  /** The type gives its pattern, if the request has none, and its colour. */
  private static Map<String, Object> typeDefaults(
      Context context, Map<String, Object> values, Fields given) throws SQLException {
    Map<String, Object> row = new LinkedHashMap<>();
    Object type = values.getOrDefault("AppointmentTypeNum", 0L);
    if (type.equals(0L)) {
      return row;
    }
    Optional<Row> found =
        context.database().one("select * from appointmenttype where AppointmentTypeNum = ?", type);
    found
        .map(appointmentType -> appointmentType.text("Pattern"))
        .filter(pattern -> !pattern.isEmpty() && !given.has("Pattern"))
        .ifPresent(pattern -> row.put("Pattern", pattern));
    found.ifPresent(
        appointmentType ->
            row.put("ColorOverride", appointmentType.number("AppointmentTypeColor")));
    return row;
  }

  private static int colour(String text) throws Refusal {
    if (!text.matches("\\d{1,3},\\d{1,3},\\d{1,3}")) {
      throw Refusal.invalid("colorOverride must be R,G,B");
    }
    int argb = 0xff;
    for (String part : text.split(",")) {
      int value = Integer.parseInt(part);
      if (value > 255) {
        throw Refusal.invalid("colorOverride must be R,G,B");
      }
      argb = (argb << 8) | value;
    }
    return argb;
  }

  private static Row operatory(Context context, long key) throws SQLException, Refusal {
    return context
        .database()
        .one("select OperatoryNum, ClinicNum from operatory where OperatoryNum = ?", key)
        .orElseThrow(() -> Refusal.notFound("Operatory not found"));
  }

  private static long user(Context context, Fields given) throws SQLException, Refusal {
    long user = given.number("SecUserNumEntry").orElse(0L);
    return user == 0 ? 0 : context.reference(user, false, "userod", "UserNum", "User not found");
  }

  private static void firstVisit(Context context, long patNum, Fields given)
      throws SQLException, Refusal {
    boolean completed =
        context.database().has("procedurelog")
            && context
                .database()
                .one(
                    "select 1 as x from procedurelog where PatNum = ? and ProcStatus = 2 limit 1",
                    patNum)
                .isPresent();
    Optional<LocalDateTime> day = given.dateTime("AptDateTime");
    if (!completed && day.isPresent()) {
      context
          .database()
          .change(
              "patient",
              "PatNum",
              patNum,
              Map.of("DateFirstVisit", day.get().toLocalDate().toString()));
    }
  }

  /** What the office may or may not take (open-dental-api.md 8, point 6). */
  private static void refuseTime(Context context, long own, Map<String, Object> row)
      throws SQLException, Refusal {
    BookingDoubts doubts = context.settings().bookings();
    if (!List.of("1", "2").contains(row.get("AptStatus").toString())) {
      return;
    }
    LocalDateTime start =
        LocalDateTime.parse(row.get("AptDateTime").toString().substring(0, 19), Formats.DATE_TIME);
    LocalDateTime end =
        start.plusMinutes((long) MINUTES_PER_SIGN * row.get("Pattern").toString().length());
    long operatory = Long.parseLong(row.get("Op").toString());
    OpenTimes open = new OpenTimes(context);
    if (doubts.overlapRefused() && open.isTaken(operatory, own, start, end)) {
      throw Refusal.invalid("The operatory has another appointment at that time.");
    }
    if (doubts.hiddenRefused() && open.isHidden(operatory)) {
      throw Refusal.invalid("The operatory is hidden.");
    }
    if (doubts.closedRefused() && !open.isWorked(operatory, start, end)) {
      throw Refusal.invalid("Nobody works in the operatory at that time.");
    }
  }

  /** Open stretches of one provider (open-dental-api.md 2.2). */
  Answer slots(Context context) throws SQLException, Refusal {
    Fields asked =
        context.parameters(
            "date", "dateStart", "dateEnd", "lengthMinutes", "ProvNum", "OpNum>=22.1");
    Optional<LocalDate> day = asked.date("date");
    LocalDate today = context.localNow().toLocalDate();
    LocalDate first = asked.date("dateStart").or(() -> day).orElse(today);
    LocalDate last =
        asked.date("dateEnd").or(() -> day).orElse(first.plusDays(OpenTimes.USUAL_DAYS - 1L));
    Optional<Long> given = asked.number("ProvNum");
    long provider =
        given.isPresent()
            ? context.reference(given.get(), false, "provider", "ProvNum", "Provider not found")
            : context.preferredKey("PracticeDefaultProv");
    Optional<Long> operatory = asked.number("OpNum");
    if (operatory.isPresent()) {
      operatory(context, operatory.get());
    }
    return Answer.ok(
        new OpenTimes(context)
            .of(provider, operatory, first, last, asked.number("lengthMinutes").orElse(0L)));
  }

  private static void knownPatient(Context context, Fields asked) throws SQLException, Refusal {
    Optional<Long> patient = asked.number("PatNum");
    if (patient.isPresent()) {
      context.reference(patient.get(), false, "patient", "PatNum", "Patient not found");
    }
  }

  private static void days(Fields asked, Where where) throws Refusal {
    asked
        .date("date")
        .ifPresent(
            day ->
                where.and(
                    "a.AptDateTime >= ? and a.AptDateTime < ?",
                    day.toString(),
                    day.plusDays(1).toString()));
    asked.date("dateStart").ifPresent(day -> where.and("a.AptDateTime >= ?", day.toString()));
    asked
        .date("dateEnd")
        .ifPresent(day -> where.and("a.AptDateTime < ?", day.plusDays(1).toString()));
  }

  private static Row writable(Context context) throws SQLException, Refusal {
    Row row = byKey(context, context.key());
    Patients.living(context, row.number("PatNum"));
    return row;
  }

  private static String select(String table) {
    return "select a.*, unix_timestamp(a.DateTStamp) as "
        + Context.STAMP
        + ", coalesce(c.ItemName, '') as ConfirmedName, coalesce(u.ItemName, '') as UnschedName, coalesce(v.Abbr, '')"
        + " as ProvAbbr from "
        + table
        + " a left join definition c on c.DefNum = a.Confirmed left join definition u on u.DefNum = a.UnschedStatus"
        + " left join provider v on v.ProvNum = a.ProvNum";
  }

  private static Row byKey(Context context, long key) throws SQLException, Refusal {
    return context
        .database()
        .one(select("appointment") + " where a.AptNum = ?", key)
        .orElseThrow(() -> Refusal.notFound("Appointment not found"));
  }

  private static ObjectNode historyRow(Context context, Row row) {
    JsonRow json =
        new JsonRow(context.formats())
            .number("HistApptNum", row.number("HistApptNum"))
            .number("HistUserNum", row.number("HistUserNum"))
            .dateTime("HistDateTStamp", row.text("HistDateTStamp"))
            .text("HistApptAction", Names.HIST_ACTION.name(row.number("HistApptAction")))
            .text("ApptSource", Names.APPT_SOURCE.name(row.number("ApptSource")));
    return common(json, row).json();
  }

  private static JsonRow wire(Context context, Row row) {
    return common(new JsonRow(context.formats()), row);
  }

  private static JsonRow common(JsonRow json, Row row) {
    json.number("AptNum", row.number("AptNum"))
        .number("PatNum", row.number("PatNum"))
        .text("AptStatus", Names.APT_STATUS.name(row.number("AptStatus")))
        .text("Pattern", row.text("Pattern"))
        .number("Confirmed", row.number("Confirmed"))
        .text("confirmed", row.text("ConfirmedName"))
        .flag("TimeLocked", row.flag("TimeLocked"))
        .number("Op", row.number("Op"))
        .text("Note", row.text("Note"))
        .number("ProvNum", row.number("ProvNum"))
        .text("provAbbr", row.text("ProvAbbr"))
        .number("ProvHyg", row.number("ProvHyg"))
        .dateTime("AptDateTime", row.text("AptDateTime"))
        .number("NextAptNum", row.number("NextAptNum"))
        .number("UnschedStatus", row.number("UnschedStatus"))
        .text("unschedStatus", row.text("UnschedName"))
        .flag("IsNewPatient", row.flag("IsNewPatient"))
        .text("ProcDescript", row.text("ProcDescript"))
        .number("ClinicNum", row.number("ClinicNum"))
        .flag("IsHygiene", row.flag("IsHygiene"))
        .stamp("DateTStamp", row)
        .dateTime("DateTimeArrived", row.text("DateTimeArrived"))
        .dateTime("DateTimeSeated", row.text("DateTimeSeated"))
        .dateTime("DateTimeDismissed", row.text("DateTimeDismissed"))
        .number("InsPlan1", row.number("InsPlan1"))
        .number("InsPlan2", row.number("InsPlan2"))
        .dateTime("DateTimeAskedToArrive", row.text("DateTimeAskedToArrive"))
        .colour("colorOverride", row.number("ColorOverride"))
        .number("AppointmentTypeNum", row.number("AppointmentTypeNum"))
        .number("SecUserNumEntry", row.number("SecUserNumEntry"))
        .dateTime("SecDateTEntry", row.text("SecDateTEntry"))
        .text("Priority", Names.PRIORITY.name(row.number("Priority")))
        .text("PatternSecondary", row.text("PatternSecondary"));
    if (row.has("ItemOrderPlanned")) {
      json.number("ItemOrderPlanned", row.number("ItemOrderPlanned"));
    }
    return json;
  }
}
