package pontic.store;

import javax.sql.DataSource;

/** Units in, commits out. When {@link #write} returns, the unit is on disk. */
public interface Store extends AutoCloseable {

  /**
   * Runs the unit and returns after its commit is durable; rethrows what the unit threw, with
   * nothing stored.
   */
  <T> T write(Unit<T> unit);

  /** Runs a reading unit on a connection of its own; it sees only what is committed. */
  <T> T read(Unit<T> unit);

  /** For {@code camel-sql} endpoints in routes that only read (what is due). */
  DataSource reader();

  Vault vault();

  @Override
  void close();
}
