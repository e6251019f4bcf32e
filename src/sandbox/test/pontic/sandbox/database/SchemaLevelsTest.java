package pontic.sandbox.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.sandbox.Sql;

class SchemaLevelsTest {
  private static final List<String> VERSIONS =
      List.of(
          "21.1.40.0",
          "22.2.30.0",
          "22.4.50.0",
          "23.1.30.0",
          "24.1.40.0",
          "24.3.30.0",
          "25.1.20.0",
          "25.2.30.0",
          "25.3.36.0");

  /** The facts that the sandbox was made from, where they are at hand. */
  private static final Path FACTS = Path.of("../../../shared/reference/open-dental-schema.csv");

  /** Types before the version, from the notes of the facts, written here a second time by hand. */
  private static final Map<String, String[]> EARLIER =
      Map.of(
          "patient.ChartNumber", new String[] {"24.3", "varchar(20) YES"},
          "appointment.ProcDescript", new String[] {"25.1", "varchar(255) YES"},
          "securitylog.PermType", new String[] {"24.3", "tinyint(3) unsigned NO"},
          "procedurelog.SecDateEntry", new String[] {"22.3", "date NO"},
          "provider.WebSchedDescript", new String[] {"22.3", "text NO"},
          "document.DegreesRotated", new String[] {"21.4", "smallint(6) NO"},
          "insplan.GroupNum", new String[] {"25.2", "varchar(25) YES"});

  @TempDir static Path folder;
  private static DatabaseServer server;
  private static Practices practices;
  private static final Map<String, Practice> AT = new LinkedHashMap<>();

  @BeforeAll
  static void start() throws Exception {
    server = DatabaseServer.start(folder, 0);
    practices = new Practices(server);
    List<PracticePlan> plans = new ArrayList<>();
    for (String version : VERSIONS) {
      plans.add(plan("v" + version.substring(0, 4).replace(".", "-"), version));
    }
    for (Practice practice : practices.openAll(plans)) {
      AT.put(practice.programVersion(), practice);
    }
  }

  @AfterAll
  static void stop() {
    practices.close();
    server.close();
  }

  private static PracticePlan plan(String id, String version) {
    return PracticePlan.oak(Engine.MYISAM, 15).as(id, 4).at(version);
  }

  @Test
  void atEveryLevelTheColumnsAreThoseOfTheVendorsDocumentation() throws Exception {
    assumeTrue(Files.exists(FACTS), "the collected columns of others are not here");
    List<String[]> facts = facts();
    for (Practice practice : AT.values()) {
      Set<String> tables =
          practice.schema().tables().stream().map(Table::name).collect(Collectors.toSet());
      Set<String> expected = new TreeSet<>();
      for (String[] fact : facts) {
        if (tables.contains(fact[0]) && exists(fact, practice.level())) {
          expected.add(described(fact, practice.level()));
        }
      }
      Set<String> found =
          new TreeSet<>(
              Sql.rows(
                  practice,
                  "SELECT CONCAT(TABLE_NAME,'.',COLUMN_NAME,' ',COLUMN_TYPE,' ',IS_NULLABLE,"
                      + "IF(EXTRA LIKE 'on update%',' moves',''))"
                      + " FROM information_schema.columns WHERE TABLE_SCHEMA=DATABASE()"));
      assertEquals(
          String.join("\n", expected), String.join("\n", found), practice.programVersion());
    }
  }

  @Test
  void theLevelsDifferInWhatTheFeedsRead() {
    assertFalse(has("21.1.40.0", "patientnote", "Pronoun"));
    assertTrue(has("22.2.30.0", "patientnote", "Pronoun"));
    assertFalse(has("22.2.30.0", "operatory", "OperatoryType"));
    assertTrue(has("22.4.50.0", "operatory", "OperatoryType"));
    assertFalse(has("22.4.50.0", "commlog", "ReferralNum"));
    assertTrue(has("23.1.30.0", "commlog", "ReferralNum"));
    assertFalse(has("23.1.30.0", "claim", "Narrative"));
    assertTrue(has("24.1.40.0", "claim", "Narrative"));
    assertFalse(has("24.3.30.0", "medication", "IsHidden"));
    assertTrue(has("25.1.20.0", "medication", "IsHidden"));
    assertFalse(has("25.1.20.0", "inssub", "SecurityHash"));
    assertTrue(has("25.2.30.0", "inssub", "SecurityHash"));
    assertFalse(has("21.1.40.0", "referral", "BusinessName"));
    assertTrue(has("22.2.30.0", "referral", "BusinessName"));
  }

  @Test
  void aStampHasItsIndexWhereAndSinceWhenOpenDentalHasIt() throws Exception {
    String sql =
        "SELECT DISTINCT TABLE_NAME FROM information_schema.statistics WHERE TABLE_SCHEMA=DATABASE()"
            + " AND SEQ_IN_INDEX=1 AND COLUMN_NAME IN ('DateTStamp','SecDateTEdit')"
            + " ORDER BY TABLE_NAME";
    assertEquals(
        List.of("patientnote", "patplan", "periomeasure", "toothinitial"),
        Sql.rows(AT.get("21.1.40.0"), sql));
    assertEquals(
        List.of(
            "appointment",
            "claimproc",
            "patientnote",
            "patplan",
            "paysplit",
            "periomeasure",
            "procedurelog",
            "toothinitial"),
        Sql.rows(AT.get("25.3.36.0"), sql));
  }

