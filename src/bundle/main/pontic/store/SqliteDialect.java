package pontic.store;

import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;
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

  /** A batch of the driver's is no faster, and hides the code of what failed. */
  @Override
  public void each(JdbcTemplate template, String text, List<Object[]> rows) {
    template.execute(
        text,
        (PreparedStatementCallback<Integer>)
            statement -> {
              int changed = 0;
              for (Object[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                  statement.setObject(i + 1, row[i]);
                }
                changed += statement.executeUpdate();
              }
              return changed;
            });
  }
}
