package pontic;

import java.nio.file.Path;
import pontic.cli.Commands;

/**
 * Entry point; {@code -Dpontic.home} names the folder of the installation, otherwise it is the
 * current one.
 */
public final class Pontic {

  private Pontic() {}

  public static void main(String[] arguments) {
    Path home = Path.of(System.getProperty("pontic.home", ""));
    System.exit(Commands.run(new BundleProcess(), home, System.getenv(), arguments));
  }
}
