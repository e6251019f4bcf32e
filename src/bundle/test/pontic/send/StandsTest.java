package pontic.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SENT =
      "{'active':true,'identifier':[{'value':'1'}],'address':[{'city':'Here','line':['a','b']}],'extension':[{'valueDecimal':1.0}]}";

  @Test
  void whatAServerAddsToObjectsIsNoDifference() throws Exception {
    assertTrue(
        stands(
            "{'meta':{'versionId':'7'},'text':{'div':'x'},'active':true,'identifier':[{'value':'1','use':'usual'}],"
                + "'address':[{'city':'Here','line':['a','b']}],'extension':[{'valueDecimal':1.00}]}",
            List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'active':false,'identifier':[{'value':'1'}],'address':[{'city':'Here','line':['a','b']}],'extension':[{'valueDecimal':1.0}]}",
        "{'active':true,'identifier':[{'value':'1'}],'address':[{'city':'There','line':['a','b']}],'extension':[{'valueDecimal':1.0}]}",
        "{'active':true,'identifier':[{'value':'1'}],'address':[{'city':'Here','line':['a']}],'extension':[{'valueDecimal':1.0}]}",
        "{'active':true,'identifier':[{'value':'1'},{'value':'2'}],'address':[{'city':'Here','line':['a','b']}],'extension':[{'valueDecimal':1.0}]}",
        "{'active':true,'identifier':[{'value':'1'}],'extension':[{'valueDecimal':1.0}]}",
        "{}"
      })
  void whatWasTakenAwayAddedToAListOrAlteredIsOne(String stands) throws Exception {
    assertFalse(stands(stands, List.of()));
  }

  @Test
  void theDestinationsOwnNumbersMayStandThereOrNot() throws Exception {
    JsonNode own = json("{'value':'MRN-1'}");
    assertTrue(stands(SENT, List.of(own)));
    assertTrue(
        stands(SENT.replace("{'value':'1'}", "{'value':'1'},{'value':'MRN-1'}"), List.of(own)));
    assertEquals(false, stands(SENT.replace("{'value':'1'}", "{'value':'MRN-1'}"), List.of(own)));
  }

  private static boolean stands(String stands, List<JsonNode> own) throws Exception {
    return Stands.asSent(json(SENT), json(stands), own);
  }

  private static JsonNode json(String text) throws Exception {
    return JSON.readTree(text.replace('\'', '"'));
  }
}
