package pontic.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import pontic.sandbox.SandboxPart;
import pontic.sandbox.Surroundings;
import pontic.sandbox.control.ControlServer;
import pontic.sandbox.database.Practice;
import pontic.sandbox.database.PracticePlan;

/**
 * The API as a part of the sandbox: one port for each practice (named api-elm, api-oak …), one for
 * all by customer key (named api), and /faults, /requests, /requests/violations and /settings on
 * the control server.
 */
public final class OpenDentalApiPart implements SandboxPart {
  private final Consumer<OpenDentalApi> started;

  /** For use over HTTP alone. */
  public OpenDentalApiPart() {
    this(api -> {});
  }

  /**
   * For use from Java too.
   *
   * @param started is given the API once it serves
   */
  public OpenDentalApiPart(Consumer<OpenDentalApi> started) {
    this.started = started;
  }

  /** A running API and its ports. */
  private record RunningApi(OpenDentalApi api, Map<String, Integer> ports) implements Running {
    @Override
    public void close() throws Exception {
      api.close();
    }
  }

  @Override
  public Running start(Surroundings surroundings) throws Exception {
    OpenDentalApi api = OpenDentalApi.start(surroundings.settings().timeScale());
    try {
      Map<String, Integer> ports = new LinkedHashMap<>();
      for (Practice practice : surroundings.practices()) {
        PracticePlan plan =
            surroundings.settings().practices().stream()
                .filter(one -> one.id().equals(practice.id()))
                .findFirst()
                .orElseThrow();
        api.serve(
            practice.id(),
            practice.zone(),
            practice.dataSource(),
            plan.customerKey(),
            OfficeSettings.standard());
        ports.put("api-" + practice.id(), listen(api, surroundings, practice.id()));
      }
      ports.put("api", api.listen(0));
      register(surroundings.control(), new ApiControl(api));
      started.accept(api);
      return new RunningApi(api, Map.copyOf(ports));
    } catch (Exception e) {
      api.close();
      throw e;
    }
  }

  private static int listen(OpenDentalApi api, Surroundings surroundings, String practice)
      throws Exception {
    int port = surroundings.settings().apiPort(practice);
    try {
      return api.listen(port, practice);
    } catch (IOException e) {
      throw new IOException(
          "Port "
              + port
              + " (sandbox API of "
              + practice
              + ") is taken; free it or choose another with --api-port-"
              + practice,
          e);
    }
  }

  private static void register(ControlServer control, ApiControl api) {
    control.register("GET", "/faults", asked -> api.faults());
    control.register("POST", "/faults", api::arm);
    control.register(
        "DELETE",
        "/faults",
        asked -> {
          api.clearFaults(value(asked, "practice"));
          return api.faults();
        });
    control.register(
        "GET", "/requests", asked -> api.requests(value(asked, "practice"), value(asked, "since")));
    control.register(
        "DELETE",
        "/requests",
        asked -> {
          api.clearRequests();
          return Map.of();
        });
    control.register(
        "GET",
        "/requests/violations",
        asked -> api.violations(value(asked, "practice"), value(asked, "tolerance")));
    control.register(
        "GET",
        "/settings",
        asked ->
            api.settings(
                value(asked, "practice")
                    .orElseThrow(() -> new IllegalArgumentException("Give ?practice="))));
    control.register("POST", "/settings", api::change);
    control.register(
        "GET",
        "/events",
        asked ->
            api.events(
                value(asked, "practice")
                    .orElseThrow(() -> new IllegalArgumentException("Give ?practice="))));
    control.register("POST", "/events", api::run);
  }

  private static Optional<String> value(JsonNode asked, String name) {
    return asked.hasNonNull(name) ? Optional.of(asked.get(name).asText()) : Optional.empty();
  }
}
