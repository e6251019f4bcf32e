package pontic.sandbox.desk;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import pontic.sandbox.database.HistAppointments;
import pontic.sandbox.database.HistAppointments.Action;
import pontic.sandbox.database.Practice;
import pontic.sandbox.database.Rows;
import pontic.sandbox.database.SecurityLog;
import pontic.sandbox.database.SecurityLog.PermType;
import pontic.sandbox.database.Table;

/**
 * A person at the desk of one practice. Each action leaves the rows that Open Dental's client would
 * leave, histappointment and securitylog included, under a desk user's number
 * (open-dental-schema.md 1.4, 2.2 to 2.5). Times are the practice's wall clock. Nothing is a
 * transaction: on MyISAM a reader can see half of an action, as with the real client.
 */
public final class FrontDesk {
  /** The desk user's UserNum; the API's is 0. */
  public static final long USER = 1;

  private static final LocalDateTime NONE = LocalDateTime.of(1, 1, 1, 0, 0);
  private static final int SCHEDULED = 1;
  private static final int COMPLETE = 2;
  private static final int BROKEN = 5;
  private static final int ARCHIVED = 3;
  private static final int DELETED = 4;
  private static final int DECEASED = 5;
  private static final int MINUTES_PER_LETTER = 5;
  private static final int LONGEST_PATTERN = 255;
  private static final Set<String> NUMBERS =
      Set.of("Gender", "Position", "PatStatus", "Guarantor", "PriProv", "SecProv", "ClinicNum");
  private static final Set<String> TEXTS =
      Set.of(
          "LName",
          "FName",
          "MiddleI",
          "Preferred",
          "Title",
          "SSN",
          "Address",
          "Address2",
          "City",
          "State",
          "Zip",
          "HmPhone",
          "WkPhone",
          "WirelessPhone",
          "Email",
          "Language",
          "ChartNumber",
          "MedUrgNote",
          "ApptModNote");

  private final Practice practice;

  public FrontDesk(Practice practice) {
    this.practice = practice;
  }

  /** The columns of patient that {@link #addPatient} and {@link #editPatient} take. */
  public static Set<String> patientFields() {
    Set<String> fields = new TreeSet<>(TEXTS);
    fields.addAll(NUMBERS);
    fields.add("Birthdate");
    return fields;
  }

  /**
   * Books a scheduled appointment.
   *
   * @param at the practice's wall clock
   * @param minutes a multiple of 5, at least 5
   * @return AptNum
   * @throws DeskException if patient, operatory or provider are not there
   */
  public long book(
      long patNum, long operatory, long provider, LocalDateTime at, int minutes, String note)
      throws SQLException {
    try (Connection connection = practice.dataSource().getConnection()) {
      requireLive(connection, patNum);
      require(connection, "operatory", "OperatoryNum", operatory);
      require(connection, "provider", "ProvNum", provider);
      LocalDateTime now = practice.now();
      Map<String, Object> row = practice.schema().table("appointment").emptyRow();
      row.put("PatNum", patNum);
      row.put("AptStatus", SCHEDULED);
      row.put("Pattern", pattern(minutes));
      row.put("Confirmed", firstConfirmed(connection));
      row.put("Op", operatory);
      row.put("Note", note);
      row.put("ProvNum", provider);
      row.put("AptDateTime", at);
      row.put("ClinicNum", number(connection, "patient", "ClinicNum", patNum));
      row.put("SecUserNumEntry", USER);
      row.computeIfPresent("SecDateTEntry", (c, old) -> now);
      row.computeIfPresent("SecDateEntry", (c, old) -> now.toLocalDate());
      long aptNum = Rows.insert(connection, "appointment", row);
      remember(connection, aptNum, Action.CREATED, now);
      write(connection, PermType.APPOINTMENT_CREATED, patNum, aptNum, NONE, "Appointment created");
      return aptNum;
    }
  }

  /** Moves an appointment to another time and, where given, another operatory or provider. */
  public void move(long aptNum, LocalDateTime at, OptionalLong operatory, OptionalLong provider)
      throws SQLException {
    try (Connection connection = practice.dataSource().getConnection()) {
      Map<String, Object> changes = new LinkedHashMap<>();
      changes.put("AptDateTime", at);
      if (operatory.isPresent()) {
        require(connection, "operatory", "OperatoryNum", operatory.getAsLong());
        changes.put("Op", operatory.getAsLong());
      }
      if (provider.isPresent()) {
        require(connection, "provider", "ProvNum", provider.getAsLong());
        changes.put("ProvNum", provider.getAsLong());
      }
      change(connection, aptNum, changes, Action.CHANGED, PermType.APPOINTMENT_MOVED, "moved");
    }
  }

