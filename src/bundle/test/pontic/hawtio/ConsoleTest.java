package pontic.hawtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pontic.operations.Fixture.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.operations.Fixture;
import pontic.operator.Asking;
import pontic.operator.Role;
import pontic.operator.Users;

class ConsoleTest {

  private static final String SECRET = "PID|||SECRET-OF-A-PATIENT";

  private static final Pattern GIVES_BODIES =
      Pattern.compile("(?i).*(browse|trace|message|body|debug|breakpoint|exchange|send|request).*");

  @TempDir Path data;

  private final Map<String, String> sessions = new HashMap<>();

  private DefaultCamelContext camel;
  private Console console;

  @BeforeEach
  void open() throws Exception {
    camel = new DefaultCamelContext();
    camel.getManagementStrategy().getManagementAgent().setRegisterAlways(true);
    camel.setBacklogTracing(true);
    camel.setDebugging(true);
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:understand").routeId("understand").setBody(constant("x"));
            from(kept()).routeId("keep").autoStartup(false).stop();
          }
        });
    camel.start();
    console =
        Console.open(
            Fixture.settings(data),
            Users.load(
                data, Map.of("PONTIC_HAWTIO_USERS", Fixture.USERS + "," + House.ADMINISTRATOR)),
            new Asking());
  }

  @AfterEach
  void close() {
    console.close();
    camel.stop();
  }

  @Test
  void withoutALoginOrWithAWrongPasswordJolokiaIsClosed() throws Exception {
    String read = post("read", "java.lang:type=Threading", "attribute", "ThreadCount");
    assertEquals(403, request("POST", console.url() + "jolokia", read).statusCode());
    assertEquals(403, request("GET", console.url() + "jolokia/version", "").statusCode());
    assertEquals(403, jolokia("vera", "otto-password", read).statusCode());
    assertEquals(403, jolokia("nobody", "vera-password", read).statusCode());
    HttpResponse<String> answer = jolokia("vera", "vera-password", read);
    assertEquals(200, new ObjectMapper().readTree(answer.body()).path("status").asInt());
  }

  @Test
  void whoIsLoggedInSeesTheRoutesByNameAndNothingOutsideThePolicy() throws Exception {
    JsonNode found =
        value("vera", "{\"type\":\"search\",\"mbean\":\"org.apache.camel:type=routes,*\"}");
    assertTrue(found.path("value").toString().contains("understand"), found.toString());
    assertEquals(
        "Started",
        value("vera", post("read", route(), "attribute", "State")).path("value").asText());
    JsonNode list = value("vera", "{\"type\":\"list\"}").path("value");
    assertTrue(list.has("org.apache.camel"));
    assertFalse(list.has("java.util.logging"));
    assertFalse(list.has("com.sun.management"));
    assertFalse(list.has("hawtio"));
    for (String refused :
        List.of(
            post("read", "java.lang:type=Runtime", "attribute", "SystemProperties"),
            post("read", "java.lang:type=Runtime", "attribute", "InputArguments"),
            post(
                "read",
                "com.sun.management:type=HotSpotDiagnostic",
                "attribute",
                "DiagnosticOptions"),
            post("exec", "com.sun.management:type=HotSpotDiagnostic", "operation", "dumpHeap"),
            "{\"type\":\"write\",\"mbean\":\"java.lang:type=Memory\",\"attribute\":\"Verbose\",\"value\":true}")) {
      assertEquals(403, value("otto", refused).path("status").asInt(), refused);
    }
    String runtime =
        jolokia("otto", "otto-password", "{\"type\":\"read\",\"mbean\":\"java.lang:type=Runtime\"}")
            .body();
    assertFalse(runtime.contains("java.class.path"), runtime);
  }

  @Test
  void aViewerCannotStopARouteHoweverTheOperationIsWrittenAndAnOperatorCan() throws Exception {
    for (String operation :
        List.of("stop", "stop()", "stop(long)", " stop ()", "remove", "updateRouteFromXml")) {
      assertEquals(
          403,
          value("vera", post("exec", route(), "operation", operation)).path("status").asInt(),
          operation);
    }
    assertEquals(ServiceStatus.Started, camel.getRouteController().getRouteStatus("understand"));
    assertEquals(
        200, value("otto", post("exec", route(), "operation", "stop()")).path("status").asInt());
    assertEquals(ServiceStatus.Stopped, camel.getRouteController().getRouteStatus("understand"));
    assertEquals(
        403, value("otto", post("exec", route(), "operation", "remove()")).path("status").asInt());
    String context =
        "org.apache.camel:context="
            + camel.getManagementName()
            + ",type=context,name=\""
            + camel.getName()
            + "\"";
    for (String operation :
        List.of(
            "stop()",
            "sendBody(java.lang.String,java.lang.Object)",
            "addOrUpdateRoutesFromXml(java.lang.String)")) {
      assertEquals(
          403,
          value("otto", post("exec", context, "operation", operation)).path("status").asInt(),
          operation);
    }
  }

  /** As its pages ask, before they offer a button. */
  @Test
  void hawtioIsToldWhatThePolicyAllowsWhoAsks() throws Exception {
    ObjectNode asked = new ObjectMapper().createObjectNode();
    asked.putArray(route()).add("stop()").add("dumpRouteAsXml()").add("remove()");
    ObjectNode all =
        (ObjectNode)
            new ObjectMapper()
                .readTree(post("exec", Rights.NAME, "operation", "canInvoke(java.util.Map)"));
    all.putArray("arguments").add(asked);
    for (String user : List.of("vera", "otto")) {
      JsonNode told = value(user, all.toString()).path("value").path(route());
      assertEquals(user.equals("otto"), told.at("/stop()/CanInvoke").asBoolean(), told.toString());
      assertTrue(told.at("/dumpRouteAsXml()/CanInvoke").asBoolean(), told.toString());
      assertFalse(told.at("/remove()/CanInvoke").asBoolean(true), told.toString());
    }
    JsonNode found =
        value("vera", "{\"type\":\"search\",\"mbean\":\"*:type=security,area=jmx,*\"}");
    assertEquals(
        "[\"" + Rights.NAME + "\"]",
        found.path("value").toString().replace("area=jmx,type=security", "type=security,area=jmx"));
    for (String bean : List.of(route(), "java.util.logging:type=Logging")) {
      ObjectNode one =
          (ObjectNode)
              new ObjectMapper()
                  .readTree(post("exec", Rights.NAME, "operation", "canInvoke(java.lang.String)"));
      one.putArray("arguments").add(bean);
      assertEquals(bean.equals(route()), value("vera", one.toString()).path("value").asBoolean());
    }
  }

  /** Camel's own MBeans would hand out what a queue holds and what went through a step. */
  @Test
  void bodiesThatCamelsMBeansHoldAreReadByNobodyThroughJolokia() throws Exception {
    Files.writeString(Files.createDirectories(data.resolve("kept")).resolve("one"), SECRET);
    camel.createProducerTemplate().sendBody("direct:understand", SECRET);
    MBeanServer here = ManagementFactory.getPlatformMBeanServer();
    ObjectName tracer = found("tracer", "BacklogTracer");
    ObjectName debugger = found("tracer", "BacklogDebugger");
    ObjectName queue = found("endpoints", "file:");
    assertTrue(
        here.invoke(tracer, "dumpAllTracedMessagesAsXml", new Object[0], new String[0])
            .toString()
            .contains(SECRET));
    assertTrue(
        here.invoke(
                queue,
                "browseAllMessagesAsXml",
                new Object[] {true},
                new String[] {Boolean.class.getName()})
            .toString()
            .contains(SECRET));

    List<String> refused = new ArrayList<>();
    List<String> answered = new ArrayList<>();
    for (ObjectName each : here.queryNames(null, null)) {
      answered.add(post("read", each.toString(), "path", ""));
      for (MBeanOperationInfo operation : here.getMBeanInfo(each).getOperations()) {
        String ask = post("exec", each.toString(), "operation", operation.getName());
        if (!GIVES_BODIES.matcher(operation.getName()).matches()) {
          continue;
        }
        if (each.toString().contains("DefaultInflightRepository")) {
          answered.add(post("exec", each.toString(), "operation", "browse()"));
        } else {
          refused.add(ask);
        }
      }
    }
    for (String operation : List.of("dumpAllTracedMessagesAsJSon", "dumpLatestMessageHistory")) {
      refused.add(post("exec", tracer.toString(), "operation", operation));
    }
    for (ObjectName each : List.of(tracer, debugger)) {
      refused.add(post("read", each.toString(), "attribute", "Enabled"));
      refused.add(post("exec", each.toString(), "operation", "enableDebugger"));
      refused.add(
          "{\"type\":\"write\",\"mbean\":%s,\"attribute\":\"Enabled\",\"value\":true}"
              .formatted(new ObjectMapper().writeValueAsString(each.toString())));
    }
    assertTrue(refused.stream().anyMatch(ask -> ask.contains("browseMessageBody")), "" + refused);
    assertTrue(refused.stream().anyMatch(ask -> ask.contains("sendStringBody")), "" + refused);
    for (Map.Entry<String, String> user :
        Map.of("vera", "vera-password", "otto", "otto-password", "admin", House.ADMIN_PASSWORD)
            .entrySet()) {
      JsonNode answers = together(user.getKey(), user.getValue(), refused);
      for (int i = 0; i < refused.size(); i++) {
        assertEquals(403, answers.get(i).path("status").asInt(), user + " " + refused.get(i));
      }
      String told = together(user.getKey(), user.getValue(), answered).toString();
      assertTrue(told.contains("ExchangesCompleted"), "the statistics of routes are read");
      assertFalse(told.contains(SECRET), () -> told.substring(told.indexOf(SECRET) - 500));
    }
  }

  @Test
  void aForeignPageMayNotAsk() throws Exception {
    HttpResponse<String> answer =
        request(
            "POST",
            console.url() + "jolokia",
            "{\"type\":\"version\"}",
            "Authorization",
            basic("vera", "vera-password"),
            "Origin",
            "http://evil.example");
    assertTrue(
        answer.statusCode() == 403
            || new ObjectMapper().readTree(answer.body()).path("status").asInt() == 403,
        answer.body());
  }

  @Test
  void thePagesAndTheFormLoginAreServed() throws Exception {
    assertTrue(request("GET", console.url() + "index.html", "").body().contains("<html"));
    HttpResponse<String> login =
        request(
            "POST",
            console.url() + "auth/login",
            "{\"username\":\"vera\",\"password\":\"vera-password\"}",
            "Content-Type",
            "application/json");
    assertEquals(200, login.statusCode());
    String cookie = login.headers().firstValue("Set-Cookie").orElse("");
    assertTrue(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), cookie);
    HttpResponse<String> answer =
        request(
            "POST",
            console.url() + "jolokia",
            post("exec", route(), "operation", "stop"),
            "Cookie",
            cookie.split(";")[0]);
    assertEquals(
        403, new ObjectMapper().readTree(answer.body()).path("status").asInt(), answer.body());
  }

  @Test
  void theFirstStartMakesAnAdminWhosePasswordOnlyTheOwnerReads() throws Exception {
    Users users = Users.load(data.resolve("first"), Map.of());
    Path file = data.resolve("first/hawtio-admin.password");
    assertEquals("rw-------", Fixture.permissions(file));
    assertEquals("rw-------", Fixture.permissions(data.resolve("first/hawtio-users")));
    String password = Files.readString(file).strip();
    assertEquals(Role.ADMIN, users.login("admin", password.toCharArray()).orElseThrow());
    assertTrue(users.login("admin", "guess".toCharArray()).isEmpty());
    assertFalse(Files.readString(data.resolve("first/hawtio-users")).contains(password));
    assertEquals(
        Role.ADMIN,
        Users.load(data.resolve("first"), Map.of())
            .login("admin", password.toCharArray())
            .orElseThrow());
  }

  private String kept() {
    return "file:" + data.resolve("kept");
  }

  private static ObjectName found(String type, String name) throws Exception {
    return ManagementFactory.getPlatformMBeanServer()
        .queryNames(new ObjectName("org.apache.camel:type=" + type + ",*"), null)
        .stream()
        .filter(each -> each.getKeyProperty("name").contains(name))
        .findFirst()
        .orElseThrow();
  }

  /** To show a password with each request would cost each the making of its hash. */
  private HttpResponse<String> inSession(String user, String password, String body)
      throws Exception {
    if (!sessions.containsKey(user)) {
      HttpResponse<String> login =
          request(
              "POST",
              console.url() + "auth/login",
              "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(user, password),
              "Content-Type",
              "application/json");
      assertEquals(200, login.statusCode());
      sessions.put(user, login.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0]);
    }
    return request("POST", console.url() + "jolokia", body, "Cookie", sessions.get(user));
  }

  private JsonNode together(String user, String password, List<String> asked) throws Exception {
    HttpResponse<String> response = inSession(user, password, asked.toString());
    assertEquals(200, response.statusCode(), response.body());
    return new ObjectMapper().readTree(response.body());
  }

  private String route() {
    return "org.apache.camel:context="
        + camel.getManagementName()
        + ",type=routes,name=\"understand\"";
  }

  private static String post(String type, String bean, String key, String value) {
    return new ObjectMapper()
        .createObjectNode()
        .put("type", type)
        .put("mbean", bean)
        .put(key, value)
        .toString();
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse<String> jolokia(String user, String password, String body) throws Exception {
    return request("POST", console.url() + "jolokia", body, "Authorization", basic(user, password));
  }

  private JsonNode value(String user, String body) throws Exception {
    HttpResponse<String> response = inSession(user, user + "-password", body);
    assertEquals(200, response.statusCode(), response.body());
    return new ObjectMapper().readTree(response.body());
  }
}
