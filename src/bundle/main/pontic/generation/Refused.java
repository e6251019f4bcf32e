package pontic.generation;

import java.util.List;
import java.util.stream.Collectors;
import pontic.practice.Problem;

/** A generation that does not check; nothing of it has run. Files hold no patient data. */
public final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public Refused(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** Everything that is wrong, at least one. */
  public List<Problem> problems() {
    return problems;
  }
}
