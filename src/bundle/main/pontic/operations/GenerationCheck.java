package pontic.operations;

import java.util.List;
import java.util.function.Supplier;
import pontic.generation.Report;

/**
 * Says which generation runs and what is refused. Never down: what runs is whole and was checked,
 * and a process taken out of service mends no file (decision 0115).
 */
public final class GenerationCheck implements HealthCheck {
  private static final int MOST_SHOWN = 5;

  private final Supplier<Report> report;

  public GenerationCheck(Supplier<Report> report) {
    this.report = report;
  }

  @Override
  public String name() {
    return "generation";
  }

  @Override
  public List<Part> look() {
    Report now = report.get();
    StringBuilder text = new StringBuilder();
    now.refused()
        .ifPresent(
            refusal -> {
              text.append(now.lastGood() ? "started with the last good generation " : "runs ")
                  .append(now.id())
                  .append("; the files on disk are refused:");
              refusal.problems().stream()
                  .limit(MOST_SHOWN)
                  .forEach(problem -> text.append("\n").append(problem));
              int more = refusal.problems().size() - MOST_SHOWN;
              if (more > 0) {
                text.append("\nand ").append(more).append(" more, see ./pontic generation");
              }
            });
    if (!now.needsRestart().isEmpty()) {
      text.append(text.isEmpty() ? "" : "\n")
          .append("needs a restart: ")
          .append(String.join(", ", now.needsRestart()));
    }
    return List.of(new Part(name(), true, text.toString()));
  }
}
