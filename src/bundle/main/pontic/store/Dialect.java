package pontic.store;

import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the two databases do not say in the same words. */
interface Dialect {
  Instant now(JdbcClient client);

  void serialise(JdbcClient client, String practice);
}
