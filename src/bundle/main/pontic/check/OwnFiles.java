package pontic.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What lies below practices/ of a config folder, listed once; a file is read only if something is
 * said of it, since there may be thousands.
 *
 * @param names as findings have them, {@code config/practices/elm/codes/room.yaml}
 */
record OwnFiles(Path config, NavigableSet<String> names) {

  static OwnFiles of(Path config) {
    NavigableSet<String> names = new TreeSet<>();
    for (String name : Folder.files(config, "practices")) {
      if (name.endsWith(".yaml")) {
        names.add(config.getFileName() + "/" + name);
      }
    }
    return new OwnFiles(config, names);
  }

  /** Those in a folder and below it. */
  Stream<String> below(String folder) {
    return names.subSet(folder + "/", folder + "/" + Character.MAX_VALUE).stream();
  }

  /** Empty if there is none of that name or it cannot be read, which is told elsewhere. */
  Optional<Document> document(String name) {
    return names.contains(name)
        ? Document.read(config.resolveSibling(name), name, new ArrayList<>())
        : Optional.empty();
  }
}
