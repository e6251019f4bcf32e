package pontic.cli;

import pontic.check.Check;
import pontic.generation.Installation;
import pontic.practice.SettingsLoader;

/** The process itself: everything between the start and the end. */
public interface Runner {

  /** Runs until the process is asked to stop; what it throws ends the process with one line. */
  void run(Installation installation) throws Exception;

  /**
   * What looks at an edited folder by the names that the process itself goes by.
   *
   * @param loader reads the folder's config/
   */
  Check check(SettingsLoader loader);
}
