package pontic.generation;

import java.nio.file.Path;
import pontic.practice.Settings;
import pontic.practice.SettingsException;
import pontic.practice.SettingsLoader;

/**
 * Where Pontic is installed and how its settings are read.
 *
 * @param home holds routes/, mappings/ and sql/
 * @param config the config folder, wherever it lies
 * @param loader knows environment and command line, which are the same for every generation
 */
public record Installation(Path home, Path config, SettingsLoader loader) {

  /** As the files stand now. */
  public Settings settings() throws SettingsException {
    return loader.load(config);
  }

  /** Out of a copy; the data folder and mounted secrets are found as from the config folder. */
  public Settings settings(Copy copy) throws SettingsException {
    return loader.load(copy.config(), config);
  }
}
