package pontic.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A FHIR server to which something is sent. */
interface Hospital extends AutoCloseable {

  /** Makes one that has nothing yet. */
  interface Opening {
    /**
     * @param folder of its own, empty
     */
    Hospital open(Path folder) throws Exception;
  }

  /** Its base. */
  String url();

  /** How many resources of each of these types it has. */
  Map<String, Long> counts(Set<String> types) throws Exception;

  /**
   * Processor time that it has taken since it started; empty if it is in the process of those who
   * send.
   */
  Optional<Duration> processor();

  @Override
  void close() throws Exception;
}
