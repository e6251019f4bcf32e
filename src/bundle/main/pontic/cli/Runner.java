package pontic.cli;

import java.nio.file.Path;
import pontic.practice.Settings;

/** The process itself: everything between the checked settings and the end. */
public interface Runner {

  /**
   * Runs until the process is asked to stop; what it throws ends the process with one line.
   *
   * @param home holds routes/, mappings/ and sql/
   */
  void run(Settings settings, Path home) throws Exception;
}
