package pontic.generation;

import java.nio.file.Path;
import java.util.List;
import pontic.practice.Problem;

/** Looks at the files of a generation as a whole, before anything of it is loaded. */
@FunctionalInterface
public interface Checks {

  /**
   * @param home holds routes/, mappings/ and sql/
   * @return what is wrong, each with its file below the home; empty if nothing is
   */
  List<Problem> check(Path home, Path config);
}
