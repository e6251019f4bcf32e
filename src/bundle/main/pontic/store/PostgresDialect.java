package pontic.store;

import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The server's clock and the server's row locks. */
final class PostgresDialect implements Dialect {

  @Override
  public Instant now(JdbcClient client) {
    return Instant.ofEpochMilli(
        client
            .sql("select cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)")
            .query(Long.class)
            .single());
  }

  @Override
  public void serialise(JdbcClient client, String practice) {
    client
        .sql("insert into practice_lock (practice) values (?) on conflict (practice) do nothing")
        .param(practice)
        .update();
    client
        .sql("select practice from practice_lock where practice = ? for update")
        .param(practice)
        .query(String.class)
        .single();
  }

  /** One round trip for all, not one for each. */
  @Override
  public void each(JdbcTemplate template, String text, List<Object[]> rows) {
    template.batchUpdate(text, rows);
  }
}
