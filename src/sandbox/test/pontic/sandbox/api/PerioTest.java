package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Periodontal exams as Open Dental's documentation tells of them (open-dental-api.md 2.17, 2.18).
 */
@ExtendWith(SandboxDatabase.class)
class PerioTest {
  private static final String SITES = "MBvalue, Bvalue, DBvalue, MLvalue, Lvalue, DLvalue";

  /** 323b: distal 3, facial 2, mesial 3 with a flag; left of the middle mesial comes first. */
  @Test
  void stringsAreDepthsFromTheRightSideOfTheMouthToTheLeftWithFlagsBehindThem(TestApi on) {
    on.unthrottled();
    long patient = on.newPatient();
    String upper = "423b" + "1".repeat(3 * 7) + "567sp";
    TestApi.Reply made =
        on.post(
            "/perioexams",
            "{\"PatNum\":%d,\"ExamDate\":\"2026-02-03\",\"Note\":\"all\",\"UpperFacial\":\"%s\",\"LowerLingual\":\"9-8 7c\"}"
                .formatted(patient, upper));
    assertEquals(201, made.status(), made.text());
    long exam = made.json().get("PerioExamNum").asLong();
    assertEquals("2026-02-03", made.json().get("ExamDate").asText());
    assertEquals("3,2,4,-1,-1,-1", values(on, exam, 4, 1));
    assertEquals("1,0,0,0,0,0", values(on, exam, 6, 1));
    assertEquals("5,6,7,-1,-1,-1", values(on, exam, 4, 9));
    assertEquals("0,0,6,0,0,0", values(on, exam, 6, 9));
    assertEquals("-1,-1,-1,7,8,9", values(on, exam, 4, 32));
    assertEquals("0,0,0,8,0,0", values(on, exam, 6, 32));
    assertEquals(
        13, on.get("/periomeasures?PerioExamNum=" + exam).json().size(), "ten teeth, three flags");
  }

  @Test
  void oneMeasureOfEachKindAndToothIsMadeAndWrittenOverAndNoneOfSitesIsDeleted(TestApi on) {
    on.unthrottled();
    long exam =
        on.post("/perioexams", "{\"PatNum\":%d}".formatted(on.newPatient()))
            .json()
            .get("PerioExamNum")
            .asLong();
    String margin =
        "{\"PerioExamNum\":%d,\"SequenceType\":\"GingMargin\",\"IntTooth\":3,\"MBvalue\":105}";
    TestApi.Reply made = on.post("/periomeasures", margin.formatted(exam));
    assertEquals(201, made.status(), made.text());
    long key = made.json().get("PerioMeasureNum").asLong();
    assertEquals(400, on.post("/periomeasures", margin.formatted(exam)).status());
    assertEquals(200, on.put("/periomeasures/" + key, "{\"Bvalue\":2}").status());
    assertEquals("105,2,-1,-1,-1,-1", values(on, exam, 2, 3));
    for (String wrong :
        List.of(
            margin.replace("105", "120"),
            margin.replace("GingMargin", "Probing"),
            margin.replace("GingMargin", "Mobility"),
            margin.replace("105", "-1"),
            margin.replace(":3,", ":33,"),
            margin.replace("GingMargin", "CAL"))) {
      assertEquals(
          400,
          on.post("/periomeasures", wrong.replace("Tooth\":3,", "Tooth\":4,").formatted(exam))
              .status(),
          wrong);
    }
    assertEquals(404, on.post("/periomeasures", margin.formatted(987_654_321)).status());
    assertEquals(400, delete(on, "/periomeasures/" + key).status());
    assertEquals(200, delete(on, "/perioexams/" + exam).status());
    assertEquals(404, delete(on, "/perioexams/" + exam).status());
    assertEquals(
        0,
        on.one("select count(*) as n from periomeasure where PerioExamNum = ?", exam).number("n"));
  }

  private static TestApi.Reply delete(TestApi on, String path) {
    return on.send(on.request("DELETE", path, "", OpenDentalApi.ELM_KEY).build());
  }

  private static String values(TestApi on, long exam, int type, int tooth) {
    return on.one(
            "select concat_ws(',', "
                + SITES
                + ") as v from periomeasure where PerioExamNum = ? and SequenceType = ? and IntTooth = ?",
            exam,
            type,
            tooth)
        .text("v");
  }
}
