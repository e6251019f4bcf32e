package pontic.sandbox.desk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.sandbox.Sandbox;
import pontic.sandbox.SandboxSettings;
import pontic.sandbox.Sql;
import pontic.sandbox.database.Engine;
import pontic.sandbox.database.Practice;

class FrontDeskTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static Sandbox sandbox;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    sandbox = Sandbox.start(SandboxSettings.onFreePorts(folder, Engine.MYISAM, 60), List.of());
  }

  @AfterAll
  static void stop() throws Exception {
    sandbox.close();
  }

  @Test
  void aBookingLeavesAppointmentHistoryAndAuditInThePracticesWallClock() throws Exception {
    for (String id : List.of("elm", "oak")) {
      Practice practice = sandbox.practice(id);
      long apt = book(id, 1, "2030-12-01T09:00");
      assertEquals(
          List.of("1|1|/XXXX/|1|1|2030-12-01 09:00:00|see first|1"),
          Sql.rows(
              practice,
              "SELECT PatNum,AptStatus,Pattern,Op,ProvNum,AptDateTime,Note,SecUserNumEntry"
                  + " FROM appointment WHERE AptNum="
                  + apt));
      assertEquals(List.of("0|1|1|2030-12-01 09:00:00|see first"), history(practice, apt));
      assertEquals(List.of("25|1|1|0"), audit(practice, apt));
      LocalDateTime written =
          LocalDateTime.parse(
              Sql.rows(practice, "SELECT HistDateTStamp FROM histappointment WHERE AptNum=" + apt)
                  .get(0)
                  .replace(' ', 'T'));
      assertTrue(Duration.between(written, practice.now()).abs().toSeconds() < 60);
    }
  }

  @Test
  void aMoveCopiesTheStateAfterIt() throws Exception {
    Practice elm = sandbox.practice("elm");
    long apt = book("elm", 2, "2030-12-02T09:00");
    desk(200, "elm", "move", "\"aptNum\":" + apt + ",\"at\":\"2030-12-03T10:30\",\"op\":2");
    assertEquals(
        List.of("2030-12-03 10:30:00|2"),
        Sql.rows(elm, "SELECT AptDateTime,Op FROM appointment WHERE AptNum=" + apt));
    assertEquals(
        List.of("0|1|1|2030-12-02 09:00:00|see first", "1|1|1|2030-12-03 10:30:00|see first"),
        history(elm, apt));
    assertEquals(List.of("25|1|2|0", "26|1|2|0"), audit(elm, apt));
  }

  @Test
  void brokenIsMissedOrCancelledInTheHistory() throws Exception {
    Practice oak = sandbox.practice("oak");
    long missed = book("oak", 1, "2030-12-02T09:00");
    long cancelled = book("oak", 1, "2030-12-02T10:00");
    desk(200, "oak", "break", "\"aptNum\":" + missed + ",\"breakType\":\"missed\"");
    desk(200, "oak", "break", "\"aptNum\":" + cancelled + ",\"breakType\":\"cancelled\"");
    assertEquals("2|1|5", history(oak, missed).get(1).substring(0, 5));
    assertEquals("3|1|5", history(oak, cancelled).get(1).substring(0, 5));
  }

  @Test
  void completeSetsTheStatus() throws Exception {
    Practice elm = sandbox.practice("elm");
    long apt = book("elm", 3, "2030-12-02T11:00");
    desk(200, "elm", "complete", "\"aptNum\":" + apt);
    assertEquals("1|1|2", history(elm, apt).get(1).substring(0, 5));
  }

  @Test
  void aDeleteTakesTheRowAndLeavesItsLastStateWithoutAKeyInTheAudit() throws Exception {
    for (String id : List.of("elm", "oak")) {
      Practice practice = sandbox.practice(id);
      long apt = book(id, 4, "2030-12-04T09:00");
      long audits = Sql.number(practice, "SELECT COUNT(*) FROM securitylog WHERE PatNum=4");
      Sql.execute(
          practice, "INSERT INTO procedurelog (PatNum,AptNum,ProcStatus) VALUES (4," + apt + ",1)");
      desk(200, id, "delete", "\"aptNum\":" + apt);
      assertEquals(0, Sql.number(practice, "SELECT COUNT(*) FROM appointment WHERE AptNum=" + apt));
      assertEquals("4|1|1|2030-12-04 09:00:00|see first", history(practice, apt).get(1));
      assertEquals(
          0, Sql.number(practice, "SELECT COUNT(*) FROM procedurelog WHERE AptNum=" + apt));
      assertEquals(List.of(), audit(practice, apt));
      assertEquals(
          audits + 1, Sql.number(practice, "SELECT COUNT(*) FROM securitylog WHERE PatNum=4"));
      assertEquals(
          1,
          Sql.number(practice, "SELECT COUNT(*) FROM securitylog WHERE PatNum=4 AND PermType=237"));
      desk(400, id, "delete", "\"aptNum\":" + apt);
    }
  }

  @Test
  void aNewPatientIsTheOwnGuarantorAndCanBeEditedAndDeleted() throws Exception {
    Practice oak = sandbox.practice("oak");
    long patient = person("oak", "Newcomer");
    assertEquals(
        List.of("Newcomer|Ida|1970-02-03|0|" + patient + "|1"),
        Sql.rows(
            oak,
            "SELECT LName,FName,Birthdate,PatStatus,Guarantor,SecUserNumEntry"
                + " FROM patient WHERE PatNum="
                + patient));
    assertEquals(1, Sql.number(oak, "SELECT COUNT(*) FROM patientnote WHERE PatNum=" + patient));
    desk(
        200,
        "oak",
        "editPatient",
        "\"patNum\":" + patient + ",\"fields\":{\"City\":\"Elsewhere\"}");
    desk(200, "oak", "deletePatient", "\"patNum\":" + patient);
    assertEquals(
        List.of("Elsewhere|4"),
        Sql.rows(oak, "SELECT City,PatStatus FROM patient WHERE PatNum=" + patient));
    assertEquals(
        List.of("106", "108", "108"),
        Sql.rows(
            oak,
            "SELECT PermType FROM securitylog WHERE UserNum=1 AND PatNum="
                + patient
                + " ORDER BY SecurityLogNum"));
  }

  @Test
  void aMergeRepointsEverythingAndArchivesTheLoser() throws Exception {
    Practice elm = sandbox.practice("elm");
    long from = person("elm", "Loser");
    long into = person("elm", "Keeper");
    long child = person("elm", "Child");
    desk(
        200,
        "elm",
        "editPatient",
        "\"patNum\":" + child + ",\"fields\":{\"Guarantor\":" + from + "}");
    long apt = book("elm", from, "2030-12-05T09:00");
    Sql.execute(elm, "INSERT INTO commlog (PatNum,Note) VALUES (" + from + ",'x')");
    desk(200, "elm", "merge", "\"from\":" + from + ",\"into\":" + into);
    for (String table :
        List.of("appointment", "histappointment", "commlog", "procedurelog", "securitylog")) {
      assertEquals(
          0, Sql.number(elm, "SELECT COUNT(*) FROM " + table + " WHERE PatNum=" + from), table);
    }
    assertEquals(into, Sql.number(elm, "SELECT PatNum FROM appointment WHERE AptNum=" + apt));
    assertEquals(into, Sql.number(elm, "SELECT Guarantor FROM patient WHERE PatNum=" + child));
    assertEquals(3, Sql.number(elm, "SELECT PatStatus FROM patient WHERE PatNum=" + from));
    assertEquals(
        List.of(from + "|" + into + "|1"),
        Sql.rows(
            elm, "SELECT PatNumFrom,PatNumTo,LinkType FROM patientlink WHERE PatNumFrom=" + from));
    assertEquals(
        1,
        Sql.number(elm, "SELECT COUNT(*) FROM securitylog WHERE PermType=94 AND PatNum=" + into));
    desk(400, "elm", "merge", "\"from\":" + from + ",\"into\":" + into);
    desk(400, "elm", "book", booking(from, "2030-12-05T10:00"));
  }

  @Test
  void ageingMovesEveryPatientsStampAndNothingElse() throws Exception {
    Practice oak = sandbox.practice("oak");
    String content =
        "SELECT CONCAT_WS('|',PatNum,LName,FName,Birthdate,Address,HmPhone,PatStatus)"
            + " FROM patient ORDER BY PatNum";
    Sql.execute(oak, "UPDATE patient SET DateTStamp='2020-01-01 00:00:00'");
    List<String> before = Sql.rows(oak, content);
    JsonNode answer = desk(200, "oak", "touchAll", "");
    assertEquals(before.size(), answer.get("rows").asInt());
    assertEquals(before, Sql.rows(oak, content));
    assertEquals(0, Sql.number(oak, "SELECT COUNT(*) FROM patient WHERE DateTStamp<'2020-01-02'"));
  }

  @Test
  void aWrongRequestIsToldWhatIsAllowed() throws Exception {
    assertTrue(desk(400, "elm", "dance", "").get("error").asText().contains("touchAll"));
    assertTrue(desk(400, "elm", "complete", "\"apt\":1").get("error").asText().contains("aptNum"));
    assertTrue(desk(400, "ash", "touchAll", "").get("error").asText().contains("[elm, oak]"));
    assertTrue(
        desk(400, "elm", "editPatient", "\"patNum\":1,\"fields\":{\"BalTotal\":\"1\"}")
            .get("error")
            .asText()
            .contains("Birthdate"));
    assertEquals(400, post("/front-desk", "{\"practice\":").statusCode());
    assertEquals(400, post("/front-desk", "").statusCode());
    assertEquals(404, post("/nothing", "{}").statusCode());
    assertEquals(405, post("/practices", "{}").statusCode());
    assertThrows(DeskException.class, () -> sandbox.frontDesk("elm").complete(999_999));
    assertThrows(
        DeskException.class, () -> sandbox.frontDesk("elm").addPatient(Map.of("LName", "Only")));
  }

  @Test
  void thePracticesAreListed() throws Exception {
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(uri("/practices")).build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode list = JSON.readTree(answer.body());
    assertEquals("elm", list.get(0).get("practice").asText());
    assertEquals("25.3", list.get(0).get("level").asText());
    assertEquals("America/Los_Angeles", list.get(1).get("zone").asText());
    assertEquals("23.1.30.0", list.get(1).get("programVersion").asText());
    assertEquals(sandbox.database().port(), list.get(1).get("databasePort").asInt());
  }

  private static long book(String practice, long patient, String at) throws Exception {
    return desk(200, practice, "book", booking(patient, at)).get("AptNum").asLong();
  }

  private static String booking(long patient, String at) {
    return "\"patNum\":"
        + patient
        + ",\"op\":1,\"provNum\":1,\"at\":\""
        + at
        + "\",\"minutes\":30,\"note\":\"see first\"";
  }

  private static long person(String practice, String family) throws Exception {
    return desk(
            200,
            practice,
            "addPatient",
            "\"fields\":{\"LName\":\""
                + family
                + "\",\"FName\":\"Ida\",\"Birthdate\":\"1970-02-03\"}")
        .get("PatNum")
        .asLong();
  }

  private static List<String> history(Practice practice, long apt) throws Exception {
    return Sql.rows(
        practice,
        "SELECT HistApptAction,HistUserNum,AptStatus,AptDateTime,Note FROM histappointment"
            + " WHERE AptNum="
            + apt
            + " ORDER BY HistApptNum");
  }

  private static List<String> audit(Practice practice, long apt) throws Exception {
    return Sql.rows(
        practice,
        "SELECT PermType,UserNum,PatNum,LogSource FROM securitylog WHERE FKey="
            + apt
            + " ORDER BY SecurityLogNum");
  }

  private static JsonNode desk(int status, String practice, String action, String more)
      throws Exception {
    String body =
        "{\"practice\":\""
            + practice
            + "\",\"action\":\""
            + action
            + "\""
            + (more.isEmpty() ? "" : "," + more)
            + "}";
    HttpResponse<String> answer = post("/front-desk", body);
    assertEquals(status, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + sandbox.control().port() + path);
  }
}
