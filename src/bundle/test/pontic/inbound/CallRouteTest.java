package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.AdviceWithRouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import pontic.house.House;
import pontic.house.PassedSteps;
import pontic.lane.ApiRequest;
import pontic.lane.LaneStep;
import pontic.opendental.NotSentException;
import pontic.store.StoreException;

/**
 * The shipped call route and its error configuration: which exception means what for the request.
 */
final class CallRouteTest {

  @Test
  void whoDoesNotListenGotNothing() throws Exception {
    assertEquals(List.of("notSent"), said(new ConnectException(), false));
  }

  @Test
  void aDeadlineThatPassedIsNotTheOfficesFault() throws Exception {
    assertEquals(List.of("tooLate"), said(new NotSentException(), false));
  }

  @Test
  void aConnectionThatBrokeLeavesOpenWhatHappened() throws Exception {
    assertEquals(List.of("unclear"), said(new IOException(), false));
  }

  /** A store that cannot be reached also has a refused connection at its root. */
  @Test
  void anAnswerThatTheStoreMissedIsNeitherNotSentNorUnclear() throws Exception {
    assertEquals(List.of(), said(new StoreException("away", new ConnectException()), true));
  }

  /**
   * What the route told the lane when this happened.
   *
   * @param afterTheAnswer at the outcome step, else at the HTTP step
   */
  private static List<String> said(Exception failure, boolean afterTheAnswer) throws Exception {
    Told lane = new Told(new ArrayList<>());
    PassedSteps passed = PassedSteps.ofThisTest();
    try (DefaultCamelContext camel = new DefaultCamelContext()) {
      passed.watch(camel);
      Properties properties = new Properties();
      properties.putAll(Map.of("pontic.call.consumers", "1", "pontic.api.connect-timeout", "1000"));
      camel.getPropertiesComponent().setInitialProperties(properties);
      camel.getRegistry().bind("lane", lane);
      camel.getRegistry().bind("apiCalls", new Calls(failure));
      for (String file : List.of("errors/outcome-unknown", "inbound/call")) {
        Path path = House.home().resolve("routes").resolve(file + ".camel.yaml");
        for (RoutesBuilder routes :
            PluginHelper.getRoutesLoader(camel)
                .findRoutesBuilders(
                    ResourceHelper.resolveMandatoryResource(camel, "file:" + path))) {
          camel.addRoutes(routes);
        }
      }
      AdviceWith.adviceWith(
          camel,
          "call",
          (AdviceWithRouteBuilder route) -> {
            route.replaceFromWith("direct:token");
            if (afterTheAnswer) {
              route
                  .weaveById("call-http")
                  .replace()
                  .setHeader("CamelHttpResponseCode")
                  .constant(201);
            } else {
              route.weaveById("call-http").replace().throwException(failure);
            }
          });
      camel.start();
      camel.createProducerTemplate().sendBodyAndHeader("direct:token", "", "practice", "elm");
    }
    passed.leave();
    return lane.said();
  }

  /** Stands for the lane. Public because Camel calls it. */
  public record Told(List<String> said) {
    public LaneStep claim(String practice) {
      ApiRequest read =
          ApiRequest.read("patients.get", "/patients/{PatNum}", "/patients/1", Map.of());
      return new LaneStep("plan", practice, 1, "c-1", read, Long.MAX_VALUE);
    }

    public void notSent(LaneStep step) {
      said.add("notSent");
    }

    public void tooLate(LaneStep step) {
      said.add("tooLate");
    }

    public void unclear(LaneStep step) {
      said.add("unclear");
    }
  }

  /** Stands for the requests; the outcome fails as told. */
  public record Calls(Exception failure) {
    public Object request() {
      return "";
    }

    public void answered() throws Exception {
      throw failure;
    }
  }
}
