package pontic.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
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

  /**
   * The database's words for why it could last not take a unit, for want of room or since its disk
   * fails, if that was within this time. Another unit may have found room since; a sender was told
   * to send again. Empty where the look at the store finds that out by itself.
   */
  default Optional<String> refusedWithin(Duration time) {
    return Optional.empty();
  }

  /**
   * Writes the store as it is at one moment into a file, while it is written to. The copy says of
   * itself that it is one. The keys of its bodies are not in it.
   *
   * @param file which does not exist yet
   * @throws StoreException if it cannot be written, or the store has a way of its own for this
   */
  default void copy(Path file) {
    throw new StoreException(
        "This store is copied by its database's own means (pg_dump); see docs/operations.md");
  }

  @Override
  void close();
}
