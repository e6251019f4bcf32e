package pontic.store;

import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One process, one writer: its own clock is the store's, and units are serial anyway. */
final class SqliteDialect implements Dialect {
  private final SteadyClock clock;

  SqliteDialect(SteadyClock clock) {
    this.clock = clock;
  }

  @Override
  public Instant now(JdbcClient client) {
    return clock.now();
  }

  @Override
  public void serialise(JdbcClient client, String practice) {
    // Nothing to do: the writer thread runs one unit after the other.
  }
}
