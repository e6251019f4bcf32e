package pontic.store;

import java.nio.file.Path;

/**
 * Keys that lie in a file beside the data: good for a demo, not for patients.
 *
 * @param created false if the file was there before
 */
public record DemoKeys(KeyVault vault, Path file, boolean created) {

  /** The sentence to show at start. */
  public String notice() {
    return (created ? "Made demo keys in " : "Uses the demo keys in ")
        + file
        + ": they lie beside the data; for real patients set PONTIC_KEY_FILE and PONTIC_KEY_FILE_PASSWORD, or PONTIC_KEYS (docs/configuration.md)";
  }
}
