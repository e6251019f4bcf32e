package pontic.facade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.operations.Fixture;
import pontic.store.BothStores;
import pontic.store.Store;

class ReceiptTest {
  /** Of 500 requests of 200 entries each. */
  private static final int MOST = 100_000;

  @RegisterExtension static final BothStores BOTH = new BothStores();

  static List<Store> stores() {
    return BOTH.stores().toList();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void receiptsAreReadHoweverManyWaitForHowManyMessages(Store store) {
    Fixture.message(store, "m-open", "elm", "accept-fhir", "hospital", "");
    Fixture.message(store, "m-last", "elm", "accept-fhir", "hospital", "landed");
    List<String> waiting = new ArrayList<>();
    for (int i = 2; i < MOST; i++) {
      waiting.add("m-" + i);
    }
    waiting.add("m-open");
    waiting.add("m-last");
    assertEquals(Set.of("m-last"), Receipt.ended(store, waiting).keySet());
  }
}
