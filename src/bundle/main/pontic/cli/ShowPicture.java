package pontic.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import pontic.check.Picture;

@Command(
    name = "picture",
    description = "Draw the routes of routes/ as a flowchart (Mermaid), as they stand on disk.")
final class ShowPicture implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "Holds routes/ (default: the installation).")
  private Optional<Path> folder;

  private final Home home;

  ShowPicture(Home home) {
    this.home = home;
  }

  @Override
  public Integer call() {
    Path looked = folder.orElse(home.folder()).toAbsolutePath().normalize();
    if (!Files.isDirectory(looked.resolve("routes"))) {
      throw new Failure(looked + " holds no routes/; name the folder above it");
    }
    spec.commandLine().getOut().print(Picture.of(looked));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
