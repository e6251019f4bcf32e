package pontic.sandbox.database;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/**
 * A running practice: one database of the server.
 *
 * @param id short name, e.g. {@code elm}
 * @param zone where the practice is; its DATETIME columns hold this zone's wall clock
 * @param database name of its database on the server
 * @param customerKey its key for the API, as in {@code apikey}
 * @param edition what an upgrade changes
 * @param images folder of its documents' files: first letter of the name / patient.ImageFolder /
 *     document.FileName; most documents have a row and no file
 * @param dataSource connections with all rights to its database; their session time zone is the
 *     practice's, so stamps read as its wall clock
 */
public record Practice(
    String id,
    ZoneId zone,
    String database,
    String customerKey,
    AtomicReference<Edition> edition,
    Path images,
    DataSource dataSource) {

  /**
   * How old a practice's database is.
   *
   * @param programVersion e.g. 25.3.36.0
   * @param schema its tables; in the middle of an upgrade newer than the version
   */
  public record Edition(String programVersion, Schema schema) {}

  /** What {@code preference.ProgramVersion} says, e.g. 25.3.36.0. */
  public String programVersion() {
    return edition.get().programVersion();
  }

  /** How old its version is. */
  public SchemaLevel level() {
    return SchemaLevel.of(programVersion());
  }

  /** Its tables as they are now. */
  public Schema schema() {
    return edition.get().schema();
  }

  /** The practice's wall clock, whole seconds, as Open Dental's client writes times. */
  public LocalDateTime now() {
    return LocalDateTime.now(zone).truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * Upgrades the database in place, as Open Dental's own update does; see {@link Upgrade}.
   *
   * @param version e.g. 25.3.36.0; newer than now
   * @throws IllegalArgumentException if it is not newer
   */
  public void upgrade(String version) throws SQLException {
    new Upgrade(this).run(version, Upgrade.Step.DONE);
  }
}
