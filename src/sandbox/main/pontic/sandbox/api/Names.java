package pontic.sandbox.api;

import java.util.List;
import java.util.OptionalInt;

/**
 * Members of an Open Dental enum by position, as the database numbers them and the API spells them
 * (open-dental-api.md 6.5).
 *
 * @param members names, first = 0
 */
record Names(List<String> members) {
  static final Names APT_STATUS =
      of(
          "None",
          "Scheduled",
          "Complete",
          "UnschedList",
          "ASAP",
          "Broken",
          "Planned",
          "PtNote",
          "PtNoteCompleted");
  static final Names PAT_STATUS =
      of("Patient", "NonPatient", "Inactive", "Archived", "Deleted", "Deceased", "Prospective");
  static final Names GENDER = of("Male", "Female", "Unknown", "Other");
  static final Names POSITION = of("Single", "Married", "Child", "Widowed", "Divorced");
  static final Names CONTACT_METHOD =
      of(
          "None",
          "DoNotCall",
          "HmPhone",
          "WkPhone",
          "WirelessPh",
          "Email",
          "SeeNotes",
          "Mail",
          "TextMessage");
  static final Names YES_NO = of("Unknown", "Yes", "No");
  static final Names PRIORITY = of("Normal", "ASAP");
  static final Names HIST_ACTION = of("Created", "Changed", "Missed", "Cancelled", "Deleted");

  /**
   * EServiceTypes; the schema calls number 6 OpenDentalAPIService, the API page writes API
   * (decision 0025).
   */
  static final Names APPT_SOURCE =
      of(
          "None",
          "EConnector",
          "Broadcaster",
          "BroadcastMonitor",
          "ServiceMainHQ",
          "OpenDentalService",
          "API");

  static final Names PROVIDER_STATUS = of("Active", "Deleted");

  private static Names of(String... members) {
    return new Names(List.of(members));
  }

  /** The name of a stored number; a number that no documented member has is written as it is. */
  String name(long number) {
    return number >= 0 && number < members.size()
        ? members.get((int) number)
        : Long.toString(number);
  }

  OptionalInt number(String name) {
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).equalsIgnoreCase(name)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }
}