  /** Sets an appointment complete. */
  public void complete(long aptNum) throws SQLException {
    try (Connection connection = practice.dataSource().getConnection()) {
      change(
          connection,
          aptNum,
          Map.of("AptStatus", COMPLETE),
          Action.CHANGED,
          PermType.APPOINTMENT_EDITED,
          "set complete");
    }
  }

  /**
   * Breaks an appointment. It stays in its operatory as broken; the office has set no procedure for
   * broken appointments, so none is added.
   *
   * @param missed true for missed, false for cancelled
   */
  public void breakAppointment(long aptNum, boolean missed) throws SQLException {
    try (Connection connection = practice.dataSource().getConnection()) {
      change(
          connection,
          aptNum,
          Map.of("AptStatus", BROKEN),
          missed ? Action.MISSED : Action.CANCELLED,
          PermType.APPOINTMENT_EDITED,
          missed ? "broken, missed" : "broken, cancelled");
    }
  }

  /**
   * Deletes an appointment: the row goes, its last state stays in histappointment, links from
   * procedures are zeroed, and so are the audit entries' keys for it.
   */
  public void delete(long aptNum) throws SQLException {
    try (Connection connection = practice.dataSource().getConnection()) {
      long patNum = appointmentsPatient(connection, aptNum);
      boolean complete = number(connection, "appointment", "AptStatus", aptNum) == COMPLETE;
      LocalDateTime before = stamp(connection, "appointment", aptNum);
      remember(connection, aptNum, Action.DELETED, practice.now());
      update(connection, "DELETE FROM appointment WHERE AptNum=?", aptNum);
      update(connection, "UPDATE appointment SET NextAptNum=0 WHERE NextAptNum=?", aptNum);
      update(connection, "UPDATE procedurelog SET AptNum=0 WHERE AptNum=?", aptNum);
      update(connection, "UPDATE procedurelog SET PlannedAptNum=0 WHERE PlannedAptNum=?", aptNum);
      update(
          connection,
          "UPDATE securitylog SET FKey=0 WHERE FKey=? AND PermType IN (25,26,27,96,120)",
          aptNum);
      write(
          connection,
          complete ? PermType.COMPLETED_APPOINTMENT_DELETED : PermType.APPOINTMENT_DELETED,
          patNum,
          0,
          before,
          "Appointment deleted");
    }
  }

  /**
   * Adds a patient.
   *
   * @param fields column to value, see {@link #patientFields()}; LName, FName and Birthdate
   *     (YYYY-MM-DD) are needed; without Guarantor the patient is the own guarantor
   * @return PatNum
   */
  public long addPatient(Map<String, String> fields) throws SQLException {
    for (String needed : List.of("LName", "FName", "Birthdate")) {
      if (!fields.containsKey(needed)) {
        throw new DeskException("Field " + needed + " is needed for a new patient");
      }
    }
    Map<String, Object> values = values(fields);
    try (Connection connection = practice.dataSource().getConnection()) {
      Map<String, Object> row = practice.schema().table("patient").emptyRow();
      row.put("PriProv", 1L);
      row.put("BillingType", billingType(connection));
      row.put("BillingCycleDay", 1);
      row.put("SecUserNumEntry", USER);
      row.put("SecDateEntry", practice.now().toLocalDate());
      row.putAll(values);
      if (values.containsKey("Guarantor")) {
        require(connection, "patient", "PatNum", ((Number) values.get("Guarantor")).longValue());
      }
      long patNum = Rows.insert(connection, "patient", row);
      if (!values.containsKey("Guarantor")) {
        update(connection, "UPDATE patient SET Guarantor=PatNum WHERE PatNum=?", patNum);
      }
      Map<String, Object> note = practice.schema().table("patientnote").emptyRow();
      note.put("PatNum", patNum);
      note.computeIfPresent("SecDateTEntry", (c, old) -> practice.now());
      Rows.insert(connection, "patientnote", note);
      write(connection, PermType.PATIENT_CREATED, patNum, 0, NONE, "Patient created");
      return patNum;
    }
  }

  /** Changes columns of a patient; those not named stay. */
  public void editPatient(long patNum, Map<String, String> fields) throws SQLException {
    if (fields.isEmpty()) {
      throw new DeskException("Name at least one field to change: " + patientFields());
    }
    Map<String, Object> values = values(fields);
    try (Connection connection = practice.dataSource().getConnection()) {
      setPatient(connection, patNum, values, "Patient edited");
    }
  }

