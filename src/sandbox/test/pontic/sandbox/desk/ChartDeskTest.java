package pontic.sandbox.desk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
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

class ChartDeskTest {
  @TempDir static Path folder;
  private static Sandbox sandbox;
  private static Practice elm;
  private static ChartDesk chart;

  @BeforeAll
  static void start() throws Exception {
    sandbox = Sandbox.start(SandboxSettings.onFreePorts(folder, Engine.MYISAM, 30), List.of());
    elm = sandbox.practice("elm");
    chart = sandbox.chartDesk("elm");
  }

  @AfterAll
  static void stop() throws Exception {
    sandbox.close();
  }

  @Test
  void aListsRowIsAddedEditedAndRemovedWithItsAuditEntries() throws Exception {
    for (Object[] one :
        new Object[][] {
          {"allergy", Map.of("PatNum", 1, "AllergyDefNum", 2), "Reaction", "itch", "73|73|73"},
          {"disease", Map.of("PatNum", 1, "DiseaseDefNum", 2), "PatNote", "new", "71|71|71"},
          {"medicationpat", Map.of("PatNum", 1, "MedicationNum", 2), "PatNote", "2", "72|72|72"},
          {"rxpat", Map.of("PatNum", 1, "Drug", "x"), "Sig", "daily", "76|76|76"},
          {"commlog", Map.of("PatNum", 1, "Note", "x"), "Note", "y", "193|43|43"},
          {"patplan", Map.of("PatNum", 1, "InsSubNum", 1), "PatID", "9", "113|114"},
          {"vitalsign", Map.of("PatNum", 1, "Pulse", 60), "Pulse", "61", ""},
          {"labcase", Map.of("PatNum", 1), "Instructions", "thin", ""},
        }) {
      String table = one[0].toString();
      long mark = Sql.number(elm, "SELECT MAX(SecurityLogNum) FROM securitylog");
      @SuppressWarnings("unchecked")
      long key = chart.add(table, (Map<String, Object>) one[1]);
      chart.edit(table, key, Map.of(one[2].toString(), one[3]));
      String pk = elm.schema().table(table).primaryKey();
      assertEquals(
          List.of(one[3].toString()),
          Sql.rows(elm, "SELECT " + one[2] + " FROM " + table + " WHERE " + pk + "=" + key));
      chart.remove(table, key);
      assertEquals(List.of(), Sql.rows(elm, "SELECT 1 FROM " + table + " WHERE " + pk + "=" + key));
      assertEquals(
          one[4],
          String.join(
              "|",
              Sql.rows(
                  elm,
                  "SELECT PermType FROM securitylog WHERE PatNum=1 AND FKey IN (0,"
                      + key
                      + ") AND SecurityLogNum>"
                      + mark
                      + " ORDER BY SecurityLogNum")),
          table);
    }
  }

  @Test
  void aCompletedProcedureHasItsDatesANoteAndNoPlanAnyMore() throws Exception {
    long plan = chart.plan(0, 2, "Active", List.of());
    long procedure =
        chart.add(
            "procedurelog", Map.of("PatNum", 2, "ProcStatus", 1, "CodeNum", 5, "ToothNum", "3"));
    chart.plan(plan, 2, "Active", List.of(procedure));
    assertEquals(
        1, Sql.number(elm, "SELECT COUNT(*) FROM treatplanattach WHERE TreatPlanNum=" + plan));
    chart.completeProcedure(procedure, "Done.\r\nWell.");
    chart.note(procedure, "Done.\r\nVery well.");
    String today = elm.now().toLocalDate().toString();
    assertEquals(
        List.of("2|" + today + "|" + today),
        Sql.rows(
            elm,
            "SELECT ProcStatus,ProcDate,DateComplete FROM procedurelog WHERE ProcNum="
                + procedure));
    assertEquals(
        2,
        Sql.number(elm, "SELECT COUNT(*) FROM procnote WHERE PatNum=2 AND ProcNum=" + procedure));
    assertEquals(
        0, Sql.number(elm, "SELECT COUNT(*) FROM treatplanattach WHERE ProcNum=" + procedure));
    chart.insertRow("claimproc", Map.of("ProcNum", procedure, "PatNum", 2));
    chart.remove("procedurelog", procedure);
    assertEquals(
        List.of("6"),
        Sql.rows(elm, "SELECT ProcStatus FROM procedurelog WHERE ProcNum=" + procedure));
    assertEquals(0, Sql.number(elm, "SELECT COUNT(*) FROM claimproc WHERE ProcNum=" + procedure));
    assertEquals(
        List.of("23"),
        Sql.rows(
            elm,
            "SELECT PermType FROM securitylog WHERE FKey="
                + procedure
                + " AND PermType IN (23,49)"));
  }

