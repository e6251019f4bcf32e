package pontic.practice;

import java.util.List;
import java.util.stream.Collectors;

/**
 * config/ cannot be used as it stands; carries everything that is wrong with it, not only the
 * first.
 */
public final class SettingsException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public SettingsException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
