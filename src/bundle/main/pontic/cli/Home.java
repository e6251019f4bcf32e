package pontic.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where Pontic is installed: routes/, mappings/, sql/ and, unless told otherwise, config/ and
 * data/.
 */
record Home(Path folder, Map<String, String> environment) {

  Path config() {
    return folder.resolve("config");
  }

  Path data() {
    String set = environment.getOrDefault("PONTIC_DATA", "");
    return folder.resolve(set.isBlank() ? "data" : set);
  }
}
