package pontic.sandbox.desk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import pontic.sandbox.database.Practice;
import pontic.sandbox.database.Table;

/**
 * A person at one practice's charts, lists and money. Each action leaves the rows that Open
 * Dental's client would leave, with an entry in securitylog where it is known to write one. Nothing
 * is a transaction, and what the client saves row by row is saved row by row here. Columns are
 * given as name to value: text, number or null.
 */
public final class ChartDesk {
  private static final LocalDateTime NONE = LocalDateTime.of(1, 1, 1, 0, 0);
  private static final int COMPLETE = 2;
  private static final int DELETED = 6;
  private static final int BLOCKOUT = 2;

  private final Practice practice;
  private final Audit audit = Audit.read();

  public ChartDesk(Practice practice) {
    this.practice = practice;
  }

  private interface Work<T> {
    T with(TableRows rows) throws SQLException;
  }

  private <T> T open(Work<T> work) throws SQLException {
    try (Connection connection = practice.dataSource().getConnection()) {
      return work.with(new TableRows(practice, connection));
    }
  }

  /** Adds a row as its window in the client would; answers its key. */
  public long add(String table, Map<String, ?> columns) throws SQLException {
    return open(rows -> add(rows, table, columns));
  }

  private long add(TableRows rows, String table, Map<String, ?> columns) throws SQLException {
    long key = rows.make(table, columns);
    rows.log(addType(rows, table, key), rows.patient(table, key), key, NONE, table + " added");
    return key;
  }

  /** Changes columns of a row as its window in the client would. */
  public void edit(String table, long key, Map<String, ?> columns) throws SQLException {
    open(
        rows -> {
          edit(rows, table, key, columns);
          return key;
        });
  }

  private void edit(TableRows rows, String table, long key, Map<String, ?> columns)
      throws SQLException {
    LocalDateTime before = rows.stamp(table, key);
    int type = editType(rows, table, key);
    rows.update(table, key, columns);
    rows.log(type, rows.patient(table, key), key, before, table + " edited");
  }

