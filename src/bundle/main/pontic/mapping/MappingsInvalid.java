package pontic.mapping;

import java.util.List;
import java.util.stream.Collectors;

/** A folder of mappings was not loaded; it has all problems, not only the first. */
public final class MappingsInvalid extends RuntimeException {
  private final List<Problem> problems;

  public MappingsInvalid(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
