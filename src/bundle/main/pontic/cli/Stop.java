package pontic.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "stop",
    description = "Ask the running process to end; it finishes what is under way.")
final class Stop implements Callable<Integer> {

  @Mixin private final Ask ask;

  Stop(Home home) {
    ask = new Ask(home);
  }

  @Override
  public Integer call() {
    return ask.post("/control/stop", (answer, out) -> out.println("Pontic is stopping"));
  }
}
