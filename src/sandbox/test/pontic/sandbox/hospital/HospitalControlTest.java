package pontic.sandbox.hospital;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.sandbox.SandboxPart;
import pontic.sandbox.SandboxSettings;
import pontic.sandbox.Surroundings;
import pontic.sandbox.control.ControlServer;
import pontic.sandbox.database.Engine;

/** The peers as part of a sandbox: ports, and what a demo asks over HTTP. */
class HospitalControlTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<HospitalPeers> given = new ArrayList<>();
  private ControlServer control;
  private SandboxPart.Running part;
  private HospitalPeers peers;

  @BeforeEach
  void start() throws Exception {
    control = ControlServer.start(0);
    SandboxSettings settings = SandboxSettings.onFreePorts(folder, Engine.MYISAM, 0);
    part = new HospitalPart(given::add).start(new Surroundings(settings, List.of(), control));
    peers = given.get(0);
  }

  @AfterEach
  void stop() throws Exception {
    part.close();
    control.close();
  }

  @Test
  void eachPeerHasItsPortAndItsFaults() throws Exception {
    assertEquals(
        Map.of(
            "hospital-fhir", peers.hospital().port(),
            "registry-fhir", peers.registry().port(),
            "hospital-mllp", peers.hl7().port()),
        part.ports());
    arm(
        200,
        "{'peer':'registry','fault':'lands-late','millis':100,'count':2,'closing':true,"
            + "'match':{'type':'Patient','id':'p-1'}}");
    arm(200, "{'peer':'hospital','fault':'slow:50','match':{'method':'PUT'}}");
    arm(200, "{'peer':'hl7','fault':'ae','count':0,'text':'full','match':{'trigger':'SIU^S12'}}");
    JsonNode armed = ask(200, "GET", "/hospital/faults", "");
    assertEquals(3, armed.size());
    assertEquals(50, armed.get(0).path("millis").asInt());
    assertEquals(2, armed.get(1).path("remaining").asInt());
    assertEquals("p-1", armed.get(1).at("/match/id").asText());
    assertTrue(siu("c-1").contains("MSA|AE|c-1|full"));
    assertEquals(0, ask(200, "DELETE", "/hospital/faults?peer=hl7", "").size());
    assertEquals(2, ask(200, "GET", "/hospital/faults", "").size());
    assertTrue(siu("c-2").contains("MSA|AA|c-2"));
    assertEquals(0, ask(200, "DELETE", "/hospital/faults", "").size());
  }

  @Test
  void arrivalsAndLandingsAreToldWithoutWhatTheySay() throws Exception {
    arm(200, "{'peer':'registry','fault':'lands-late'}");
    put(peers.hospital(), 201);
    put(peers.registry(), 504);
    assertEquals(1, peers.registry().awaitLandings(1, Duration.ofSeconds(600)).size());
    assertTrue(siu("a-1").contains("MSA|AA|a-1"));
    JsonNode all = ask(200, "GET", "/hospital/arrivals", "");
    assertEquals(3, all.size());
    assertEquals("Patient", all.get(0).path("type").asText());
    assertEquals("p-9", all.get(0).path("id").asText());
    assertEquals(1, all.get(0).path("version").asInt());
    assertTrue(all.get(0).path("at").asLong() > 0);
    assertEquals("registry", all.get(1).path("peer").asText());
    assertEquals("SIU^S12", all.get(2).path("trigger").asText());
    assertEquals("a-1", all.get(2).path("controlId").asText());
    assertEquals("AA", all.get(2).path("answer").asText());
    assertFalse(all.toString().contains("Zwk"), all.toString());
    assertEquals("apt-1", all.get(2).path("key").asText());
    assertEquals(1, ask(200, "GET", "/hospital/arrivals?peer=hl7", "").size());
    long after = all.get(2).path("at").asLong() + 1;
    assertEquals(0, ask(200, "GET", "/hospital/arrivals?peer=hl7&since=" + after, "").size());
    assertEquals(1, ask(200, "GET", "/hospital/arrivals?peer=hl7&since=" + (after - 1), "").size());
    JsonNode landed = ask(200, "GET", "/hospital/landings?peer=registry", "");
    assertEquals(201, landed.get(0).path("status").asInt());
  }

  @Test
  void aWrongRequestIsToldWhatIsAllowed() throws Exception {
    for (String wrong :
        List.of(
            "{'fault':'slow'}",
            "{'peer':'clinic','fault':'slow'}",
            "{'peer':'hl7','fault':'http-500'}",
            "{'peer':'hospital','fault':'ae'}",
            "{'peer':'hospital','fault':'reject'}",
            "{'peer':'hospital','fault':'slow','millis':-1}",
            "{'peer':'hospital','fault':'slow','count':'x'}",
            "{'peer':'hospital','fault':'slow','match':{'name':'x'}}",
            "{'peer':'hospital','fault':'slow','seconds':1}",
            "{'peer':'hospital','fault':'slow','closing':true}",
            "{'peer':'hospital','fault':'lands-late','closing':'yes'}",
            "{'peer':'hl7','fault':'hang','match':{'trigger':'SIU^S12'}}")) {
      assertTrue(arm(400, wrong).path("error").asText().length() > 10, wrong);
    }
    assertEquals(0, ask(200, "GET", "/hospital/faults", "").size());
    ask(400, "GET", "/hospital/arrivals?peer=clinic", "");
    ask(400, "GET", "/hospital/arrivals?since=today", "");
  }

  private void put(HospitalFhirServer server, int status) throws Exception {
    assertEquals(
        status, new Fhir(server).status("PUT", "/Patient/p-9", Fhir.patient("p-9", "u", "Zwk")));
  }

  private String siu(String controlId) throws Exception {
    try (MllpSender sender = new MllpSender("127.0.0.1", peers.hl7().port(), 60_000)) {
      byte[] message =
          Hospital.message("SIU^S12", controlId, "SCH|1|apt-1", "PID|1||1||Zwkname^Ida");
      return new String(sender.ask(message), StandardCharsets.UTF_8);
    }
  }

  private JsonNode arm(int status, String body) throws Exception {
    return ask(status, "POST", "/hospital/faults", body.replace('\'', '"'));
  }

  private JsonNode ask(int status, String method, String path, String body) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + control.port() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(status, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }
}
