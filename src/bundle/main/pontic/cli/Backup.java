package pontic.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "backup",
    description =
        "Copy the embedded store into a file while it runs; the keys are not in it. Needs the role admin.")
final class Backup implements Callable<Integer> {

  @Mixin private final Ask ask;

  @Parameters(paramLabel = "FILE", description = "A file that does not exist yet")
  private Path file;

  Backup(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.post(
        "/control/backup?file=" + Ask.encoded(file.toAbsolutePath().normalize().toString()),
        (answer, out) -> out.println("the store was copied to " + answer.path("file").asText()));
  }
}
