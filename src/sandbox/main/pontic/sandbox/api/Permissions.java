package pontic.sandbox.api;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Names of the API permissions as GET /securityperms gives them, and the request interval that they
 * buy (open-dental-api.md 1.6, 1.10).
 */
final class Permissions {
  static final String READ_ALL = "ApiReadAll";
  static final String ALL_OTHERS = "ApiAllOthers";
  static final String COMM = "ApiComm";
  static final String APPOINTMENTS = "ApiAppointments";
  static final String PATIENTS = "ApiPatients";
  static final String QUERIES = "ApiQueries";
  static final String ENTERPRISE = "ApiEnterprise";
  static final String INSURANCE_SIMPLE = "ApiInsuranceSimple";

  /**
   * Another name that InsuranceSimple may have on the wire, since nobody could confirm it
   * (open-dental-api.md 8, point 8): an office whose key is given this one calls it so.
   */
  static final String INSURANCE_SIMPLE_OTHERWISE = "ApiInsSimple";

  /** Every name, in the order of the page. */
  static final List<String> ALL =
      List.of(
          READ_ALL,
          ALL_OTHERS,
          COMM,
          "ApiDocuments",
          QUERIES,
          APPOINTMENTS,
          INSURANCE_SIMPLE,
          "ApiInsurance",
          PATIENTS,
          "ApiPayments",
          "ApiPayPlans",
          "ApiProcedureLogs",
          "ApiSetup",
          "ApiTextingASAP",
          ENTERPRISE);

  private Permissions() {}

  /** Whether a key may do what needs a permission. */
  static boolean allow(Set<String> held, String needed) {
    return held.contains(named(held, needed));
  }

  /** What this office calls a permission. */
  static String named(Set<String> held, String permission) {
    return permission.equals(INSURANCE_SIMPLE) && held.contains(INSURANCE_SIMPLE_OTHERWISE)
        ? INSURANCE_SIMPLE_OTHERWISE
        : permission;
  }

  /** Time between two requests of a customer key in Remote mode, unscaled. */
  static Duration period(Set<String> held) {
    if (held.contains(ENTERPRISE)) {
      return Duration.ofMillis(500);
    }
    return held.equals(Set.of(READ_ALL)) ? Duration.ofSeconds(5) : Duration.ofSeconds(1);
  }

  /** Most rows of a page; also the default (open-dental-api.md 1.5). */
  static int page(Mode mode, Set<String> held) {
    int plain = mode == Mode.REMOTE ? 100 : 1000;
    return held.contains(ENTERPRISE) ? plain * 10 : plain;
  }
}
