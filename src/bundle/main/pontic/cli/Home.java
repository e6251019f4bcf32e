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

  /** True if the launcher says that what is printed goes to a terminal. */
  boolean terminal() {
    return "1".equals(environment.get("PONTIC_TERMINAL"));
  }

  boolean colours() {
    return terminal() && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  Path data() {
    String set = environment.getOrDefault("PONTIC_DATA", "");
    return folder.resolve(set.isBlank() ? "data" : set);
  }
}