  @Test
  void onlyClaimsDocumentsAndPrescriptionsAreNamedByTheEntryOfTheirRemoval() throws Exception {
    long mark = Sql.number(elm, "SELECT MAX(SecurityLogNum) FROM securitylog");
    long claim = chart.add("claim", Map.of("PatNum", 5));
    long drug = chart.add("rxpat", Map.of("PatNum", 5, "Drug", "Sandboxil"));
    long document = chart.add("document", Map.of("PatNum", 5, "Description", "Letter"));
    long recall = chart.add("recall", Map.of("PatNum", 5));
    long attach = chart.add("refattach", Map.of("PatNum", 5));
    chart.remove("claim", claim);
    chart.remove("rxpat", drug);
    chart.remove("document", document);
    chart.remove("recall", recall);
    chart.remove("refattach", attach);
    assertEquals(
        List.of("118|" + claim, "76|" + drug, "44|" + document, "156|0", "57|0"),
        Sql.rows(
            elm,
            "SELECT PermType,FKey FROM securitylog WHERE LogText LIKE '% deleted'"
                + " AND SecurityLogNum>"
                + mark
                + " ORDER BY SecurityLogNum"));
  }

  @Test
  void anExamIsSavedRowByRowAndAMeasureIsReplacedNotDoubled() throws Exception {
    long exam = chart.beginPerio(3, 3);
    assertEquals(
        0, Sql.number(elm, "SELECT COUNT(*) FROM periomeasure WHERE PerioExamNum=" + exam));
    long first = chart.measure(exam, 4, 3, -1, List.of(3, 2, 3, 4, 2, 3));
    assertEquals(first, chart.measure(exam, 4, 3, -1, List.of(5, 2, 3, 4, 2, 3)));
    chart.measure(exam, 2, 3, -1, List.of(101, -1, -1, -1, -1, 105));
    assertEquals(
        List.of("2|101|105", "4|5|3"),
        Sql.rows(
            elm,
            "SELECT SequenceType,MBvalue,DLvalue FROM periomeasure WHERE PerioExamNum="
                + exam
                + " ORDER BY 1"));
    chart.remove("perioexam", exam);
    assertEquals(
        0, Sql.number(elm, "SELECT COUNT(*) FROM periomeasure WHERE PerioExamNum=" + exam));
  }

  @Test
  void aDaySavedAnewHasTheSameHoursUnderNewKeysAndNoAudit() throws Exception {
    LocalDate day =
        LocalDate.parse(
            Sql.rows(elm, "SELECT MAX(SchedDate) FROM schedule WHERE SchedType=1").get(0));
    String hours =
        "SELECT s.ProvNum,s.StartTime,o.OperatoryNum FROM schedule s JOIN scheduleop o"
            + " USING (ScheduleNum) WHERE s.SchedDate='%s' ORDER BY 1".formatted(day);
    String keys = "SELECT ScheduleNum FROM schedule WHERE SchedDate='%s'".formatted(day);
    List<String> before = Sql.rows(elm, hours);
    List<String> oldKeys = Sql.rows(elm, keys);
    long log = Sql.number(elm, "SELECT COUNT(*) FROM securitylog WHERE PermType IN (12,13)");
    assertEquals(4, chart.resyncDay(day));
    assertEquals(before, Sql.rows(elm, hours));
    assertNotEquals(oldKeys, Sql.rows(elm, keys));
    assertEquals(
        log, Sql.number(elm, "SELECT COUNT(*) FROM securitylog WHERE PermType IN (12,13)"));
  }