  /**
   * Removes a row as the client does: a procedure stays with status D and loses its appointments
   * and claimprocs, an exam takes its measures along, a document its file, a plan its attaches;
   * most others just go.
   */
  public void remove(String table, long key) throws SQLException {
    Path file = table.equals("document") ? file(key) : Path.of("");
    open(
        rows -> {
          long patient = rows.patient(table, key);
          LocalDateTime before = rows.stamp(table, key);
          int type = removeType(rows, table, key);
          switch (table) {
            case "procedurelog" -> {
              rows.update(
                  table, key, Map.of("ProcStatus", DELETED, "AptNum", 0, "PlannedAptNum", 0));
              rows.run("DELETE FROM claimproc WHERE ProcNum=?", key);
            }
            case "perioexam" -> {
              rows.run("DELETE FROM periomeasure WHERE PerioExamNum=?", key);
              rows.delete(table, key);
            }
            case "treatplan" -> {
              rows.run("DELETE FROM treatplanattach WHERE TreatPlanNum=?", key);
              rows.run("DELETE FROM proctp WHERE TreatPlanNum=?", key);
              rows.delete(table, key);
            }
            case "schedule" -> {
              rows.run("DELETE FROM scheduleop WHERE ScheduleNum=?", key);
              rows.delete(table, key);
            }
            default -> rows.delete(table, key);
          }
          rows.log(type, patient, audit.of(table).names() ? key : 0, before, table + " deleted");
          return key;
        });
    try {
      if (!file.toString().isEmpty()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new DeskException("The file of document " + key + " could not be deleted");
    }
  }

  /** A row from nowhere, for tests: no audit, nothing filled in but empty values. */
  public long insertRow(String table, Map<String, ?> columns) throws SQLException {
    return open(rows -> rows.insert(table, columns));
  }

  /** A change from nowhere, for tests; a stamp that is named gets the value that is given. */
  public void updateRow(String table, long key, Map<String, ?> columns) throws SQLException {
    open(
        rows -> {
          rows.update(table, key, columns);
          return key;
        });
  }

  /** A row gone without a trace, for tests. */
  public void deleteRow(String table, long key) throws SQLException {
    open(
        rows -> {
          rows.delete(table, key);
          return key;
        });
  }

  /** Sets a procedure complete today: dates, status, a note if there is text. */
  public void completeProcedure(long procedure, String note) throws SQLException {
    open(
        rows -> {
          LocalDate today = practice.now().toLocalDate();
          LocalDateTime before = rows.stamp("procedurelog", procedure);
          Map<String, Object> columns = new LinkedHashMap<>();
          columns.put("ProcStatus", COMPLETE);
          columns.put("ProcDate", today);
          columns.put("DateEntryC", today);
          columns.put("DateComplete", today);
          rows.update("procedurelog", procedure, columns);
          long patient = rows.patient("procedurelog", procedure);
          if (!note.isEmpty()) {
            procNote(rows, patient, procedure, note);
          }
          rows.run("DELETE FROM treatplanattach WHERE ProcNum=?", procedure);
          rows.log(23, patient, procedure, before, "Procedure set complete");
          return procedure;
        });
  }

  /** Edits a procedure's note, which adds a row with the whole text. */
  public long note(long procedure, String text) throws SQLException {
    return open(rows -> procNote(rows, rows.patient("procedurelog", procedure), procedure, text));
  }

  private long procNote(TableRows rows, long patient, long procedure, String text)
      throws SQLException {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("PatNum", patient);
    columns.put("ProcNum", procedure);
    columns.put("EntryDateTime", practice.now());
    columns.put("UserNum", FrontDesk.USER);
    columns.put("Note", text);
    return rows.make("procnote", columns);
  }

  /** Charts a tooth as missing; the client writes no audit entry for it. */
  public long missingTooth(long patient, String tooth) throws SQLException {
    return open(
        rows -> {
          rows.require("patient", patient);
          Map<String, Object> columns = new LinkedHashMap<>();
          columns.put("PatNum", patient);
          columns.put("ToothNum", tooth);
          columns.put("InitialType", 0);
          return rows.make("toothinitial", columns);
        });
  }

  /** Begins an exam of today without measures. */
  public long beginPerio(long patient, long provider) throws SQLException {
    return open(
        rows -> {
          rows.require("patient", patient);
          Map<String, Object> columns = new LinkedHashMap<>();
          columns.put("PatNum", patient);
          columns.put("ExamDate", practice.now().toLocalDate());
          columns.put("ProvNum", provider);
          columns.put("DateTMeasureEdit", practice.now());
          return rows.make("perioexam", columns);
        });
  }

  /**
   * Saves one measure row: first the exam's edit time, then the row, changed if the exam has it.
   *
   * @param type SequenceType
   * @param toothValue -1 for none
   * @param sites MB, B, DB, ML, L, DL; -1 for none
   */
  public long measure(long exam, int type, int tooth, int toothValue, List<Integer> sites)
      throws SQLException {
    if (sites.size() != 6) {
      throw new DeskException("A measure has six sites: MB, B, DB, ML, L, DL");
    }
    return open(
        rows -> {
          rows.update("perioexam", exam, Map.of("DateTMeasureEdit", practice.now()));
          Map<String, Object> columns = new LinkedHashMap<>();
          columns.put("ToothValue", toothValue);
          List<String> names =
              List.of("MBvalue", "Bvalue", "DBvalue", "MLvalue", "Lvalue", "DLvalue");
          for (int i = 0; i < 6; i++) {
            columns.put(names.get(i), sites.get(i));
          }
          List<String> there =
              rows.texts(
                  "SELECT PerioMeasureNum FROM periomeasure WHERE PerioExamNum=? AND SequenceType=?"
                      + " AND IntTooth=?",
                  exam,
                  type,
                  tooth);
          if (!there.isEmpty()) {
            rows.update("periomeasure", Long.parseLong(there.get(0)), columns);
            return Long.parseLong(there.get(0));
          }
          columns.put("PerioExamNum", exam);
          columns.put("SequenceType", type);
          columns.put("IntTooth", tooth);
          return rows.make("periomeasure", columns);
        });
  }

  /**
   * Makes a treatment plan over procedures, or rewrites the attaches of one.
   *
   * @param plan 0 for a new, active one
   * @return its key
   */
  public long plan(long plan, long patient, String heading, List<Long> procedures)
      throws SQLException {
    return open(
        rows -> {
          long key = plan;
          if (plan == 0) {
            Map<String, Object> columns = new LinkedHashMap<>();
            columns.put("PatNum", patient);
            columns.put("Heading", heading);
            columns.put("TPStatus", 1);
            key = add(rows, "treatplan", columns);
          } else {
            edit(rows, "treatplan", plan, Map.of("Heading", heading));
            rows.run("DELETE FROM treatplanattach WHERE TreatPlanNum=?", plan);
          }
          for (long procedure : procedures) {
            rows.insert("treatplanattach", Map.of("TreatPlanNum", key, "ProcNum", procedure));
          }
          return key;
        });
  }

  /**
   * Saves a day of the schedule anew as the client does: all its provider rows and their rooms are
   * deleted and inserted with new keys, without an audit entry.
   *
   * @return how many rows there are now
   */
  public int resyncDay(LocalDate day) throws SQLException {
    return open(
        rows -> {
          List<String> keys =
              rows.texts("SELECT ScheduleNum FROM schedule WHERE SchedDate=? AND SchedType=1", day);
          for (String key : keys) {
            List<String> rooms =
                rows.texts("SELECT OperatoryNum FROM scheduleop WHERE ScheduleNum=?", key);
            Map<String, Object> copy = new LinkedHashMap<>();
            for (String column :
                List.of("SchedDate", "StartTime", "StopTime", "ProvNum", "Note", "ClinicNum")) {
              copy.put(column, rows.text("schedule", column, Long.parseLong(key)));
            }
            copy.put("SchedType", 1);
            rows.run("DELETE FROM scheduleop WHERE ScheduleNum=?", key);
            rows.run("DELETE FROM schedule WHERE ScheduleNum=?", key);
            long fresh = rows.insert("schedule", copy);
            for (String room : rooms) {
              rows.insert("scheduleop", Map.of("ScheduleNum", fresh, "OperatoryNum", room));
            }
          }
          return keys.size();
        });
  }

  /**
   * Rewrites a patient's races by delete and insert; patient.DateTStamp does not move.
   *
   * @param codes CDC codes, such as 2106-3
   */
  public void races(long patient, List<String> codes) throws SQLException {
    open(
        rows -> {
          rows.require("patient", patient);
          rows.run("DELETE FROM patientrace WHERE PatNum=?", patient);
          for (String code : codes) {
            rows.insert("patientrace", Map.of("PatNum", patient, "CdcrecCode", code));
          }
          return patient;
        });
  }

  /** Adds a document: the file in the office's folder, then the row; answers DocNum. */
  public long addDocument(long patient, String fileName, byte[] bytes) throws SQLException {
    if (!fileName.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new DeskException("A file name has letters, digits, dots, dashes only");
    }
    try {
      Path folder = folder(patient);
      Files.createDirectories(folder);
      Files.write(folder.resolve(fileName), bytes);
    } catch (IOException e) {
      throw new DeskException("The file of a document could not be written");
    }
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("PatNum", patient);
    columns.put("FileName", fileName);
    columns.put("Description", fileName);
    columns.put("DateCreated", practice.now());
    columns.put("ImgType", fileName.endsWith(".png") ? 2 : 0);
    columns.put("DocCategory", 15);
    return add("document", columns);
  }

  /** Where a document's file is or would be. */
  public Path file(long document) throws SQLException {
    String name = open(rows -> rows.text("document", "FileName", document));
    long patient = open(rows -> rows.patient("document", document));
    boolean known =
        open(rows -> !rows.texts("SELECT 1 FROM patient WHERE PatNum=?", patient).isEmpty());
    return name.isEmpty() || !known ? Path.of("") : folder(patient).resolve(name);
  }

  private Path folder(long patient) throws SQLException {
    return open(
        rows -> {
          String folder = rows.text("patient", "ImageFolder", patient);
          if (folder.isEmpty()) {
            folder = "Patient" + patient;
            rows.update("patient", patient, Map.of("ImageFolder", folder));
          }
          String letter = folder.substring(0, 1);
          return practice.images().resolve(letter.toUpperCase(Locale.ROOT)).resolve(folder);
        });
  }

  /** Sends a claim: status S and today's date. */
  public void sendClaim(long claim) throws SQLException {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("ClaimStatus", "S");
    columns.put("DateSent", practice.now().toLocalDate());
    columns.put("DateSentOrig", practice.now().toLocalDate());
    edit("claim", claim, columns);
  }

  /** Receives a claim: its lines first, one by one, then the claim. */
  public void receiveClaim(long claim, double paid) throws SQLException {
    open(
        rows -> {
          LocalDate today = practice.now().toLocalDate();
          List<String> lines =
              rows.texts("SELECT ClaimProcNum FROM claimproc WHERE ClaimNum=?", claim);
          for (String line : lines) {
            Map<String, Object> columns = new LinkedHashMap<>();
            columns.put("Status", 1);
            columns.put("InsPayAmt", paid / lines.size());
            columns.put("DateCP", today);
            rows.update("claimproc", Long.parseLong(line), columns);
          }
          Map<String, Object> columns = new LinkedHashMap<>();
          columns.put("ClaimStatus", "R");
          columns.put("DateReceived", today);
          columns.put("InsPayAmt", paid);
          edit(rows, "claim", claim, columns);
          return claim;
        });
  }

  /**
   * Takes a payment of today and splits it evenly over procedures, or leaves it unallocated; no
   * PermType of a payment is known, so there is no audit entry.
   */
  public long pay(long patient, double amount, List<Long> procedures) throws SQLException {
    return open(
        rows -> {
          rows.require("patient", patient);
          LocalDate today = practice.now().toLocalDate();
          Map<String, Object> columns = new LinkedHashMap<>();
          columns.put("PatNum", patient);
          columns.put("PayAmt", amount);
          columns.put("PayDate", today);
          columns.put("DateEntry", today);
          columns.put("IsSplit", procedures.size() > 1 ? 1 : 0);
          long payment = rows.make("payment", columns);
          List<Long> targets = procedures.isEmpty() ? List.of(0L) : procedures;
          for (long procedure : targets) {
            Map<String, Object> split = new LinkedHashMap<>();
            split.put("PayNum", payment);
            split.put("PatNum", patient);
            split.put("ProcNum", procedure);
            split.put("SplitAmt", amount / targets.size());
            split.put("DatePay", today);
            split.put("DateEntry", today);
            rows.make("paysplit", split);
          }
          return payment;
        });
  }

  /**
   * Recall synchronisation: every recall's DateScheduled from the patient's next appointment. Rows
   * that stay the same keep their stamps; there is no audit entry.
   *
   * @return how many rows changed
   */
  public int syncRecalls() throws SQLException {
    return open(
        rows ->
            rows.run(
                "UPDATE recall r LEFT JOIN (SELECT PatNum,MIN(DATE(AptDateTime)) AS Day"
                    + " FROM appointment WHERE AptStatus=1 AND AptDateTime>? GROUP BY PatNum) a"
                    + " ON a.PatNum=r.PatNum SET DateScheduled=COALESCE(a.Day,'0001-01-01')"
                    + " WHERE DateScheduled<>COALESCE(a.Day,'0001-01-01')",
                practice.now()));
  }

  /** What a merge of list rows re-points besides the columns named like the key. */
  private record Merge(int type, List<String> others, Map<String, Integer> left) {}

  private static final Map<String, Merge> MERGES =
      Map.of(
          "provider",
          new Merge(
              101,
              List.of(
                  "PriProv",
                  "SecProv",
                  "ProvHyg",
                  "ProvDentist",
                  "ProvHygienist",
                  "ProvTreat",
                  "ProvBill"),
              Map.of("ProvStatus", 1, "IsHidden", 1)),
          "referral",
          new Merge(99, List.of("OrderingReferralNum"), Map.of()),
          "medication",
          new Merge(102, List.of("GenericNum"), Map.of()),
          "allergydef",
          new Merge(253, List.of(), Map.of()));

  /**
   * Merges two rows of a list (provider, referral, medication, allergydef): what pointed at the
   * first points at the second; a merged provider stays hidden, the others' rows go.
   *
   * @return how many rows were re-pointed
   */
  public int mergeRows(String table, long from, long into) throws SQLException {
    Merge merge = MERGES.get(table);
    if (merge == null || from == into) {
      throw new DeskException("Merges two different rows of one of " + MERGES.keySet());
    }
    return open(
        rows -> {
          rows.require(table, into);
          LocalDateTime before = rows.stamp(table, from);
          int moved = 0;
          String key = rows.table(table).primaryKey();
          for (Table other : practice.schema().tables()) {
            for (String column : columns(merge, key)) {
              if (other.has(column) && !other.primaryKey().equals(column)) {
                moved +=
                    rows.run(
                        "UPDATE `%s` SET `%s`=? WHERE `%s`=?"
                            .formatted(other.name(), column, column),
                        into,
                        from);
              }
            }
          }
          if (merge.left().isEmpty()) {
            rows.delete(table, from);
          } else {
            rows.update(table, from, merge.left());
          }
          rows.log(merge.type(), 0, into, before, table + " merged");
          return moved;
        });
  }

  private static List<String> columns(Merge merge, String key) {
    return Stream.concat(Stream.of(key), merge.others().stream()).toList();
  }

  private int addType(TableRows rows, String table, long key) throws SQLException {
    if (table.equals("procedurelog")) {
      return rows.number(table, "ProcStatus", key) == COMPLETE ? 23 : 0;
    }
    return scheduled(rows, table, key, audit.of(table).add());
  }

  private int editType(TableRows rows, String table, long key) throws SQLException {
    if (table.equals("procedurelog")) {
      long status = rows.number(table, "ProcStatus", key);
      return status == COMPLETE ? 10 : status == 3 || status == 4 || status == 7 ? 163 : 0;
    }
    return scheduled(rows, table, key, audit.of(table).edit());
  }

  private int removeType(TableRows rows, String table, long key) throws SQLException {
    return table.equals("procedurelog")
        ? 49
        : scheduled(rows, table, key, audit.of(table).remove());
  }

  /** Blockouts have a PermType of their own. */
  private static int scheduled(TableRows rows, String table, long key, int type)
      throws SQLException {
    return table.equals("schedule") && rows.number(table, "SchedType", key) == BLOCKOUT ? 13 : type;
  }
}
