package pontic.house;

import pontic.check.Check;
import pontic.cli.Runner;
import pontic.generation.Installation;
import pontic.practice.SettingsLoader;

/** For commands that start nothing themselves. */
public final class Nobody implements Runner {
  @Override
  public void run(Installation installation) {
    throw new AssertionError("nothing is to be started");
  }

  @Override
  public Check check(SettingsLoader loader) {
    throw new AssertionError("nothing is to be checked");
  }
}
