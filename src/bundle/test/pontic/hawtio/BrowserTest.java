package pontic.hawtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.ServiceStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.Browser;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.sandbox.api.Fault;
import pontic.sandbox.api.FaultKind;
import pontic.sandbox.hospital.Hospital;

/** What people see and may do in Hawtio of the real house, in a browser and by its Jolokia. */
final class BrowserTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> SESSIONS = new HashMap<>();
  private static final String ROUTE = "watch-practice";
  private static final String STOP = "//main//button[normalize-space()='Stop']";
  private static final String DISABLED = "[@disabled or @aria-disabled='true']";

  /** A step in the drawing, not in the tree. */
  private static final String NODE =
      "//*[contains(@class,'react-flow__node')][contains(.,'watch-practice-ask')]";

  private static final String IN_TREE =
      "//*[contains(@class,'tree-view')]//button[normalize-space()='" + ROUTE + "']";

  // A browser that is being ended may still write to its profile.
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  @TempDir static Path data;
  private static House house;

  @BeforeAll
  static void open() throws Exception {
    house = House.open(data);
  }

  @AfterAll
  static void close() throws Exception {
    house.close();
  }

  @Test
  void aViewerFindsRoutesByNameSeesADiagramAndCannotStopOneWhichAnOperatorCan() throws Exception {
    assumeTrue(Browser.isInstalled(), "Chromium with its driver is not installed here");
    try (Browser browser = Browser.open(folder)) {
      browser.go(hawtio());
      logIn(browser, "vera", "wrong-password");
      browser.reads("Invalid login credentials");
      browser.picture("hawtio-1-wrong-password");

      browser.go(hawtio());
      logIn(browser, "vera", "vera-password");
      browser.reads("vera");
      browser.go(hawtio() + "camel");
      browser.reads("Route Diagram");
      for (String route : List.of("call", "understand", "send-fhir-hospital", "wake-lanes")) {
        browser.reads(route + "\n");
      }
      browser.picture("hawtio-2-routes");
      browser.click(IN_TREE);
      browser.reads("(ID: watch-practice-ask)");
      browser.shows(NODE);
      browser.picture("hawtio-3-diagram");
      assertFalse(browser.text().contains("Debug"), "no page that shows bodies");
      assertFalse(browser.text().contains("Trace"), "no page that shows bodies");
      choose(browser);
      browser.shows(STOP + DISABLED);
      browser.picture("hawtio-4-viewer-cannot-stop");
      assertEquals(403, stop("vera").path("status").asInt(), "nor without the button");
      assertEquals(ServiceStatus.Started, state());

      browser.forget();
      browser.go(hawtio());
      logIn(browser, "otto", "otto-password");
      browser.reads("otto");
      choose(browser);
      browser.click(STOP + "[not(@disabled)]");
      House.until("the operator stopped it", () -> state() == ServiceStatus.Stopped);
      browser.picture("hawtio-5-operator-stops");
    } finally {
      house.bundle().context().getRouteController().startRoute(ROUTE);
    }
  }

  @Test
  void aViewerReadsTheMBeansOfPonticAndAnOperatorPausesAndResumes() throws Exception {
    JsonNode status = new ObjectMapper().readTree(told("vera", "status").asText());
    assertEquals("elm", status.at("/practices/0/practice").asText());
    assertTrue(told("vera", "generation").asText().contains(house.bundle().generation().id()));
    for (String id : List.of("elm", "hospital")) {
      for (String verb : List.of("pause", "resume")) {
        assertEquals(403, asked("vera", verb, id, "").path("status").asInt());
      }
      assertEquals(0, paused(id));
      assertEquals(200, asked("otto", "pause", id, "").path("status").asInt());
      assertTrue(paused(id) > 0);
      assertTrue(told("vera", "status").asText().contains("\"by\":\"otto\""));
      assertEquals(200, asked("otto", "resume", id, "").path("status").asInt());
      assertEquals(0, paused(id));
    }
    for (String user : List.of("vera", "otto", "admin")) {
      assertEquals(403, asked(user, "edit", "m-1", "MSH|").path("status").asInt(), user);
    }
    assertEquals(403, asked("otto", "stop").path("status").asInt());
  }

  /** While the message's request is under way, so that an exchange holds it. */
  @Test
  void nothingThatJolokiaReadsHoldsAPatientsName() throws Exception {
    Hospital.Patient patient = Hospital.Patient.numbered(9101);
    house.api().faults().arm(Fault.of("oak", FaultKind.HANG).on("POST", "/patients"));
    try {
      house.accepted("oak", Hospital.adt("A28", "SEEN-1", patient));
      house.api().requests().await(entry -> entry.status().equals("hung"), Duration.ofSeconds(600));
      ArrayNode all = JSON.createArrayNode();
      for (JsonNode each :
          jolokia(
                  "admin",
                  JSON.createObjectNode().put("type", "search").put("mbean", "org.apache.camel:*"))
              .path("value")) {
        all.addObject().put("type", "read").put("mbean", each.asText());
      }
      String camel = jolokia("admin", all).toString();
      assertTrue(camel.contains("ExchangesInflight"), camel);
      assertFalse(camel.contains(patient.last()), "an attribute holds a name");
    } finally {
      house.api().faults().clear();
      house.untilAllEnded();
    }
  }

  private static void logIn(Browser browser, String user, String password) {
    browser.type("//input[@id='pf-login-username-id']", user);
    browser.type("//input[@id='pf-login-password-id']", password);
    browser.click("//button[@type='submit']");
  }

  /** As a person does: by its row in the table of routes. */
  private static void choose(Browser browser) throws Exception {
    browser.go(hawtio() + "camel/routes");
    browser.reads("Route Diagram");
    browser.click("//a[normalize-space()='Routes']");
    browser.click("//tr[contains(.,'" + ROUTE + "')]//input");
  }

  private static JsonNode stop(String user) throws Exception {
    ObjectNode ask = JSON.createObjectNode().put("type", "exec").put("operation", "stop()");
    ask.put("mbean", "org.apache.camel:context=pontic,type=routes,name=\"" + ROUTE + "\"");
    return jolokia(user, ask);
  }

  private static ServiceStatus state() {
    return house.bundle().context().getRouteController().getRouteStatus(ROUTE);
  }

  private static long paused(String id) {
    return house.ledger().count("select count(*) from pause where id = '" + id + "'");
  }

  private static String hawtio() {
    return "http://127.0.0.1:" + house.flags().get("pontic.hawtio.port") + "/hawtio/";
  }

  private static JsonNode told(String user, String operation) throws Exception {
    JsonNode answer = asked(user, operation);
    assertEquals(200, answer.path("status").asInt(), answer.toString());
    return answer.path("value");
  }

  private static JsonNode asked(String user, String operation, String... arguments)
      throws Exception {
    ObjectNode ask = JSON.createObjectNode().put("type", "exec");
    ask.put("mbean", "pontic:type=Operations").put("operation", operation);
    List.of(arguments).forEach(ask.putArray("arguments")::add);
    return jolokia(user, ask);
  }

  private static JsonNode jolokia(String user, JsonNode ask) throws Exception {
    return JSON.readTree(
        Fixture.request("POST", hawtio() + "jolokia", ask.toString(), "Cookie", session(user))
            .body());
  }

  /** To log in for each request would cost each a second. */
  private static String session(String user) throws Exception {
    if (!SESSIONS.containsKey(user)) {
      String password = user.equals("admin") ? House.ADMIN_PASSWORD : user + "-password";
      ObjectNode login = JSON.createObjectNode().put("username", user).put("password", password);
      SESSIONS.put(
          user,
          Fixture.request(
                  "POST",
                  hawtio() + "auth/login",
                  login.toString(),
                  "Content-Type",
                  "application/json")
              .headers()
              .firstValue("Set-Cookie")
              .orElseThrow()
              .split(";")[0]);
    }
    return SESSIONS.get(user);
  }
}
