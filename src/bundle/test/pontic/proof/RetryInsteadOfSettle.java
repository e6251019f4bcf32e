package pontic.proof;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Decision;
import pontic.lane.Finding;
import pontic.lane.Head;
import pontic.lane.Planner;
import pontic.lane.Purpose;
import pontic.lane.Work;
import pontic.lane.Written;

/**
 * What a client does that knows no settle: a write whose answer says nothing certain, or that a
 * lost life left in the air, is taken for not done and sent again.
 */
record RetryInsteadOfSettle(Planner product) implements Planner {

  @Override
  public Meaning meaning(ApiRequest request, int status, JsonNode body) {
    Meaning meaning = product.meaning(request, status, body);
    boolean unclear = meaning == Meaning.UNCLEAR || meaning == Meaning.OFFICE_AWAY;
    return request.writes() && unclear ? Meaning.BUSY : meaning;
  }

  @Override
  public Decision next(Head head) {
    return head.calls().stream()
        .filter(call -> call.purpose() == Purpose.CALL)
        .reduce((older, newer) -> newer)
        .filter(last -> last.state() == CallState.NOT_LANDED)
        .<Decision>map(lost -> new Decision.Write(lost.request(), lost.baseline()))
        .orElseGet(() -> product.next(head));
  }

  @Override
  public boolean folds(Head head, Work newer) {
    return product.folds(head, newer);
  }

  @Override
  public Said said(Work folded) {
    return product.said(folded);
  }

  @Override
  public Set<String> once(Work work, Set<String> senders) {
    return product.once(work, senders);
  }

  @Override
  public Finding examine(Head head, Asked unclear, List<Asked> round) {
    Finding finding = product.examine(head, unclear, round);
    return finding instanceof Finding.Probe
        ? finding
        : new Finding.Absent("whatever was found is taken for another's");
  }

  @Override
  public long key(ApiRequest request, JsonNode body, String location) {
    return product.key(request, body, location);
  }

  @Override
  public Effect effect(String name) {
    return product.effect(name);
  }

  @Override
  public boolean isOfChart(String write) {
    return product.isOfChart(write);
  }

  @Override
  public Optional<Written> written(ApiRequest request, long key) {
    return product.written(request, key);
  }

  @Override
  public Optional<JsonNode> watch(Head head, Asked landed) {
    return product.watch(head, landed);
  }
}
