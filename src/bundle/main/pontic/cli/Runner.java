package pontic.cli;

import java.nio.file.Path;
import pontic.check.Check;
import pontic.practice.Settings;
import pontic.practice.SettingsLoader;

/** The process itself: everything between the checked settings and the end. */
public interface Runner {

  /**
   * Runs until the process is asked to stop; what it throws ends the process with one line.
   *
   * @param home holds routes/, mappings/ and sql/
   */
  void run(Settings settings, Path home) throws Exception;

  /**
   * What looks at an edited folder by the names that the process itself goes by.
   *
   * @param loader reads the folder's config/
   */
  Check check(SettingsLoader loader);
}
