package pontic.sandbox.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.sandbox.Sql;

class ChartsTest {
  @TempDir static Path folder;
  private static BothPractices both;
  private static Practice elm;
  private static Practice oak;

  @BeforeAll
  static void start() throws Exception {
    both = BothPractices.start(folder, 120);
    elm = both.elm();
    oak = both.oak();
  }

  @AfterAll
  static void stop() {
    both.close();
  }

  @Test
  void everyTableHasRows() throws Exception {
    for (Practice practice : List.of(elm, oak)) {
      for (Table table : practice.schema().tables()) {
        boolean off = practice == elm && table.name().equals("clinic");
        long rows = Sql.number(practice, "SELECT COUNT(*) FROM `" + table.name() + "`");
        assertTrue(off == (rows == 0), practice.id() + "." + table.name() + ": " + rows);
      }
    }
  }

  @Test
  void proceduresAreOfEveryStatusAndCarryWhatTheirTreatAreaAsksFor() throws Exception {
    for (Practice practice : List.of(elm, oak)) {
      assertEquals(
          List.of("1", "2", "3", "4", "5", "6", "7", "8", "99"),
          Sql.rows(practice, "SELECT DISTINCT ProcStatus FROM procedurelog ORDER BY ProcStatus"));
      assertEquals(
          List.of("0", "1", "2", "3", "4", "5", "6", "7"),
          Sql.rows(
              practice,
              "SELECT DISTINCT TreatArea FROM procedurelog JOIN procedurecode USING (CodeNum)"
                  + " ORDER BY TreatArea"));
      assertEquals(
          0,
          Sql.number(
              practice,
              "SELECT COUNT(*) FROM procedurelog JOIN procedurecode USING (CodeNum) WHERE NOT"
                  + " CASE TreatArea WHEN 1 THEN ToothNum<>'' AND Surf REGEXP '^[MODBIFLV]+$'"
                  + " WHEN 2 THEN ToothNum<>'' AND Surf='' WHEN 4 THEN Surf IN ('UR','UL','LL','LR')"
                  + " WHEN 5 THEN Surf BETWEEN '1' AND '6' WHEN 6 THEN Surf IN ('U','L')"
                  + " WHEN 7 THEN ToothRange<>'' ELSE Surf='' AND ToothNum='' END"));
    }
  }

  @Test
  void findingsAndListsAreOfEveryKind() throws Exception {
    for (Practice practice : List.of(elm, oak)) {
      assertTrue(
          Sql.rows(practice, "SELECT DISTINCT SequenceType FROM periomeasure")
              .containsAll(List.of("0", "1", "2", "4", "5", "6")));
      assertTrue(
          Sql.number(
                  practice, "SELECT COUNT(*) FROM periomeasure WHERE MLvalue BETWEEN 101 AND 119")
              > 0);
      assertTrue(
          Sql.number(
                  practice,
                  "SELECT COUNT(*) FROM toothinitial WHERE InitialType=0 AND ToothNum REGEXP '^[A-T]$'")
              > 0);
      assertTrue(
          Sql.number(
                  practice,
                  "SELECT COUNT(*) FROM procedurelog WHERE ToothNum BETWEEN '51' AND '82'")
              > 0);
      assertTrue(
          Sql.number(
                  practice,
                  "SELECT COUNT(*) FROM medicationpat WHERE MedicationNum=0 AND MedDescript<>''")
              > 0);
      assertEquals(
          List.of("0", "1", "2"),
          Sql.rows(
              practice, "SELECT DISTINCT TPStatus FROM treatplan WHERE TPStatus<8 ORDER BY 1"));
      assertEquals(
          0,
          Sql.number(
              practice,
              "SELECT COUNT(*) FROM treatplanattach a JOIN treatplan t USING (TreatPlanNum)"
                  + " JOIN procedurelog p USING (ProcNum) WHERE t.PatNum<>p.PatNum"));
      assertEquals(
          0,
          Sql.number(
              practice,
              "SELECT COUNT(*) FROM payment p WHERE PayAmt>0 AND ABS(PayAmt-(SELECT SUM(SplitAmt)"
                  + " FROM paysplit s WHERE s.PayNum=p.PayNum))>0.001"));
    }
  }

  @Test
  void oneClinicsPracticeHasTwoWithTheirZones() throws Exception {
    assertEquals(
        List.of("1|America/Los_Angeles", "2|America/Denver"),
        Sql.rows(oak, "SELECT ClinicNum,TimeZone FROM clinic ORDER BY ClinicNum"));
    assertTrue(Sql.number(oak, "SELECT COUNT(*) FROM procedurelog WHERE ClinicNum=2") > 0);
    assertEquals(0, Sql.number(elm, "SELECT COUNT(*) FROM procedurelog WHERE ClinicNum<>0"));
  }

  @Test
  void uglyRowsHangOnOnePatientOnly() throws Exception {
    assertEquals(
        List.of("9007199254740993|999999"),
        Sql.rows(
            elm,
            "SELECT AllergyNum,AllergyDefNum FROM allergy WHERE AllergyDefNum NOT IN"
                + " (SELECT AllergyDefNum FROM allergydef)"));
    for (String[] zero :
        new String[][] {
          {"procedurelog", "ProcDate"},
          {"perioexam", "ExamDate"},
          {"rxpat", "RxDate"},
          {"refattach", "RefDate"},
          {"paysplit", "ProcDate"}
        }) {
      assertEquals(
          List.of("10"),
          Sql.rows(
              elm,
              "SELECT PatNum FROM "
                  + zero[0]
                  + " WHERE CAST("
                  + zero[1]
                  + " AS CHAR)='0000-00-00'"),
          zero[0]);
    }
    assertEquals(
        1,
        Sql.number(
            elm, "SELECT COUNT(*) FROM schedule WHERE CAST(SchedDate AS CHAR)='0000-00-00'"));
    assertTrue(Sql.number(elm, "SELECT COUNT(*) FROM refattach WHERE Note LIKE '%\r\n%中文%'") > 0);
    assertEquals(255, Sql.number(elm, "SELECT MAX(CHAR_LENGTH(Reaction)) FROM allergy"));
    assertEquals(60_000, Sql.number(elm, "SELECT MAX(CHAR_LENGTH(PatNote)) FROM disease"));
  }

  @Test
  void aFewDocumentsHaveAFileInTheOfficesFolder() throws Exception {
    List<String> files =
        Sql.rows(
            elm,
            "SELECT CONCAT_WS('/',LEFT(LName,1),ImageFolder,FileName) FROM document"
                + " JOIN patient USING (PatNum) WHERE ImageFolder<>'' AND FileName<>''"
                + " ORDER BY DocNum LIMIT 3");
    assertEquals(3, files.size());
    assertEquals(
        List.of(elm.images().toString()),
        Sql.rows(elm, "SELECT ValueString FROM preference WHERE PrefName='DocPath'"));
    for (String file : files) {
      assertTrue(Files.size(elm.images().resolve(file)) > 0, file);
    }
  }

  @Test
  void aChartIsTheSameInALargerPractice() throws Exception {
    Practice larger = both.practices().open(PracticePlan.elm(Engine.INNODB, 300).as("larger", 1));
    String chart =
        "SELECT p.PatNum,c.ProcCode,p.ProcStatus,p.ToothNum,p.Surf,p.ToothRange FROM procedurelog p"
            + " JOIN procedurecode c USING (CodeNum) WHERE p.PatNum<=5 AND c.ProcCode NOT LIKE 'S0%'"
            + " ORDER BY p.ProcNum";
    assertEquals(Sql.rows(elm, chart), Sql.rows(larger, chart));
  }
}
