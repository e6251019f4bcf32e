package pontic.jpa;

import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirPostgresDialect;
import java.util.Optional;

/**
 * Where the database lies.
 *
 * @param url as JDBC takes it, account included
 */
record Place(String url) {
  private static final String POSTGRES = "jdbc:postgresql:";

  /** H2, which is gone with the process. */
  static Place memory() {
    return new Place("jdbc:h2:mem:hospital;DB_CLOSE_DELAY=-1");
  }

  /**
   * A PostgreSQL that is there and has nothing of the server yet.
   *
   * @return empty if it is not the address of one
   */
  static Optional<Place> database(String url) {
    return Optional.of(url).filter(each -> each.startsWith(POSTGRES)).map(Place::new);
  }

  /** The name of the class by which the server speaks to it. */
  String dialect() {
    return (url.startsWith(POSTGRES) ? HapiFhirPostgresDialect.class : HapiFhirH2Dialect.class)
        .getName();
  }
}