  @Test
  void racesAreRewrittenWithoutMovingThePatientsStamp() throws Exception {
    Sql.execute(elm, "UPDATE patient SET DateTStamp='2020-01-01 12:00:00' WHERE PatNum=4");
    chart.races(4, List.of("2106-3", "2135-2"));
    assertEquals(
        List.of("2106-3", "2135-2"),
        Sql.rows(elm, "SELECT CdcrecCode FROM patientrace WHERE PatNum=4 ORDER BY 1"));
    assertEquals(
        List.of("2020-01-01 12:00:00"),
        Sql.rows(elm, "SELECT DateTStamp FROM patient WHERE PatNum=4"));
  }

  @Test
  void aDocumentsFileComesAndGoesWithItsRow() throws Exception {
    long document = chart.addDocument(5, "note.txt", new byte[] {1, 2});
    Path file = chart.file(document);
    assertTrue(file.startsWith(elm.images()));
    assertArrayEquals(new byte[] {1, 2}, Files.readAllBytes(file));
    chart.remove("document", document);
    assertFalse(Files.exists(file));
    assertThrows(DeskException.class, () -> chart.addDocument(5, "../x", new byte[0]));
  }

  @Test
  void aClaimGoesOutComesBackAndIsPaid() throws Exception {
    long claim = chart.add("claim", Map.of("PatNum", 6, "ClaimStatus", "U"));
    chart.add("claimproc", Map.of("PatNum", 6, "ClaimNum", claim, "ProcNum", 1));
    chart.sendClaim(claim);
    assertEquals(
        List.of("S"), Sql.rows(elm, "SELECT ClaimStatus FROM claim WHERE ClaimNum=" + claim));
    chart.receiveClaim(claim, 80);
    assertEquals(
        List.of("R|80|1|80"),
        Sql.rows(
            elm,
            "SELECT ClaimStatus,ROUND(c.InsPayAmt),p.Status,ROUND(p.InsPayAmt) FROM claim c"
                + " JOIN claimproc p USING (ClaimNum) WHERE ClaimNum="
                + claim));
    long payment = chart.pay(6, 30, List.of(1L, 2L));
    assertEquals(
        List.of("1|15", "2|15"),
        Sql.rows(
            elm,
            "SELECT ProcNum,ROUND(SplitAmt) FROM paysplit WHERE PayNum="
                + payment
                + " ORDER BY 1"));
  }

  @Test
  void aMergedProviderStaysHiddenAndWhatPointedAtHimPointsAtTheOther() throws Exception {
    assertTrue(chart.mergeRows("provider", 4, 3) > 0);
    assertEquals(0, Sql.number(elm, "SELECT COUNT(*) FROM patient WHERE SecProv=4"));
    assertEquals(0, Sql.number(elm, "SELECT COUNT(*) FROM appointment WHERE ProvHyg=4"));
    assertEquals(
        List.of("1|1"), Sql.rows(elm, "SELECT IsHidden,ProvStatus FROM provider WHERE ProvNum=4"));
    chart.mergeRows("medication", 5, 1);
    assertEquals(0, Sql.number(elm, "SELECT COUNT(*) FROM medication WHERE MedicationNum=5"));
    assertThrows(DeskException.class, () -> chart.mergeRows("claim", 1, 2));
  }

