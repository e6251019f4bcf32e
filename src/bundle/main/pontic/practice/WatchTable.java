package pontic.practice;

import java.util.Arrays;
import java.util.Optional;

/**
 * What Open Dental tells events of, by the names of its subscriptions, with the first version that
 * does (open-dental-api.md 1.11).
 */
public enum WatchTable {
  APPOINTMENT("Appointment", "22.1"),
  APPOINTMENT_DELETED("AppointmentDeleted", "22.4.35"),
  OPERATORY("Operatory", "24.2.11"),
  PAT_FIELD("PatField", "22.4.8"),
  PATIENT("Patient", "22.1"),
  PROVIDER("Provider", "24.2.11"),
  SCHEDULE("Schedule", "24.2.11"),
  TOOTH_INITIAL("ToothInitial", "24.4.30");

  private final String text;
  private final String since;

  WatchTable(String text, String since) {
    this.text = text;
    this.since = since;
  }

  public String text() {
    return text;
  }

  public String since() {
    return since;
  }

  /** Its case does not matter. */
  public static Optional<WatchTable> of(String text) {
    return Arrays.stream(values()).filter(table -> table.text.equalsIgnoreCase(text)).findFirst();
  }
}
