package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxDatabase.class)
class ManyPracticesTest {

  @Test
  void aHundredPracticesShareAPortAndAHangingOneHoldsNoOther(TestApi on) throws Exception {
    for (int i = 0; i < 100; i++) {
      on.api.serve("p" + i, on.elm.zone(), on.elm.dataSource(), key(i), OfficeSettings.standard());
    }
    on.api.faults().arm(Fault.of("p7", FaultKind.HANG).times(0));
    List<CompletableFuture<TestApi.Reply>> all = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 100; i++) {
        CompletableFuture<TestApi.Reply> reply = on.later("GET", "/securityperms", "", key(i));
        if (i != 7) {
          all.add(reply);
        }
      }
    }
    assertTrue(all.stream().map(CompletableFuture::join).allMatch(reply -> reply.status() == 200));
    on.api
        .requests()
        .await(
            entry -> entry.practice().equals(java.util.Optional.of("p7")), Duration.ofSeconds(600));
    for (int i = 0; i < 100; i++) {
      List<Long> ends =
          on.api.requests().list("p" + i).stream()
              .flatMap(entry -> entry.end().stream().boxed())
              .sorted()
              .toList();
      assertEquals(i == 7 ? 0 : 5, ends.size());
      for (int k = 1; k < ends.size(); k++) {
        assertTrue(ends.get(k) - ends.get(k - 1) >= 50, "answers of one key are a period apart");
      }
    }
  }

  private static String key(int i) {
    return "ManyCustKey%05d".formatted(i);
  }
}