  @Test
  void recallsAreRewrittenAndThoseThatStayTheSameKeepTheirStamps() throws Exception {
    chart.syncRecalls();
    Sql.execute(elm, "UPDATE recall SET DateTStamp='2020-01-01 12:00:00'");
    sandbox.frontDesk("elm").book(1, 1, 1, elm.now().plusHours(1).withSecond(0), 30, "");
    int changed = chart.syncRecalls();
    assertEquals(
        changed,
        Sql.number(elm, "SELECT COUNT(*) FROM recall WHERE DateTStamp>'2020-01-02' AND PatNum=1"));
    assertTrue(Sql.number(elm, "SELECT COUNT(*) FROM recall WHERE DateTStamp<'2020-01-02'") > 0);
  }

  @Test
  void theSamePassesOverHttpAndRawChangesLeaveNoAudit() throws Exception {
    long log = Sql.number(elm, "SELECT COUNT(*) FROM securitylog");
    String columns =
        "{\"AllergyNum\":9007199254740999,\"PatNum\":1,\"AllergyDefNum\":1,"
            + "\"DateTStamp\":\"2020-02-02 10:00:00\"}";
    assertEquals(
        "{\"key\":9007199254740999}",
        post(200, "\"action\":\"insert\",\"table\":\"allergy\",\"columns\":" + columns));
    String named = "\"table\":\"allergy\",\"key\":9007199254740999";
    post(200, "\"action\":\"update\"," + named + ",\"columns\":{\"Reaction\":\"ü\"}");
    assertEquals(
        List.of("ü"),
        Sql.rows(elm, "SELECT Reaction FROM allergy WHERE AllergyNum=9007199254740999"));
    post(200, "\"action\":\"delete\"," + named);
    assertEquals(
        0, Sql.number(elm, "SELECT COUNT(*) FROM allergy WHERE AllergyNum=9007199254740999"));
    assertEquals(log, Sql.number(elm, "SELECT COUNT(*) FROM securitylog"));
    post(400, "\"action\":\"update\",\"table\":\"allergy\",\"key\":1,\"columns\":{\"X\":1}");
    post(400, "\"action\":\"delete\",\"table\":\"nothing\",\"key\":1");
    post(
        200,
        "\"action\":\"addRow\",\"table\":\"vitalsign\",\"columns\":{\"PatNum\":1,\"Weight\":150.5}");
    post(200, "\"action\":\"missingTooth\",\"patNum\":1,\"tooth\":\"14\"");
    assertEquals(
        log, Sql.number(elm, "SELECT COUNT(*) FROM securitylog"), "neither is known to be logged");
  }

  @Test
  void anUpgradeOverHttpCanBeLeftHalfDone() throws Exception {
    Practice oak = sandbox.practice("oak");
    String path = "/practices/oak/upgrade";
    assertTrue(
        send(path, 200, "{\"version\":\"25.2.30.0\",\"until\":\"columns\"}").contains("23.1.30.0"));
    assertTrue(oak.schema().table("appointment").has("IsMirrored"));
    sandbox.frontDesk("oak").book(1, 1, 1, oak.now().plusDays(99), 30, "in between");
    assertTrue(send(path, 200, "{\"version\":\"25.2.30.0\"}").contains("25.2.30.0"));
    assertEquals(
        List.of("25.2.30.0"),
        Sql.rows(oak, "SELECT ValueString FROM preference WHERE PrefName='DataBaseVersion'"));
    send(path, 400, "{\"version\":\"21.1.1.0\"}");
    send(path, 400, "{\"version\":\"25.3.1.0\",\"until\":\"tea\"}");
  }

  private static String post(int status, String fields) throws Exception {
    return send("/front-desk", status, "{\"practice\":\"elm\"," + fields + "}");
  }

  private static String send(String path, int status, String body) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + sandbox.ports().get("control") + path))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(status, answer.statusCode(), answer.body());
    return answer.body();
  }
}
