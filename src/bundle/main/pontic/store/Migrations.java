package pontic.store;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;

/** Brings the tables to this version; a database of a newer version is refused, not guessed at. */
final class Migrations {
  private static final String ROOT = "classpath:pontic/store/migration/";

  private Migrations() {}

  static void sqlite(DataSource database) {
    run(Flyway.configure().dataSource(database).locations(ROOT + "common", ROOT + "sqlite"));
  }

  static void postgres(DataSource database, String schema) {
    run(
        Flyway.configure()
            .dataSource(database)
            .schemas(schema)
            .locations(ROOT + "common", ROOT + "postgresql"));
  }

  private static void run(FluentConfiguration flyway) {
    try {
      MigrateResult made = flyway.ignoreMigrationPatterns(new String[0]).load().migrate();
      if (made.initialSchemaVersion == null && made.migrationsExecuted == 0) {
        // Flyway takes an empty folder for a database that is up to date.
        throw new StoreException(
            "The files that make the store's tables are not on the class path; this build is not whole: build it anew");
      }
    } catch (FlywayException e) {
      String reason = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
      throw new StoreException(
          "The store's tables could not be brought to this version: " + reason, e);
    }
  }
}
