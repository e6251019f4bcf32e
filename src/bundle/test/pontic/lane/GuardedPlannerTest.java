package pontic.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A planner that throws, whatever it is asked: no answer of its guard stops a lane. */
final class GuardedPlannerTest {
  private static final String SECRET = "Ada Vale";
  private static final ApiRequest REQUEST =
      ApiRequest.read("patients.get", "/patients/{PatNum}", "/patients/7", Map.of());

  private final Planner planner = new GuardedPlanner(new Failing());

  @Test
  void theMessageIsHeldWithTheKindOfTheDefectAndWithoutItsText() {
    Decision.Hold hold = assertInstanceOf(Decision.Hold.class, planner.next(head()));
    assertTrue(hold.reason().contains("IllegalStateException"), hold.reason());
    assertFalse(hold.reason().contains(SECRET), hold.reason());
  }

  @Test
  void anUnclearWriteIsDoubtful() {
    Finding.Doubtful doubtful =
        assertInstanceOf(Finding.Doubtful.class, planner.examine(head(), asked(), List.of()));
    assertFalse(doubtful.reason().contains(SECRET), doubtful.reason());
  }

  @Test
  void whoCannotBeComparedMayBeAnother() {
    String why =
        planner
            .another("elm", MissingNode.getInstance(), List.of(MissingNode.getInstance()))
            .orElseThrow();
    assertTrue(why.contains("IllegalStateException"), why);
    assertFalse(why.contains(SECRET), why);
  }

  @Test
  void allElseHasTheSafeAnswer() {
    assertFalse(planner.folds(head(), head().work()));
    assertEquals(Map.of(), planner.said(head().work()).asserted());
    assertEquals(Planner.Meaning.UNCLEAR, planner.meaning(REQUEST, 200, MissingNode.getInstance()));
    assertEquals(0, planner.key(REQUEST, MissingNode.getInstance(), ""));
    assertEquals(Optional.empty(), planner.written(REQUEST, 7));
    assertEquals(Optional.empty(), planner.watch(head(), asked()));
    assertEquals(Standing.NOTHING, planner.standing(head()));
    assertEquals(List.of(), planner.reread(head()));
    assertTrue(planner.visible(head()).contains("could not be told"));
  }

  private static Head head() {
    Work work =
        new Work("w", "elm", 1, "m", "EHR|LAKE", "chart", "p", "", 0, 0, MissingNode.getInstance());
    return new Head(
        work,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        Map.of(),
        Set.of(),
        Instant.EPOCH,
        MissingNode.getInstance(),
        Spoken.NOTHING,
        List.of(),
        Waited.NOT);
  }

  private static Asked asked() {
    return new Asked(
        "c",
        Purpose.CALL,
        "",
        0,
        0,
        CallState.UNKNOWN,
        Instant.EPOCH,
        0,
        REQUEST,
        MissingNode.getInstance(),
        MissingNode.getInstance(),
        0,
        "");
  }

  /** Its defect speaks of a patient. */
  private static final class Failing implements Planner {
    private static IllegalStateException defect() {
      return new IllegalStateException(SECRET);
    }

    @Override
    public Decision next(Head head) {
      throw defect();
    }

    @Override
    public boolean folds(Head head, Work newer) {
      throw defect();
    }

    @Override
    public Optional<String> another(String practice, JsonNode patient, List<JsonNode> called) {
      throw defect();
    }

    @Override
    public Said said(Work folded) {
      throw defect();
    }

    @Override
    public Finding examine(Head head, Asked unclear, List<Asked> round) {
      throw defect();
    }

    @Override
    public Meaning meaning(ApiRequest request, int status, JsonNode body) {
      throw defect();
    }

    @Override
    public long key(ApiRequest request, JsonNode body, String location) {
      throw defect();
    }

    @Override
    public Effect effect(String name) {
      return Effect.NONE;
    }

    @Override
    public boolean isOfChart(String write) {
      return false;
    }

    @Override
    public Optional<Written> written(ApiRequest request, long key) {
      throw defect();
    }

    @Override
    public Optional<JsonNode> watch(Head head, Asked landed) {
      throw defect();
    }

    @Override
    public String visible(Head head) {
      throw defect();
    }

    @Override
    public Standing standing(Head head) {
      throw defect();
    }

    @Override
    public List<Reread> reread(Head head) {
      throw defect();
    }
  }
}
