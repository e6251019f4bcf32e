package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.Purpose;

/** Lets a write through if the practice allows it and the API has not refused it already. */
final class Gate {
  private final Answers answers;

  Gate(Answers answers) {
    this.answers = answers;
  }

  Decision write(Head head, ApiRequest request, JsonNode baseline) {
    return write(head, request, baseline, Decision.Half.NONE);
  }

  Decision write(Head head, ApiRequest request, JsonNode baseline, Decision.Half half) {
    Optional<Decision> off = off(head, request.name());
    return off.orElseGet(() -> new Decision.Write(request, baseline, half));
  }

  /** The wait for a write that is off. */
  Optional<Decision> off(Head head, String write) {
    JsonNode capability = head.capabilities().path("writes").path(write);
    return capability.path("on").asBoolean()
        ? Optional.empty()
        : Optional.of(
            new Decision.Wait(
                write,
                write
                    + " is off: "
                    + capability.path("reason").asText("the practice was not asked yet")));
  }

  /**
   * The refusal that ends the work, if the API refused one of its writes; that of a chart's row
   * ends the row alone.
   */
  Optional<Decision> refused(Head head) {
    return head.calls().stream()
        .filter(call -> call.is(Purpose.CALL, CallState.REFUSED))
        .filter(call -> !ChartPlan.isOf(call))
        .findFirst()
        .map(this::refusal);
  }

  /** What the API said, if that is a text that Pontic knows. */
  String words(Asked call) {
    return answers.words(call.status(), call.answer());
  }

  private Decision refusal(Asked call) {
    return new Decision.Refuse("Open Dental refused " + call.name() + ": " + words(call));
  }
}