  @Test
  void anUpgradeInPlaceEndsWithTheTablesOfANewPracticeAndKeepsTheRows() throws Exception {
    Practice old = practices.open(plan("upgraded", "21.1.40.0"));
    for (String table : List.of("patient", "procedurelog", "claim")) {
      Sql.execute(old, "UPDATE " + table + " SET " + stamp(table) + "='2020-01-01 12:00:00'");
    }
    Map<String, Long> before = counts(old);
    String people = "SELECT PatNum,LName,ChartNumber,DateTStamp FROM patient ORDER BY PatNum";
    Upgrade upgrade = new Upgrade(old);
    List<String> untouched = Sql.rows(old, people);

    upgrade.run("25.3.36.0", Upgrade.Step.BEGUN);
    assertEquals(List.of("SERVER", "21.1.40.0", "21.1.40.0"), state(old));

    upgrade.run("25.3.36.0", Upgrade.Step.COLUMNS);
    assertEquals(List.of("SERVER", "21.1.40.0", "21.1.40.0"), state(old));
    assertEquals(untouched, Sql.rows(old, people), "new columns move no stamp");

    old.upgrade("25.3.36.0");
    assertEquals(List.of("", "25.3.36.0", "25.3.36.0"), state(old));
    assertEquals("25.3", old.level().toString());
    Map<String, Long> after = counts(old);
    after.keySet().retainAll(before.keySet());
    assertEquals(before, after);
    assertEquals(shape(AT.get("25.3.36.0")), shape(old));
    for (String table : List.of("patient", "claim")) {
      assertEquals(
          0,
          Sql.number(
              old,
              "SELECT COUNT(*) FROM "
                  + table
                  + " WHERE "
                  + stamp(table)
                  + "<NOW()-INTERVAL 1 HOUR"),
          "the storm moves every stamp of " + table);
    }
    assertEquals(
        before.get("procedurelog"),
        Sql.number(old, "SELECT COUNT(*) FROM procedurelog WHERE DateTStamp<'2020-01-02'"),
        "a table without a hash is not rewritten");
    assertThrows(IllegalArgumentException.class, () -> old.upgrade("24.1.5.0"));
  }

  @Test
  void anUpgradeRenamesAColumnWithItsValues() throws Exception {
    Practice old = practices.open(plan("renamed", "19.3.30.0"));
    Sql.execute(old, "UPDATE appointment SET SecDateEntry='2019-05-06' WHERE AptNum=1");
    old.upgrade("21.1.40.0");
    assertEquals(shape(AT.get("21.1.40.0")), shape(old));
    assertEquals(
        List.of("2019-05-06 00:00:00"),
        Sql.rows(old, "SELECT SecDateTEntry FROM appointment WHERE AptNum=1"));
  }

  private static boolean has(String version, String table, String column) {
    return AT.get(version).schema().table(table).has(column);
  }

  private static String stamp(String table) {
    return table.equals("claim") ? "SecDateTEdit" : "DateTStamp";
  }

  private static List<String> state(Practice practice) throws Exception {
    return Sql.rows(
        practice,
        "SELECT ValueString FROM preference WHERE PrefName IN"
            + " ('UpdateInProgressOnComputerName','DataBaseVersion','ProgramVersion')"
            + " ORDER BY FIELD(PrefName,"
            + "'UpdateInProgressOnComputerName','DataBaseVersion','ProgramVersion')");
  }

  private static Map<String, Long> counts(Practice practice) throws Exception {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (Table table : practice.schema().tables()) {
      counts.put(table.name(), Sql.number(practice, "SELECT COUNT(*) FROM " + table.name()));
    }
    return counts;
  }

  private static List<String> shape(Practice practice) throws Exception {
    List<String> shape =
        new ArrayList<>(
            Sql.rows(
                practice,
                "SELECT TABLE_NAME,COLUMN_NAME,COLUMN_TYPE,IS_NULLABLE,"
                    + "COALESCE(COLUMN_DEFAULT,'-'),EXTRA FROM information_schema.columns"
                    + " WHERE TABLE_SCHEMA=DATABASE() ORDER BY 1,2"));
    shape.addAll(
        Sql.rows(
            practice,
            "SELECT TABLE_NAME,INDEX_NAME,GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX)"
                + " FROM information_schema.statistics WHERE TABLE_SCHEMA=DATABASE()"
                + " GROUP BY 1,2 ORDER BY 1,2"));
    return shape;
  }

  private static List<String[]> facts() throws IOException {
    return Files.readAllLines(FACTS).stream().skip(1).map(line -> line.split(",", 7)).toList();
  }

  /** Whether the level has the column; "16.1.1 (renamed 19.4.1)" has both ends. */
  private static boolean exists(String[] fact, SchemaLevel level) {
    String since = fact[5].replace("24.4-25.1", "25.1").replace("25.1 (late)", "25.1");
    String[] ends = since.split(" \\((renamed|dropped) ");
    if (EARLIER.containsKey(fact[0] + "." + fact[1])) {
      return true;
    }
    boolean begun = since.startsWith("base") || SchemaLevel.of(ends[0]).compareTo(level) <= 0;
    return begun
        && (ends.length == 1 || SchemaLevel.of(ends[1].replace(")", "")).compareTo(level) > 0);
  }

  private static String described(String[] fact, SchemaLevel level) {
    String name = fact[0] + "." + fact[1];
    String[] earlier = EARLIER.get(name);
    if (earlier != null && level.compareTo(SchemaLevel.of(earlier[0])) < 0) {
      return name + " " + earlier[1];
    }
    String type = fact[2].replaceAll(" DEFAULT.*", "");
    return name
        + " "
        + type
        + (fact[4].equals("YES") ? " YES" : " NO")
        + (fact[2].contains("ON UPDATE") ? " moves" : "");
  }
}
