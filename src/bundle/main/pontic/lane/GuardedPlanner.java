package pontic.lane;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A planner of which no defect stops a lane: what it throws, whatever it was asked, is the matter
 * of one message. That one is parked where it can be, and goes by the safe answer where it cannot
 * (decision 0408); all others go on.
 */
final class GuardedPlanner implements Planner {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedPlanner.class);
  private static final Said NOTHING = new Said(Map.of(), List.of());

  private final Planner planner;

  GuardedPlanner(Planner planner) {
    this.planner = planner;
  }

  @Override
  public Decision next(Head head) {
    try {
      return planner.next(head);
    } catch (RuntimeException e) {
      log("planning", head.work(), e);
      return new Decision.Hold(words("plan it", e), List.of());
    }
  }

  /** Each is played by itself, and says then what is wrong with it. */
  @Override
  public boolean folds(Head head, Work newer) {
    return guarded("folding", newer, false, () -> planner.folds(head, newer));
  }

  /** Who cannot be compared may be another. */
  @Override
  public Optional<String> another(String practice, JsonNode patient, List<JsonNode> called) {
    try {
      return planner.another(practice, patient, called);
    } catch (RuntimeException e) {
      LOG.error(
          "{}: comparing names failed with {} at {}",
          practice,
          e.getClass().getSimpleName(),
          place(e));
      return Optional.of(words("compare the names", e));
    }
  }

  @Override
  public Said said(Work folded) {
    return guarded("asking what was said by", folded, NOTHING, () -> planner.said(folded));
  }

  @Override
  public Set<String> once(Work work, Set<String> senders) {
    return guarded(
        "asking what is told once by", work, Set.of(), () -> planner.once(work, senders));
  }

  @Override
  public Set<Long> visits(Work work, List<Asked> calls) {
    return guarded("reading", work, Set.of(), () -> planner.visits(work, calls));
  }

  @Override
  public Finding examine(Head head, Asked unclear, List<Asked> round) {
    try {
      return planner.examine(head, unclear, round);
    } catch (RuntimeException e) {
      log("settling", head.work(), e);
      return new Finding.Doubtful(words("find out what " + unclear.name() + " did", e), List.of());
    }
  }

  /** What nobody can tell is looked up. */
  @Override
  public Meaning meaning(ApiRequest request, int status, JsonNode body) {
    return guarded(request, Meaning.UNCLEAR, () -> planner.meaning(request, status, body));
  }

  @Override
  public long key(ApiRequest request, JsonNode body, String location) {
    return guarded(request, 0L, () -> planner.key(request, body, location));
  }

  @Override
  public Effect effect(String name) {
    return planner.effect(name);
  }

  @Override
  public boolean isOfChart(String write) {
    return planner.isOfChart(write);
  }

  @Override
  public Optional<Written> written(ApiRequest request, long key) {
    return guarded(request, Optional.empty(), () -> planner.written(request, key));
  }

  @Override
  public Optional<JsonNode> watch(Head head, Asked landed) {
    return guarded("watching", head.work(), Optional.empty(), () -> planner.watch(head, landed));
  }

  @Override
  public Optional<Visit> visit(Head head, Decision.Done done) {
    return guarded("telling", head.work(), Optional.empty(), () -> planner.visit(head, done));
  }

  @Override
  public String visible(Head head) {
    return guarded(
        "looking at",
        head.work(),
        "what of it stands could not be told; look in the patient's chart",
        () -> planner.visible(head));
  }

  @Override
  public Standing standing(Head head) {
    return guarded("looking at", head.work(), Standing.NOTHING, () -> planner.standing(head));
  }

  @Override
  public List<Reread> reread(Head head) {
    return guarded("looking at", head.work(), List.of(), () -> planner.reread(head));
  }

  private static <T> T guarded(String doing, Work work, T safe, Supplier<T> asked) {
    try {
      return asked.get();
    } catch (RuntimeException e) {
      log(doing, work, e);
      return safe;
    }
  }

  private static <T> T guarded(ApiRequest request, T safe, Supplier<T> asked) {
    try {
      return asked.get();
    } catch (RuntimeException e) {
      LOG.error(
          "what {} means failed with {} at {}; it is taken for unclear",
          request.name(),
          e.getClass().getSimpleName(),
          place(e));
      return safe;
    }
  }

  /** Its text may hold a value of the message: the log gets the place, the receipt a sentence. */
  private static void log(String doing, Work work, RuntimeException e) {
    LOG.error(
        "{}: {} {} failed with {} at {}",
        work.practice(),
        doing,
        work.messageId(),
        e.getClass().getSimpleName(),
        place(e));
  }

  private static String words(String what, RuntimeException e) {
    return "Pontic could not "
        + what
        + " ("
        + e.getClass().getSimpleName()
        + "); see the log for the place in the code";
  }

  private static String place(RuntimeException e) {
    return e.getStackTrace().length == 0 ? "?" : e.getStackTrace()[0].toString();
  }
}
