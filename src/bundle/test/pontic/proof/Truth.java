package pontic.proof;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import pontic.house.House;
import pontic.house.Office;

/**
 * What the rows of one practice's database mean, by the ids that destinations know them by; written
 * anew from open-dental-schema.md and decision 0094, not by the product's mappings.
 *
 * @param appointments id to field to value; no value is ""
 * @param patients likewise
 */
record Truth(
    Map<String, Map<String, String>> appointments, Map<String, Map<String, String>> patients) {
  /** Status of rows that are no appointments to others: planned ones, notes. */
  static final String NOT_SENT = "none";

  private static final DateTimeFormatter WALL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  static Truth of(String practice, House house) {
    Office office = house.office(practice);
    ZoneId zone = house.sandbox().practice(practice).zone();
    Map<String, Map<String, String>> appointments = new LinkedHashMap<>();
    for (Map<String, Object> row :
        office.rows(
            "select a.AptNum, a.PatNum, a.AptStatus + 0 as AptStatus, a.Pattern, cast(a.AptDateTime as char(19)) as At,"
                + " a.ProvNum, a.ProvHyg, a.Op, a.ClinicNum, coalesce((select h.HistApptAction + 0 from histappointment h"
                + " where h.AptNum = a.AptNum and h.HistApptAction in (2, 3) order by h.HistApptNum desc limit 1), 0)"
                + " as BrokenBy from appointment a")) {
      appointments.put(
          practice + "-appointment-" + row.get("AptNum"), appointment(practice, zone, row));
    }
    Map<String, Map<String, String>> patients = new LinkedHashMap<>();
    for (Map<String, Object> row :
        office.rows(
            "select p.PatNum, LName, FName, MiddleI, Preferred, PatStatus + 0 as PatStatus,"
                + " cast(Birthdate as char(10)) as Birth, cast(DateTimeDeceased as char(10)) as Died, HmPhone, WkPhone,"
                + " WirelessPhone, Email, City, coalesce((select PatNumTo from patientlink where PatNumFrom = p.PatNum"
                + " and LinkType = 1 order by PatientLinkNum desc limit 1), 0) as MergedInto,"
                + " coalesce((select group_concat(PatNumFrom order by PatNumFrom) from patientlink"
                + " where PatNumTo = p.PatNum and LinkType = 1), '') as MergedFrom from patient p")) {
      patients.put(practice + "-patient-" + row.get("PatNum"), patient(practice, row));
    }
    return new Truth(appointments, patients);
  }

  private static Map<String, String> appointment(
      String practice, ZoneId zone, Map<String, Object> row) {
    String wall = text(row, "At");
    boolean timed = !wall.startsWith("0001") && !wall.startsWith("0000") && !wall.isEmpty();
    LocalDateTime at = timed ? LocalDateTime.parse(wall, WALL) : LocalDateTime.MIN;
    long minutes = 5L * text(row, "Pattern").length();
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("status", status(number(row, "AptStatus"), number(row, "BrokenBy"), timed));
    fields.put("start", timed ? at.atZone(zone).toInstant().toString() : "");
    fields.put("end", timed ? at.plusMinutes(minutes).atZone(zone).toInstant().toString() : "");
    fields.put("minutes", timed ? Long.toString(minutes) : "");
    fields.put("patient", practice + "-patient-" + row.get("PatNum"));
    fields.put(
        "practitioners",
        List.of(number(row, "ProvNum"), number(row, "ProvHyg")).stream()
            .filter(key -> key != 0)
            .map(key -> practice + "-practitioner-" + key)
            .collect(Collectors.joining(",")));
    fields.put("location", place(practice, number(row, "Op"), number(row, "ClinicNum")));
    return fields;
  }

  /** A room, or where none is said the clinic. */
  private static String place(String practice, long room, long clinic) {
    if (room != 0) {
      return practice + "-location-" + room;
    }
    return clinic == 0 ? "" : practice + "-clinic-" + clinic;
  }

  private static String status(long status, long brokenBy, boolean timed) {
    return switch ((int) status) {
      case 1, 4 -> timed ? "booked" : NOT_SENT;
      case 2 -> timed ? "fulfilled" : NOT_SENT;
      case 3 -> "cancelled";
      case 5 -> brokenBy == 2 && timed ? "noshow" : "cancelled";
      default -> NOT_SENT;
    };
  }

  private static Map<String, String> patient(String practice, Map<String, Object> row) {
    long status = number(row, "PatStatus");
    long into = number(row, "MergedInto");
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("family", text(row, "LName"));
    fields.put("given", (text(row, "FName") + " " + text(row, "MiddleI")).strip());
    fields.put("nickname", text(row, "Preferred"));
    fields.put("birth", date(text(row, "Birth")));
    fields.put(
        "active",
        Boolean.toString(status != 1 && status != 2 && status != 3 && status != 4 && into == 0));
    fields.put("deceased", Boolean.toString(status == 5 || !date(text(row, "Died")).isEmpty()));
    fields.put("replacedBy", into == 0 ? "" : practice + "-patient-" + into);
    fields.put(
        "replaces",
        Arrays.stream(text(row, "MergedFrom").split(","))
            .filter(key -> !key.isEmpty())
            .map(key -> practice + "-patient-" + key)
            .sorted()
            .collect(Collectors.joining(",")));
    fields.put("home", text(row, "HmPhone"));
    fields.put("work", text(row, "WkPhone"));
    fields.put("mobile", text(row, "WirelessPhone"));
    fields.put("email", text(row, "Email"));
    fields.put("city", text(row, "City"));
    return fields;
  }

  private static String date(String text) {
    return text.startsWith("0001") || text.startsWith("0000") ? "" : text;
  }

  private static long number(Map<String, Object> row, String column) {
    return ((Number) row.get(column)).longValue();
  }

  private static String text(Map<String, Object> row, String column) {
    return row.get(column) == null ? "" : row.get(column).toString();
  }
}
