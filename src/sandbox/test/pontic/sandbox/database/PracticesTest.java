package pontic.sandbox.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PracticesTest {
  @TempDir static Path folder;
  private static BothPractices both;
  private static Practice elm;
  private static Practice oak;

  @BeforeAll
  static void start() throws Exception {
    both = BothPractices.start(folder, 300);
    elm = both.elm();
    oak = both.oak();
  }

  @AfterAll
  static void stop() {
    both.close();
  }

  @Test
  void aPracticeHasTheColumnsOfItsLevelAndNoOthers() throws Exception {
    for (Practice practice : List.of(elm, oak)) {
      List<String> expected = new ArrayList<>();
      for (Table table : practice.schema().tables()) {
        for (Column c : table.columns()) {
          expected.add(
              table.name()
                  + "."
                  + c.name()
                  + " "
                  + c.bareType()
                  + (c.nullable() ? " YES" : " NO")
                  + (c.isStamp() ? " on update current_timestamp()" : ""));
        }
      }
      assertEquals(
          expected.stream().sorted().toList(),
          strings(
                  practice,
                  "SELECT CONCAT(TABLE_NAME,'.',COLUMN_NAME,' ',COLUMN_TYPE,' ',IS_NULLABLE,"
                      + "IF(EXTRA LIKE 'on update%',CONCAT(' ',EXTRA),''))"
                      + " FROM information_schema.columns WHERE TABLE_SCHEMA=DATABASE()")
              .stream()
              .sorted()
              .toList());
    }
  }

  @Test
  void aPracticeHasTheIndexesOfItsLevelAndNoOthers() throws Exception {
    for (Practice practice : List.of(elm, oak)) {
      List<String> expected = new ArrayList<>();
      for (Table table : practice.schema().tables()) {
        expected.add(table.name() + " PRIMARY " + table.primaryKey());
        table
            .indexes()
            .forEach(
                i ->
                    expected.add(
                        table.name() + " " + i.name() + " " + String.join(",", i.columns())));
      }
      assertEquals(
          expected.stream().sorted().toList(),
          strings(
                  practice,
                  "SELECT CONCAT(TABLE_NAME,' ',INDEX_NAME,' ',"
                      + "GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX))"
                      + " FROM information_schema.statistics WHERE TABLE_SCHEMA=DATABASE()"
                      + " GROUP BY TABLE_NAME,INDEX_NAME")
              .stream()
              .sorted()
              .toList());
    }
  }

  /** Facts that stand in open-dental-schema.csv, written here a second time by hand. */
  @Test
  void theLevelsDifferAsTheUpgradeHistorySays() {
    assertTrue(elm.schema().table("appointment").has("IsMirrored"));
    assertFalse(oak.schema().table("appointment").has("IsMirrored"));
    assertFalse(oak.schema().table("appointment").has("ItemOrderPlanned"));
    assertFalse(oak.schema().table("procedurecode").has("DiagnosticCodes"));
    assertTrue(oak.schema().table("commlog").has("ReferralNum"));
    assertEquals("varchar(20)", type(oak, "patient", "ChartNumber"));
    assertEquals("varchar(100)", type(elm, "patient", "ChartNumber"));
    assertEquals("smallint(6)", type(elm, "securitylog", "PermType"));
    assertEquals("tinyint(3) unsigned", type(oak, "securitylog", "PermType"));
    assertEquals("varchar(255)", type(oak, "appointment", "ProcDescript"));
    assertFalse(indexed(oak, "histappointment", "HistDateTStamp"));
    assertTrue(indexed(elm, "histappointment", "HistDateTStamp"));
    assertFalse(indexed(elm, "patient", "DateTStamp"));
    assertTrue(Schema.at(new SchemaLevel(19, 3)).table("appointment").has("SecDateEntry"));
    assertFalse(Schema.at(new SchemaLevel(19, 3)).table("appointment").has("SecDateTEntry"));
  }

  @Test
  void aStampMovesOnAChangeAndNotOnAnUpdateThatChangesNothing() throws Exception {
    execute(elm, "UPDATE patient SET DateTStamp='2020-01-01 12:00:00' WHERE PatNum=2");
    execute(elm, "UPDATE patient SET City=City WHERE PatNum=2");
    assertEquals("2020-01-01 12:00:00", stamp(2));
    execute(elm, "UPDATE patient SET City='Elsewhere' WHERE PatNum=2");
    assertEquals(
        "1",
        strings(
                elm,
                "SELECT DateTStamp BETWEEN NOW() - INTERVAL 1 MINUTE AND NOW()"
                    + " FROM patient WHERE PatNum=2")
            .get(0));
  }

  @Test
  void aSessionOfAPracticeHasItsWallClock() throws Exception {
    for (Practice practice : List.of(elm, oak)) {
      LocalDateTime server =
          LocalDateTime.parse(strings(practice, "SELECT NOW()").get(0).replace(' ', 'T'));
      assertTrue(Duration.between(server, practice.now()).abs().toSeconds() < 5);
      assertEquals(
          practice.id().equals("elm") ? "2026-07-01 08:00:00" : "2026-07-01 05:00:00",
          strings(practice, "SELECT FROM_UNIXTIME(1782907200)").get(0));
    }
  }

  @Test
  void theAccountForReadingReadsAndCannotWrite() throws Exception {
    try (Connection connection =
            DriverManager.getConnection(
                both.server().jdbcUrl(elm.database()),
                PracticePlan.READ_ACCOUNT,
                PracticePlan.READ_PASSWORD);
        Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM patient")) {
        rows.next();
        assertEquals(300, rows.getInt(1));
      }
      for (String sql :
          List.of(
              "UPDATE patient SET City='x' WHERE PatNum=1",
              "DELETE FROM appointment",
              "CREATE TABLE extra (a int)",
              "SELECT * FROM mysql.global_priv")) {
        assertThrows(SQLException.class, () -> statement.execute(sql), sql);
      }
    }
  }

  @Test
  void theSeededPeopleAreOfEveryKind() throws Exception {
    for (Practice practice : List.of(elm, oak)) {
      assertEquals(
          List.of("0", "1", "2", "3", "4", "5"),
          strings(practice, "SELECT DISTINCT PatStatus FROM patient ORDER BY PatStatus"));
      assertEquals(
          strings(practice, "SELECT COUNT(*) FROM patient WHERE PatStatus=3"),
          strings(
              practice,
              "SELECT COUNT(*) FROM patientlink JOIN patient ON PatNum=PatNumFrom"
                  + " WHERE LinkType=1 AND PatStatus=3"));
      assertTrue(
          number(
                  practice,
                  "SELECT COUNT(*) FROM patient a JOIN patient b ON a.PatNum<b.PatNum AND"
                      + " a.LName=b.LName AND a.Birthdate=b.Birthdate AND a.FName<>b.FName"
                      + " AND a.Guarantor=b.Guarantor")
              > 0);
      assertEquals(
          0,
          number(
              practice,
              "SELECT COUNT(*) FROM patient p LEFT JOIN patient g ON g.PatNum=p.Guarantor"
                  + " WHERE g.PatNum IS NULL OR g.HmPhone<>p.HmPhone"));
      assertTrue(
          number(
                  practice,
                  "SELECT MAX(n) FROM (SELECT COUNT(*) n FROM patient GROUP BY Guarantor) families")
              > 1);
      assertEquals(
          1,
          number(
              practice,
              "SELECT COUNT(*) FROM provider a JOIN provider b ON a.ProvNum<b.ProvNum"
                  + " AND a.NationalProvID=b.NationalProvID"));
      assertTrue(
          number(
                  practice,
                  "SELECT COUNT(*) FROM appointment WHERE AptStatus=1 AND AptDateTime > NOW()")
              > 50);
      assertTrue(number(practice, "SELECT COUNT(*) FROM appointment WHERE AptStatus=2") > 50);
      assertEquals(
          List.of(practice.programVersion()),
          strings(practice, "SELECT ValueString FROM preference WHERE PrefName='ProgramVersion'"));
    }
    assertEquals(0, number(elm, "SELECT COUNT(*) FROM clinic"));
    assertEquals(2, number(oak, "SELECT COUNT(*) FROM clinic"));
  }

  @Test
  void theSeededCalendarIsFourWeeksOnEitherSideOfToday() throws Exception {
    for (Practice practice : List.of(elm, oak)) {
      String shown = " FROM appointment WHERE AptDateTime > '0001-01-02'";
      LocalDate first =
          LocalDate.parse(strings(practice, "SELECT DATE(MIN(AptDateTime))" + shown).get(0));
      LocalDate last =
          LocalDate.parse(strings(practice, "SELECT DATE(MAX(AptDateTime))" + shown).get(0));
      LocalDate today = practice.now().toLocalDate();
      assertFalse(first.isBefore(today.minusWeeks(4).minusDays(1)), first.toString());
      assertTrue(first.isBefore(today.minusWeeks(3)), first.toString());
      assertTrue(last.isAfter(today.plusWeeks(3)), last.toString());
      assertFalse(last.isAfter(today.plusWeeks(4).plusDays(1)), last.toString());
      assertEquals(4, number(practice, "SELECT COUNT(*) FROM operatory WHERE IsHidden=0"));
      assertEquals(
          0,
          number(
              practice,
              "SELECT COUNT(*) FROM appointment a LEFT JOIN schedule s"
                  + " ON s.SchedDate=DATE(a.AptDateTime) WHERE a.AptStatus=1 AND s.ScheduleNum IS NULL"),
          "whoever is booked is booked on a working day");
    }
  }

  @Test
  void noLicensedWordingIsSeeded() throws Exception {
    for (Practice practice : List.of(elm, oak)) {
      assertEquals(
          18, number(practice, "SELECT COUNT(*) FROM procedurecode WHERE ProcCode LIKE 'D%'"));
      for (String words :
          List.of(
              "procedurecode WHERE ProcCode LIKE 'D%' AND CONCAT(Descript,AbbrDesc,LaymanTerm)<>''",
              "proctp WHERE ProcCode LIKE 'D%' AND CONCAT(Descript,ProcAbbr)<>''")) {
        assertEquals(0, number(practice, "SELECT COUNT(*) FROM " + words), words);
      }
      assertEquals(
          0,
          number(
              practice,
              "SELECT COUNT(*) FROM procedurecode WHERE Descript<>'' AND Descript NOT LIKE 'Sandbox %'"));
    }
  }

  @Test
  void theSameSeedMakesTheSamePeople() throws Exception {
    Practice again = both.practices().open(PracticePlan.elm(Engine.INNODB, 300).as("twin", 1));
    String people =
        "SELECT CONCAT_WS('|',PatNum,LName,FName,Birthdate,HmPhone,PatStatus,Guarantor)"
            + " FROM patient ORDER BY PatNum";
    assertEquals(strings(elm, people), strings(again, people));
    assertEquals(
        List.of("InnoDB"),
        strings(
            again,
            "SELECT DISTINCT ENGINE FROM information_schema.tables"
                + " WHERE TABLE_SCHEMA=DATABASE()"));
    assertEquals(
        List.of("MyISAM"),
        strings(
            elm,
            "SELECT DISTINCT ENGINE FROM information_schema.tables"
                + " WHERE TABLE_SCHEMA=DATABASE()"));
  }

  private static String stamp(long patNum) throws SQLException {
    return strings(elm, "SELECT DateTStamp FROM patient WHERE PatNum=" + patNum).get(0);
  }

  private static String type(Practice practice, String table, String column) {
    return practice.schema().table(table).columns().stream()
        .filter(c -> c.name().equals(column))
        .findFirst()
        .orElseThrow()
        .bareType();
  }

  private static boolean indexed(Practice practice, String table, String column) {
    return practice.schema().table(table).indexes().stream()
        .anyMatch(i -> i.columns().get(0).equals(column));
  }

  private static void execute(Practice practice, String sql) throws SQLException {
    try (Connection connection = practice.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Practice practice, String sql) throws SQLException {
    return Long.parseLong(strings(practice, sql).get(0));
  }

  private static List<String> strings(Practice practice, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = practice.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
