package pontic.sandbox.api;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes securitylog as the API does: user 0, source API, the developer's name in the text
 * (open-dental-api.md 1.2). No patient data in the text.
 */
final class AuditTrail {
  static final int APPOINTMENT_CREATE = 25;
  static final int APPOINTMENT_MOVE = 26;
  static final int APPOINTMENT_EDIT = 27;
  static final int PATIENT_CREATE = 106;
  static final int PATIENT_EDIT = 108;
  static final int CONFIRM_STATUS_EDIT = 120;

  /** securitylog.LogSource of API rows. */
  static final int API = 23;

  private static final Map<Integer, String> NAMES =
      Map.of(
          APPOINTMENT_CREATE, "AppointmentCreate",
          APPOINTMENT_MOVE, "AppointmentMove",
          APPOINTMENT_EDIT, "AppointmentEdit",
          PATIENT_CREATE, "PatientCreate",
          PATIENT_EDIT, "PatientEdit",
          CONFIRM_STATUS_EDIT, "ApptConfirmStatusEdit");

  private AuditTrail() {}

  static String name(long permType) {
    return names().getOrDefault((int) permType, Long.toString(permType));
  }

  static Map<Integer, String> names() {
    Map<Integer, String> names = new HashMap<>(LogEntries.ALL.names());
    names.putAll(NAMES);
    return names;
  }

  /**
   * Adds one row.
   *
   * @param previous the row's stamp before the edit, as wall clock; empty for a new row
   */
  static void write(Context context, int permType, long patNum, long rowKey, String previous)
      throws SQLException {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("PermType", permType);
    row.put("UserNum", 0);
    row.put("LogDateTime", context.wallClock());
    row.put("LogText", name(permType) + " by API developer " + Context.DEVELOPER);
    row.put("PatNum", patNum);
    row.put("CompName", "");
    row.put("FKey", rowKey);
    row.put("LogSource", API);
    row.put("DefNum", 0);
    row.put("DefNumError", 0);
    row.put("DateTPrevious", previous.isEmpty() ? "0001-01-01 00:00:00" : previous);
    context.database().insert("securitylog", row);
  }
}
