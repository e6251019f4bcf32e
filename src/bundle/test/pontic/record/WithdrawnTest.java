package pontic.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pontic.mapping.Golden;
import pontic.translate.UsCore;

/** What is sent once the row behind a resource is gone. */
class WithdrawnTest {
  /** Of all golden rows; each gets an id of its own, so that one Bundle can hold them. */
  private static List<ObjectNode> told() throws IOException {
    List<ObjectNode> told = new ArrayList<>();
    for (Golden golden : Golden.all()) {
      if (golden.mapping().startsWith("outbound/")
          && golden.expected() instanceof ObjectNode resource) {
        told.add(resource.put("id", "w-" + told.size()));
      }
    }
    return told;
  }

  @Test
  void whatIsTakenBackIsAsValidAsWhatWasTold() throws IOException {
    assumeTrue(UsCore.isThere(), UsCore.MISSING);
    List<String> withdrawn =
        told().stream().map(each -> Resource.withdrawn(each).toString()).toList();
    assertTrue(withdrawn.size() > 100, "no golden cases were found");
    assertEquals(List.of(), UsCore.SHARED.errorsOfAll(withdrawn));
  }

  @Test
  void aProblemThatIsOverIsTakenBackWithoutItsEnd() throws IOException {
    int ended = 0;
    for (ObjectNode resource : told()) {
      if (resource.has("abatementDateTime")) {
        ended++;
        ObjectNode withdrawn = Resource.withdrawn(resource);
        assertFalse(withdrawn.has("abatementDateTime") || withdrawn.has("clinicalStatus"));
        assertEquals(
            "entered-in-error", withdrawn.at("/verificationStatus/coding/0/code").asText());
      }
    }
    assertTrue(ended > 0, "no golden case is of a problem that is over");
  }
}
