package pontic.store;

import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the two databases do not say in the same words. */
interface Dialect {
  Instant now(JdbcClient client);

  void serialise(JdbcClient client, String practice);

  void each(JdbcTemplate template, String text, List<Object[]> rows);
}
