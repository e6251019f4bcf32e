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

  /** Every name, in the order of the page. */
  static final List<String> ALL =
      List.of(
          READ_ALL,
          ALL_OTHERS,
          COMM,
          "ApiDocuments",
          QUERIES,
          APPOINTMENTS,
          "ApiInsuranceSimple",
          "ApiInsurance",
          PATIENTS,
          "ApiPayments",
          "ApiPayPlans",
          "ApiProcedureLogs",
          "ApiSetup",
          "ApiTextingASAP",
          ENTERPRISE);

  private Permissions() {}

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
