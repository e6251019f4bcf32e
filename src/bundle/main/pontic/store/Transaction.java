package pontic.store;

import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a {@link Unit} may do: speak SQL, and ask the time of the store's own clock. */
public interface Transaction {

  /** A statement of the SQL that SQLite and PostgreSQL share; values only as parameters. */
  JdbcClient.StatementSpec sql(String text);

  /**
   * One statement for each of the rows, in their order; values by place, not by name. It costs the
   * writer much less than as many statements of their own.
   */
  void each(String text, List<Object[]> rows);

  /**
   * The store's clock (of the database server on PostgreSQL), millisecond precision. Leases, due
   * times and spacing use this clock alone, so that several processes agree.
   */
  Instant now();

  /**
   * Makes units of one practice that call this run one after the other, until commit. On the
   * embedded store units are serial anyway.
   */
  void serialise(String practice);
}
