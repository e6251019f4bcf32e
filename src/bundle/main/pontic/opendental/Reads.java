package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;

/**
 * The reads that plans and probes are made of, and paging (open-dental-api.md 1.5: until a page is
 * shorter than its limit).
 */
final class Reads {
  /** The smallest page limit of all modes; asked for by name so that every mode pages alike. */
  static final int PAGE = 100;

  /**
   * A practice with more rows than this for one birth date or patient is not one that a page walk
   * should serve.
   */
  static final int PAGES = 20;

  private Reads() {}

  static ApiRequest permissions() {
    return ApiRequest.read("securityperms.get", "/securityperms", "/securityperms", Map.of());
  }

  static ApiRequest programVersion() {
    return ApiRequest.read(
        "preferences.get", "/preferences", "/preferences", Map.of("PrefName", "ProgramVersion"));
  }

  static ApiRequest patient(long patNum) {
    return ApiRequest.read("patients.get", "/patients/{PatNum}", "/patients/" + patNum, Map.of());
  }

  /** By birth date alone: no name in a URL, and twins, juniors and married names show up. */
  static ApiRequest patientsBornOn(String date, int page) {
    return ApiRequest.read(
        "patients.search",
        "/patients/Simple",
        "/patients/Simple",
        paged(Map.of("Birthdate", date), page));
  }

  static ApiRequest appointment(long aptNum) {
    return ApiRequest.read(
        "appointments.get", "/appointments/{AptNum}", "/appointments/" + aptNum, Map.of());
  }

  static ApiRequest appointmentsOf(long patNum, int page) {
    return ApiRequest.read(
        "appointments.search",
        "/appointments",
        "/appointments",
        paged(Map.of("PatNum", Long.toString(patNum)), page));
  }

  /**
   * What stands in the book on some days, of all patients.
   *
   * @param operatory all of them if empty
   */
  static ApiRequest appointmentsBetween(
      LocalDate first, LocalDate last, OptionalLong operatory, int page) {
    Map<String, String> filter = new LinkedHashMap<>();
    if (first.equals(last)) {
      filter.put("date", first.toString());
    } else {
      filter.put("dateStart", first.toString());
      // Whether the day itself is in nobody says.
      filter.put("dateEnd", last.plusDays(1).toString());
    }
    operatory.ifPresent(op -> filter.put("Op", Long.toString(op)));
    return ApiRequest.read(
        "appointments.day", "/appointments", "/appointments", paged(filter, page));
  }

  /**
   * Open stretches that are long enough.
   *
   * @param provider the practice's default provider if empty
   * @param operatory all of them if empty
   */
  static ApiRequest freeTimes(
      LocalDate first,
      LocalDate last,
      long minutes,
      OptionalLong provider,
      OptionalLong operatory) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("dateStart", first.toString());
    query.put("dateEnd", last.toString());
    query.put("lengthMinutes", Long.toString(minutes));
    provider.ifPresent(key -> query.put("ProvNum", Long.toString(key)));
    operatory.ifPresent(key -> query.put("OpNum", Long.toString(key)));
    return ApiRequest.read(
        "appointments.slots", "/appointments/Slots", "/appointments/Slots", query);
  }

  /** When the office's providers work on a day. */
  static ApiRequest workedOn(LocalDate day, int page) {
    return ApiRequest.read(
        OpenHours.DAY,
        "/schedules",
        "/schedules",
        paged(Map.of("date", day.toString(), "SchedType", "Provider"), page));
  }

  /** The first page alone: whether any provider works on some days. */
  static ApiRequest workedAround(LocalDate first, LocalDate last) {
    return ApiRequest.read(
        OpenHours.AROUND,
        "/schedules",
        "/schedules",
        paged(
            Map.of(
                "dateStart", first.toString(), "dateEnd", last.toString(), "SchedType", "Provider"),
            0));
  }

  static ApiRequest patientsCreatedByUs(int page) {
    return ApiRequest.read(
        "securitylogs.get",
        "/securitylogs",
        "/securitylogs",
        paged(Map.of("PermType", "PatientCreate"), page));
  }

  /** Entries of the API's log behind the first ones, in the order in which they were made. */
  static ApiRequest loggedOfUsAfter(long entries) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("Limit", Integer.toString(PAGE));
    query.put("Offset", Long.toString(entries));
    return ApiRequest.read("securitylogs.get", "/securitylogs", "/securitylogs", query);
  }

  static ApiRequest history(long aptNum) {
    return ApiRequest.read(
        "histappointments.get",
        "/histappointments",
        "/histappointments",
        Map.of("AptNum", Long.toString(aptNum)));
  }

  static ApiRequest subscriptions(int page) {
    return ApiRequest.read(
        "subscriptions.get", "/subscriptions", "/subscriptions", paged(Map.of(), page));
  }

  /** True if the body is what this read is answered with: one row with its key, or a list. */
  static boolean shaped(ApiRequest read, JsonNode body) {
    return switch (read.name()) {
      case "patients.get" -> body.path("PatNum").asLong() != 0;
      case "appointments.get" -> body.path("AptNum").asLong() != 0;
      default -> read.name().endsWith(".read") ? body.isObject() : body.isArray();
    };
  }

  /**
   * Whether the API itself can have answered a write that went well so. It does with the row or
   * with nothing, as open-dental-api.md 1.7 lists, and never with a text: a page is of something
   * between, and says nothing of what became of the write (decision 0446).
   */
  static boolean isOfWrite(ApiRequest write, JsonNode body) {
    return switch (write.name()) {
      case "patients.put" -> body.path("PatNum").asLong() != 0;
      case "appointments.put" -> body.path("AptNum").asLong() != 0;
      default -> !body.isTextual() || body.asText().isBlank();
    };
  }

  private static Map<String, String> paged(Map<String, String> filter, int page) {
    Map<String, String> query = new LinkedHashMap<>(filter);
    query.put("Limit", Integer.toString(PAGE));
    query.put("Offset", Integer.toString(page * PAGE));
    return query;
  }

  /**
   * The number of the next page to ask for; empty when the last one read was short, or an error, or
   * the walk is too long.
   */
  static Optional<Integer> nextPage(List<Asked> pages) {
    if (pages.isEmpty()) {
      return Optional.of(0);
    }
    return full(pages.get(pages.size() - 1)) && pages.size() < PAGES
        ? Optional.of(pages.size())
        : Optional.empty();
  }

  /**
   * Why pages of which no next one is asked for are not the whole list, so that what they do not
   * show proves nothing; empty when they are.
   */
  static Optional<String> gap(List<Asked> pages) {
    Asked last = pages.get(pages.size() - 1);
    if (last.status() != 200) {
      return Optional.of("HTTP " + last.status());
    }
    return full(last) ? Optional.of("more than " + PAGES * PAGE + " rows") : Optional.empty();
  }

  private static boolean full(Asked page) {
    return page.status() == 200 && page.answer().size() >= PAGE;
  }

  /** Rows of all pages, each key once; an error page has none. */
  static List<JsonNode> rows(List<Asked> pages, String key) {
    Map<Long, JsonNode> rows = new LinkedHashMap<>();
    for (Asked page : pages) {
      if (page.status() == 200 && page.answer().isArray()) {
        page.answer().forEach(row -> rows.put(row.path(key).asLong(), row));
      }
    }
    return new ArrayList<>(rows.values());
  }
}
