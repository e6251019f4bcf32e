package pontic.generation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import pontic.practice.Problem;

/**
 * Which generation runs, and what keeps a newer one from it.
 *
 * @param since when it began to run
 * @param lastGood it was started from its copy because the files on disk were refused
 * @param refused what stands on disk and is not run; empty if the files are those that run
 * @param draining ids of older ones that still end what they have under way
 * @param needsRestart keys that were changed on disk and do not change live
 * @param swaps how many followed the first one
 */
public record Report(
    String id,
    Instant since,
    boolean lastGood,
    Optional<Refusal> refused,
    List<String> draining,
    List<String> needsRestart,
    long swaps) {

  public Report {
    draining = List.copyOf(draining);
    needsRestart = List.copyOf(needsRestart);
  }

  /**
   * @param id of the refused files; "" if they could not be read
   */
  public record Refusal(String id, Instant at, List<Problem> problems) {
    public Refusal {
      problems = List.copyOf(problems);
    }
  }
}
