package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which requests came too early. */
final class RequestsTest {
  @Test
  void behindTheLimitARequestIsOverEvenIfTheOfficeStillWorksOnIt() {
    Requests requests = asked(Duration.ZERO);
    assertEquals(List.of(), requests.violations(0));
  }

  @Test
  void withinTheLimitARequestThatIsNotAnsweredIsNotOver() {
    Requests requests = asked(Duration.ofHours(1));
    List<Requests.Violation> violations = requests.violations(0);
    assertEquals(1, violations.size());
    assertEquals(2, violations.get(0).early().number());
  }

  /** One that stays open, and another one behind its period. */
  private static Requests asked(Duration limit) {
    Requests requests = new Requests(10, limit);
    requests.known(requests.open("GET"), "elm", "/patients", 1);
    long begun = System.currentTimeMillis();
    while (System.currentTimeMillis() <= begun + 1) {
      Thread.onSpinWait();
    }
    requests.known(requests.open("GET"), "elm", "/patients", 1);
    return requests;
  }
}
