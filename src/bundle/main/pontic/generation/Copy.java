package pontic.generation;

import java.nio.file.Path;

/**
 * One generation's files as they were when it was taken; nobody writes there any more.
 *
 * @param folder holds routes/, mappings/, sql/ and config/
 */
public record Copy(String id, Path folder) {
  public Path config() {
    return folder.resolve("config");
  }
}
