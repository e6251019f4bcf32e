package pontic.capture;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import pontic.practice.Practice;
import pontic.store.Store;

/**
 * One small read-only pool per practice whose database is switched on. No connection is opened
 * before one is needed, so a practice that is down holds up nothing. Whose reads are paused is off.
 */
public final class PracticeDatabases implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 2;
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  private final Map<String, PracticeDatabase> databases = new LinkedHashMap<>();
  private final OffSwitch offSwitch;

  /**
   * @param store tells whose reads are paused
   */
  public PracticeDatabases(List<Practice> practices, Store store) {
    for (Practice practice : practices) {
      if (practice.database().enabled()) {
        databases.put(practice.id(), new PracticeDatabase(pool(practice)));
      }
    }
    offSwitch = OffSwitch.watch(store, Map.copyOf(databases));
  }

  /** By practice id; practices that are switched off are not in it. */
  public Map<String, DataSource> byPractice() {
    return Map.copyOf(databases);
  }

  /** Switched on in the settings, and not paused. */
  public boolean isOn(String practice) {
    return databases.containsKey(practice) && !databases.get(practice).isOff();
  }

  @Override
  public void close() {
    offSwitch.close();
    databases.values().forEach(PracticeDatabase::close);
  }

  private static HikariDataSource pool(Practice practice) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("database-" + practice.id());
    config.setJdbcUrl(practice.database().url());
    config.setUsername(practice.database().user());
    config.setPassword(practice.database().password().value());
    config.setReadOnly(true);
    // The driver's own flag is a hint; this makes the server refuse to write, whatever the table's
    // engine.
    config.setConnectionInitSql("set session transaction read only");
    config.setMaximumPoolSize(MOST_CONNECTIONS);
    config.setMinimumIdle(0);
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(CONNECT_LIMIT.toMillis());
    // TIMESTAMP columns are rendered in the session's zone: UTC has no gap and no doubled hour
    // (open-dental-schema.md 1.1). MySQL's own limit would cut a list of keys in the middle of one.
    config.addDataSourceProperty(
        "sessionVariables", "time_zone='+00:00',group_concat_max_len=1048576");
    config.addDataSourceProperty("tinyInt1isBit", "false");
    config.addDataSourceProperty("connectTimeout", String.valueOf(CONNECT_LIMIT.toMillis()));
    // The connection is given up a little later than the query.
    config.addDataSourceProperty(
        "socketTimeout",
        String.valueOf(practice.database().budget().longestQuery().plus(CONNECT_LIMIT).toMillis()));
    return new HikariDataSource(config);
  }
}
