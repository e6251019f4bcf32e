package pontic.jpa;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the database lies.
 *
 * @param folder empty: in memory
 */
record Place(Optional<Path> folder) {

  /** For H2. */
  String url() {
    return folder
            .map(each -> "jdbc:h2:file:" + each.toAbsolutePath().resolve("hospital"))
            .orElse("jdbc:h2:mem:hospital")
        + ";DB_CLOSE_DELAY=-1";
  }
}
