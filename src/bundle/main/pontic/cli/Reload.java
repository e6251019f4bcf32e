package pontic.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "reload",
    description =
        "Look at the files at once and start anew from them, changed or not; for changed secrets and freed ports.")
final class Reload implements Callable<Integer> {

  @Mixin private final Ask ask;

  Reload(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.post(
        "/control/reload",
        (answer, out) -> out.println("the files are looked at; see ./pontic generation"));
  }
}