  /** Deletes a patient as Open Dental does: the row stays with PatStatus 4. */
  public void deletePatient(long patNum) throws SQLException {
    try (Connection connection = practice.dataSource().getConnection()) {
      setPatient(connection, patNum, Map.of("PatStatus", DELETED), "Patient deleted");
    }
  }

  /** Records a death: PatStatus 5 and when. */
  public void decease(long patNum, LocalDateTime at) throws SQLException {
    try (Connection connection = practice.dataSource().getConnection()) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("PatStatus", DECEASED);
      values.put("DateTimeDeceased", at);
      setPatient(connection, patNum, values, "Patient deceased");
    }
  }

  /**
   * Merges one patient into another: everything of the first is re-pointed, it is archived, and a
   * patientlink of type 1 leads from it to the kept one.
   */
  public void merge(long from, long into) throws SQLException {
    if (from == into) {
      throw new DeskException("A patient cannot be merged into the same patient");
    }
    try (Connection connection = practice.dataSource().getConnection()) {
      requireLive(connection, from);
      requireLive(connection, into);
      LocalDateTime before = stamp(connection, "patient", into);
      for (Table table : practice.schema().tables()) {
        if (table.has("PatNum") && !table.primaryKey().equals("PatNum")) {
          update(
              connection, "UPDATE `" + table.name() + "` SET PatNum=? WHERE PatNum=?", into, from);
        }
      }
      long guarantor = number(connection, "patient", "Guarantor", into);
      long head = guarantor == from ? into : guarantor;
      update(
          connection,
          "UPDATE patient SET Guarantor=? WHERE Guarantor=? AND PatNum<>?",
          head,
          from,
          from);
      for (String column : List.of("ResponsParty", "SuperFamily")) {
        update(
            connection, "UPDATE patient SET " + column + "=? WHERE " + column + "=?", into, from);
      }
      update(connection, "UPDATE inssub SET Subscriber=? WHERE Subscriber=?", into, from);
      update(connection, "UPDATE patient SET PatStatus=? WHERE PatNum=?", ARCHIVED, from);
      Map<String, Object> link = practice.schema().table("patientlink").emptyRow();
      link.put("PatNumFrom", from);
      link.put("PatNumTo", into);
      link.put("LinkType", 1);
      link.put("DateTimeLink", practice.now());
      Rows.insert(connection, "patientlink", link);
      write(connection, PermType.PATIENT_MERGE, into, from, before, "Patients merged");
    }
  }

  /**
   * Ageing: rewrites the balances of every patient, so that every stamp moves and nothing that
   * matters to medicine changes.
   *
   * @return how many rows changed
   */
  public int touchAll() throws SQLException {
    try (Connection connection = practice.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      int rows =
          statement.executeUpdate(
              "UPDATE patient SET Bal_0_30=ROUND(Bal_0_30+0.01,2),"
                  + "BalTotal=ROUND(BalTotal+0.01,2),EstBalance=ROUND(EstBalance+0.01,2)");
      try (PreparedStatement aged =
          connection.prepareStatement(
              "UPDATE preference SET ValueString=? WHERE PrefName='DateLastAging'")) {
        aged.setString(1, practice.now().toLocalDate().toString());
        aged.executeUpdate();
      }
      return rows;
    }
  }

  private void change(
      Connection connection,
      long aptNum,
      Map<String, ?> changes,
      Action action,
      PermType type,
      String what)
      throws SQLException {
    long patNum = appointmentsPatient(connection, aptNum);
    boolean complete = number(connection, "appointment", "AptStatus", aptNum) == COMPLETE;
    LocalDateTime before = stamp(connection, "appointment", aptNum);
    set(connection, "appointment", "AptNum", aptNum, changes);
    remember(connection, aptNum, action, practice.now());
    write(
        connection,
        complete ? PermType.COMPLETED_APPOINTMENT_EDITED : type,
        patNum,
        aptNum,
        before,
        "Appointment " + what);
  }

  private void setPatient(Connection connection, long patNum, Map<String, ?> values, String what)
      throws SQLException {
    require(connection, "patient", "PatNum", patNum);
    LocalDateTime before = stamp(connection, "patient", patNum);
    set(connection, "patient", "PatNum", patNum, values);
    write(connection, PermType.PATIENT_EDITED, patNum, 0, before, what);
  }

  private void remember(Connection connection, long aptNum, Action action, LocalDateTime at)
      throws SQLException {
    // Made anew: the schema changes with an upgrade.
    new HistAppointments(practice.schema())
        .record(connection, aptNum, action, at, USER, HistAppointments.SOURCE_NONE);
  }

  private void write(
      Connection connection,
      PermType type,
      long patNum,
      long key,
      LocalDateTime previous,
      String text)
      throws SQLException {
    new SecurityLog(practice.schema())
        .write(
            connection,
            type,
            patNum,
            key,
            practice.now(),
            USER,
            SecurityLog.SOURCE_NONE,
            previous,
            text);
  }

  private long appointmentsPatient(Connection connection, long aptNum) throws SQLException {
    require(connection, "appointment", "AptNum", aptNum);
    return number(connection, "appointment", "PatNum", aptNum);
  }

  private LocalDateTime stamp(Connection connection, String table, long key) throws SQLException {
    String sql =
        "SELECT DateTStamp FROM "
            + table
            + " WHERE "
            + practice.schema().table(table).primaryKey()
            + "=?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, key);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getObject(1, LocalDateTime.class) : NONE;
      }
    }
  }

  private long number(Connection connection, String table, String column, long key)
      throws SQLException {
    return find(
            connection,
            "SELECT "
                + column
                + " FROM "
                + table
                + " WHERE "
                + practice.schema().table(table).primaryKey()
                + "=?",
            key)
        .orElseThrow(() -> new DeskException("There is no " + table + " " + key));
  }

  private static long firstConfirmed(Connection connection) throws SQLException {
    return find(connection, "SELECT MIN(DefNum) FROM definition WHERE Category=?", 2).orElse(0L);
  }

  private static long billingType(Connection connection) throws SQLException {
    return find(connection, "SELECT MIN(DefNum) FROM definition WHERE Category=?", 4).orElse(0L);
  }

  private void requireLive(Connection connection, long patNum) throws SQLException {
    require(connection, "patient", "PatNum", patNum);
    long status = number(connection, "patient", "PatStatus", patNum);
    if (status == ARCHIVED || status == DELETED) {
      throw new DeskException(
          "Patient " + patNum + " is " + (status == DELETED ? "deleted" : "archived"));
    }
  }

  private static void require(Connection connection, String table, String column, long key)
      throws SQLException {
    if (find(connection, "SELECT 1 FROM " + table + " WHERE " + column + "=?", key).isEmpty()) {
      throw new DeskException("There is no " + table + " " + key);
    }
  }

  private static Optional<Long> find(Connection connection, String sql, long parameter)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, parameter);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
      }
    }
  }

  private static void set(
      Connection connection, String table, String keyColumn, long key, Map<String, ?> values)
      throws SQLException {
    String assignments =
        values.keySet().stream().map(c -> "`" + c + "`=?").collect(Collectors.joining(","));
    try (PreparedStatement statement =
        connection.prepareStatement(
            "UPDATE " + table + " SET " + assignments + " WHERE " + keyColumn + "=?")) {
      int i = 0;
      for (Object value : values.values()) {
        statement.setObject(++i, value);
      }
      statement.setLong(++i, key);
      statement.executeUpdate();
    }
  }

  private static void update(Connection connection, String sql, long... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setLong(i + 1, parameters[i]);
      }
      statement.executeUpdate();
    }
  }

  private static Map<String, Object> values(Map<String, String> fields) {
    Map<String, Object> values = new LinkedHashMap<>();
    fields.forEach((field, value) -> values.put(field, value(field, value)));
    return values;
  }

  private static Object value(String field, String value) {
    if (TEXTS.contains(field)) {
      return value;
    }
    try {
      if (NUMBERS.contains(field)) {
        return Long.parseLong(value);
      }
      if (field.equals("Birthdate")) {
        return LocalDate.parse(value);
      }
    } catch (NumberFormatException e) {
      throw new DeskException("Field " + field + " takes a number");
    } catch (DateTimeParseException e) {
      throw new DeskException("Field " + field + " takes a date like 1980-12-31");
    }
    throw new DeskException(
        "Field '" + field + "' is not one of " + String.join(", ", patientFields()));
  }

  private static String pattern(int minutes) {
    int letters = minutes / MINUTES_PER_LETTER;
    if (minutes % MINUTES_PER_LETTER != 0 || letters < 1 || letters > LONGEST_PATTERN) {
      throw new DeskException(
          "minutes is " + minutes + "; give a multiple of 5 from 5 to " + 5 * LONGEST_PATTERN);
    }
    return letters < 3 ? "X".repeat(letters) : "/" + "X".repeat(letters - 2) + "/";
  }
}
