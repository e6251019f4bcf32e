package pontic.opendental;

import java.util.Arrays;
import java.util.Optional;

/**
 * The writes that Pontic makes, each with what it needs (open-dental-api.md 1.10, 2.1, 2.2) and how
 * it is settled (decision 0003).
 */
enum WriteKind {
  PATIENTS_POST("patients.post", "ApiPatients", "21.1"),
  PATIENTS_PUT("patients.put", "ApiPatients", "21.2"),
  APPOINTMENTS_POST("appointments.post", "ApiAppointments", "21.4"),
  APPOINTMENTS_PUT("appointments.put", "ApiAppointments", "21.1"),
  APPOINTMENTS_BREAK("appointments.break", "ApiComm", "21.3"),
  APPOINTMENTS_NOTE("appointments.note", "ApiComm", "21.1");

  private final String text;
  private final String permission;
  private final String since;

  WriteKind(String text, String permission, String since) {
    this.text = text;
    this.permission = permission;
    this.since = since;
  }

  String text() {
    return text;
  }

  String permission() {
    return permission;
  }

  /** First version of Open Dental that has the method, with the filter that its probe needs. */
  String since() {
    return since;
  }

  static Optional<WriteKind> of(String name) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(name)).findFirst();
  }
}
