package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.sandbox.Sandbox;
import pontic.sandbox.SandboxSettings;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.PracticePlan;

/** The API inside a whole sandbox, asked over HTTP alone. */
class OpenDentalApiPartTest {
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void theControlServerArmsFaultsAndTellsRequests(@TempDir Path folder) throws Exception {
    AtomicReference<OpenDentalApi> api = new AtomicReference<>();
    SandboxSettings settings =
        SandboxSettings.onFreePorts(folder, Engine.MYISAM, 5).withTimeScale(0.01);
    try (Sandbox sandbox = Sandbox.start(settings, List.of(new OpenDentalApiPart(api::set)))) {
      assertEquals(0.6, api.get().limit().toMillis() / 1000.0);
      Map<String, Integer> ports = sandbox.ports();
      int control = ports.get("control");
      assertEquals(
          200,
          ask("POST", control, "/faults", "{\"practice\":\"elm\",\"fault\":\"busy\",\"seconds\":3}")
              .statusCode());
      assertEquals(
          400,
          ask("POST", control, "/faults", "{\"practice\":\"fir\",\"fault\":\"busy\"}")
              .statusCode());
      assertEquals(1, json(ask("GET", control, "/faults", "")).size());
      for (PracticePlan plan : settings.practices()) {
        assertEquals(
            plan.id().equals("elm") ? 429 : 200,
            perms(ports.get("api-" + plan.id()), plan.customerKey()));
        assertEquals(200, perms(ports.get("api"), plan.customerKey()));
      }
      assertEquals(0, json(ask("GET", control, "/faults", "")).size());
      JsonNode elm = json(ask("GET", control, "/requests?practice=elm", ""));
      assertEquals(List.of("429", "200"), elm.findValuesAsText("status"));
      assertEquals(
          1,
          json(ask("GET", control, "/requests/violations?tolerance=1000", "")).size(),
          "elm was asked again before the end of Retry-After");
      assertEquals(
          "remote",
          json(ask("GET", control, "/settings?practice=oak", "")).get("mode").textValue());
      ask("POST", control, "/faults", "{\"practice\":\"elm\",\"fault\":\"offline\"}");
      assertEquals(400, perms(ports.get("api"), OpenDentalApi.ELM_KEY));
      assertEquals(200, ask("DELETE", control, "/faults?practice=elm", "").statusCode());
      assertEquals(200, perms(ports.get("api"), OpenDentalApi.ELM_KEY));
      assertEquals(200, ask("DELETE", control, "/requests", "").statusCode());
      assertEquals(0, json(ask("GET", control, "/requests", "")).size());
    }
  }

  @Test
  void aTakenPortIsNamed(@TempDir Path folder) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      SandboxSettings free = SandboxSettings.onFreePorts(folder, Engine.MYISAM, 1);
      SandboxSettings settings =
          new SandboxSettings(
              free.data(), free.practices(), 0, 0, Map.of("oak", taken.getLocalPort()), 0, 0, 0, 1);
      IOException refused =
          assertThrows(
              IOException.class, () -> Sandbox.start(settings, List.of(new OpenDentalApiPart())));
      assertTrue(
          refused.getMessage().contains(Integer.toString(taken.getLocalPort())),
          refused.getMessage());
      assertTrue(refused.getMessage().contains("--api-port-oak"), refused.getMessage());
    }
  }

  private int perms(int port, String customerKey) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/securityperms"))
                .header(
                    "Authorization", "ODFHIR " + OpenDentalApi.DEVELOPER_KEY + "/" + customerKey)
                .header("Content-Type", "application/json")
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  private HttpResponse<String> ask(String method, int port, String path, String body)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> reply) throws Exception {
    assertEquals(200, reply.statusCode(), reply.body());
    return new ObjectMapper().readTree(reply.body());
  }
}
