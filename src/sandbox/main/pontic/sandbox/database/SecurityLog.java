package pontic.sandbox.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.Map;

/** Open Dental's audit trail (open-dental-schema.md 1.4). */
public final class SecurityLog {

  /** What happened; {@link #number()} is the stored PermType. */
  public enum PermType {
    APPOINTMENT_CREATED(25),
    APPOINTMENT_MOVED(26),
    APPOINTMENT_EDITED(27),
    PATIENT_MERGE(94),
    COMPLETED_APPOINTMENT_EDITED(96),
    PATIENT_CREATED(106),
    PATIENT_EDITED(108),
    APPOINTMENT_DELETED(237),
    COMPLETED_APPOINTMENT_DELETED(238);

    private final int number;

    PermType(int number) {
      this.number = number;
    }

    /** The number as stored. */
    public int number() {
      return number;
    }
  }

  /** {@code LogSource} of a person at the desk. */
  public static final int SOURCE_NONE = 0;

  /** {@code LogSource} of the API. */
  public static final int SOURCE_API = 23;

  private final Schema schema;

  public SecurityLog(Schema schema) {
    this.schema = schema;
  }

  /**
   * Appends an entry.
   *
   * @param key the row concerned, 0 for none
   * @param at the practice's wall clock
   * @param userNum who did it, 0 for the API
   * @param previous the row's stamp before the edit; 0001-01-01 for none
   */
  public void write(
      Connection connection,
      PermType type,
      long patNum,
      long key,
      LocalDateTime at,
      long userNum,
      int source,
      LocalDateTime previous,
      String text)
      throws SQLException {
    write(connection, type.number(), patNum, key, at, userNum, source, previous, text);
  }

  /** As above, for a PermType by its number. */
  public void write(
      Connection connection,
      int type,
      long patNum,
      long key,
      LocalDateTime at,
      long userNum,
      int source,
      LocalDateTime previous,
      String text)
      throws SQLException {
    Map<String, Object> row = schema.table("securitylog").emptyRow();
    row.put("PermType", type);
    row.put("UserNum", userNum);
    row.put("LogDateTime", at);
    row.put("LogText", text);
    row.put("PatNum", patNum);
    row.put("CompName", source == SOURCE_API ? "API" : "DESK-1");
    row.put("FKey", key);
    row.put("LogSource", source);
    row.put("DateTPrevious", previous);
    Rows.insert(connection, "securitylog", row);
  }
}
