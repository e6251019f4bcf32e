package pontic.store;

import java.sql.Connection;
import java.util.List;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.commons.dbcp2.DelegatingPreparedStatement;
import org.apache.commons.dbcp2.PStmtKey;
import org.apache.commons.dbcp2.PoolingConnection;
import org.apache.commons.pool2.impl.GenericKeyedObjectPool;
import org.apache.commons.pool2.impl.GenericKeyedObjectPoolConfig;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterUtils;
import org.springframework.jdbc.core.namedparam.ParsedSql;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.ConcurrentLruCache;

/**
 * What is known of a store's statements from earlier units: where the names stand in their texts,
 * and on SQLite their plans (decision 0199).
 */
final class Statements {
  private static final int KEPT = 512;

  private final ConcurrentLruCache<String, ParsedSql> parsed =
      new ConcurrentLruCache<>(KEPT, NamedParameterUtils::parseSqlStatement);

  JdbcClient client(JdbcTemplate template) {
    return JdbcClient.create(
        new NamedParameterJdbcTemplate(template) {
          @Override
          protected ParsedSql getParsedSql(String sql) {
            return parsed.get(sql);
          }
        });
  }

  /** A pool of such connections. */
  static BasicDataSource preparingOnce(String url, String first, int connections) {
    BasicDataSource pool = new BasicDataSource();
    pool.setUrl(url);
    pool.setConnectionInitSqls(List.of(first));
    pool.setMaxTotal(connections);
    pool.setMaxIdle(connections);
    pool.setPoolPreparedStatements(true);
    pool.setMaxOpenPreparedStatements(KEPT);
    pool.setJmxName(null);
    return pool;
  }

  /** The same connection, which prepares a statement once; closing it closes both. */
  static Connection preparingOnce(Connection connection) {
    GenericKeyedObjectPoolConfig<DelegatingPreparedStatement> config =
        new GenericKeyedObjectPoolConfig<>();
    config.setMaxTotal(KEPT);
    config.setMaxTotalPerKey(-1);
    config.setJmxEnabled(false);
    // One thread alone uses it. Else each statement that is given back looks through all that are
    // kept for somebody who waits.
    config.setBlockWhenExhausted(false);
    PoolingConnection pooling = new PoolingConnection(connection);
    pooling.setStatementPool(
        new GenericKeyedObjectPool<PStmtKey, DelegatingPreparedStatement>(pooling, config));
    return pooling;
  }
}
