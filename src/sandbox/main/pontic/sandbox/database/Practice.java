package pontic.sandbox.database;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import javax.sql.DataSource;

/**
 * A running practice: one database of the server.
 *
 * @param id short name, e.g. {@code elm}
 * @param zone where the practice is; its DATETIME columns hold this zone's wall clock
 * @param level how old its tables are
 * @param programVersion what {@code preference.ProgramVersion} says, e.g. 25.3.36.0
 * @param database name of its database on the server
 * @param customerKey its key for the API, as in {@code apikey}
 * @param schema its tables at its level
 * @param dataSource connections with all rights to its database; their session time zone is the
 *     practice's, so stamps read as its wall clock
 */
public record Practice(
    String id,
    ZoneId zone,
    SchemaLevel level,
    String programVersion,
    String database,
    String customerKey,
    Schema schema,
    DataSource dataSource) {

  /** The practice's wall clock, whole seconds, as Open Dental's client writes times. */
  public LocalDateTime now() {
    return LocalDateTime.now(zone).truncatedTo(ChronoUnit.SECONDS);
  }
}
