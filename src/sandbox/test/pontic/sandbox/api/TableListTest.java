package pontic.sandbox.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxDatabase.class)
class TableListTest {

  /** Elm is at 25.3.36: of the lists only vitalsigns (25.3.41) is newer. */
  @Test
  void everyListAnswersWithTheRowsOfItsTable(TestApi on) {
    on.unthrottled();
    Set<String> empty = new TreeSet<>();
    List<String> newer = new ArrayList<>();
    for (TableList list : TableList.all()) {
      TestApi.Reply reply = on.get(list.path() + question(list, on));
      if (!Version.of(on.elm.programVersion()).atLeast(list.since())) {
        assertEquals(400, reply.status(), list.path());
        newer.add(list.path());
        continue;
      }
      assertEquals(200, reply.status(), list.path() + reply.text());
      if (reply.json().isEmpty()) {
        empty.add(list.path());
        continue;
      }
      String key = list.fields().get(0).name();
      JsonNode row = reply.json().get(0);
      assertTrue(
          on.one(
                      "select count(*) as n from `" + list.table() + "` where " + key + " = ?",
                      row.get(key).asLong())
                  .number("n")
              == 1,
          list.path());
      for (TableList.Field field : list.fields()) {
        assertTrue(row.has(field.name()), list.path() + " lacks " + field.name());
      }
      if (list.single().isPresent()) {
        JsonNode one = on.get(list.path() + "/" + row.get(key).asText()).json();
        assertEquals(row.get(key), one.get(key), list.path());
        assertEquals(404, on.get(list.path() + "/987654321").status(), list.path());
      }
    }
    assertEquals(List.of("/vitalsigns"), newer);
    assertEquals(Set.of("/clinics"), empty, "elm has no clinics");
  }

  /** The tenth patient has the ugly rows; what is needed is given. */
  private static String question(TableList list, TestApi on) {
    if (list.path().equals("/schedules")) {
      return "?dateStart=2000-01-01&dateEnd=2100-01-01";
    }
    Version office = Version.of(on.elm.programVersion());
    return list.filters().stream()
        .filter(f -> f.required().filter(v -> !office.atLeast(v)).isPresent())
        .findFirst()
        .map(f -> "?" + f.name() + "=" + needed(f.name(), list.table(), on))
        .orElse("");
  }

  private static long needed(String name, String table, TestApi on) {
    return name.equals("PatNum")
        ? 10
        : on.one("select min(" + name + ") as k from " + table).number("k");
  }

  @Test
  void whatIsRequiredAtOneVersionIsOptionalAtAnother(TestApi on) {
    on.unthrottled();
    assertEquals(400, on.get("/allergies").status());
    assertEquals(200, on.get("/diseases").status());
    assertEquals(400, on.getOak("/diseases").status());
    assertEquals(200, on.getOak("/diseases?PatNum=3").status());
    assertEquals(400, on.getOak("/procedurelogs?ClinicNum=1").status(), "newer than the office");
    assertEquals(2, on.getOak("/clinics").json().size());
    assertFalse(on.getOak("/procedurecodes").json().get(0).has("DiagnosticCodes"));
    assertTrue(on.get("/procedurecodes").json().get(0).has("DiagnosticCodes"));
  }

  @Test
  void filtersNarrowByRowStampDateAndNameOfTheEnum(TestApi on) {
    on.unthrottled();
    long tp = on.one("select count(*) as n from procedurelog where ProcStatus = 1").number("n");
    JsonNode planned = on.get("/procedurelogs?ProcStatus=TP").json();
    assertEquals(tp, planned.size());
    planned.forEach(row -> assertEquals("TP", row.get("ProcStatus").textValue()));
    assertEquals(400, on.get("/procedurelogs?ProcStatus=Nonsense").status());
    on.change(
        on.elm, "update claim set SecDateTEdit = '2019-01-01 10:00:00' where ClaimNum = ?", 1);
    long claims = on.one("select count(*) as n from claim").number("n");
    assertEquals(claims - 1, on.get("/claims?SecDateTEdit=2019-01-01%2010:00:00").json().size());
    assertEquals(claims, on.get("/claims?SecDateTEdit=2019-01-01%2009:59:59").json().size());
    assertEquals("[]", on.get("/payments?DateEntry=2099-01-01").text());
    assertTrue(on.get("/definitions?Category=16").json().size() == 3);
    assertTrue(on.get("/definitions?Category=16&includeHidden=true").json().size() == 4);
  }

  /** open-dental-api.md 8, point 3: what a page tells stays as it is. */
  @Test
  void anOrderThatNoPageTellsMayBeTheOppositeOne(TestApi on) {
    on.unthrottled();
    String book = "/schedules?dateStart=2000-01-01&dateEnd=2100-01-01";
    List<String> likely = keys(on, "/procedurecodes", "CodeNum");
    List<String> names = keys(on, "/patients/Simple", "PatNum");
    List<String> told = keys(on, book, "ScheduleNum");
    on.api.change("elm", settings -> settings.withListsBackwards(true));
    Collections.reverse(likely);
    Collections.reverse(names);
    assertTrue(likely.size() > 3 && names.size() > 3 && told.size() > 3);
    assertEquals(likely, keys(on, "/procedurecodes", "CodeNum"));
    assertEquals(likely.subList(1, 3), keys(on, "/procedurecodes?Limit=2&Offset=1", "CodeNum"));
    assertEquals(names, keys(on, "/patients/Simple", "PatNum"));
    assertEquals(told, keys(on, book, "ScheduleNum"));
  }

  private static List<String> keys(TestApi on, String list, String key) {
    return new ArrayList<>(on.get(list).json().findValuesAsText(key));
  }

  @Test
  void pagesFollowEachOtherAndValuesAreWrittenAsTheApiWritesThem(TestApi on) {
    on.unthrottled();
    Set<Long> keys = new TreeSet<>();
    int page;
    int offset = 0;
    do {
      JsonNode rows = on.get("/periomeasures?Limit=50&Offset=" + offset).json();
      rows.forEach(row -> keys.add(row.get("PerioMeasureNum").asLong()));
      page = rows.size();
      offset += page;
    } while (page == 50);
    assertEquals(on.one("select count(*) as n from periomeasure").number("n"), keys.size());
    JsonNode ugly = on.get("/allergies?PatNum=10").json();
    JsonNode huge = ugly.get(ugly.size() - 2);
    assertEquals(9_007_199_254_740_993L, huge.get("AllergyNum").asLong());
    assertFalse(huge.get("Reaction").textValue().contains("\n"));
    assertEquals("true", huge.get("StatusIsActive").textValue());
    JsonNode recall = on.get("/recalls?PatNum=1").json().get(0);
    assertEquals("6m1d", recall.get("RecallInterval").textValue());
    assertTrue(on.get("/procedurelogs?PatNum=10").text().contains("\"ProcDate\":\"0001-01-01\""));
  }

  @Test
  void anIntervalIsWrittenInItsUnits() {
    assertEquals("1y2m3w4d", TableList.interval(1 << 24 | 2 << 16 | 3 << 8 | 4));
    assertEquals("", TableList.interval(0));
  }

  @Test
  void aShortQueryReadsRawRowsByHundredsAndNeverWrites(TestApi on) {
    on.unthrottled();
    String one = "{\"SqlCommand\": \"select 1 as n\"}";
    assertEquals(401, on.put("/queries/ShortQuery", one).status(), "without the permission");
    on.api.change("elm", settings -> settings.withPermissions(Set.of("ApiReadAll", "ApiQueries")));
    assertEquals(1, on.put("/queries/ShortQuery", one).json().get(0).get("n").asInt());
    TestApi.Reply rows =
        on.put(
            "/queries/ShortQuery",
            "{\"SqlCommand\": \"select PatNum, DateTStamp, LName, PatStatus from patient order by PatNum\"}");
    assertEquals(200, rows.status(), rows.text());
    JsonNode first = rows.json().get(0);
    assertTrue(first.get("PatNum").isNumber() && first.get("PatStatus").isNumber(), rows.text());
    assertTrue(
        first.get("DateTStamp").asText().matches("\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}"), rows.text());
    String many =
        "{\"SqlCommand\": \"select a.PatNum as a, b.PatNum as b from patient a join patient b order by a.PatNum, b.PatNum\"}";
    assertEquals(100, on.put("/queries/ShortQuery", many).json().size());
    assertFalse(
        on.put("/queries/ShortQuery?Offset=100", many)
            .json()
            .get(0)
            .equals(on.put("/queries/ShortQuery", many).json().get(0)));
    for (String sql :
        List.of("update patient set LName = ''", "select 1; drop table patient", "show tables")) {
      assertEquals(
          401, on.put("/queries/ShortQuery", "{\"SqlCommand\": \"" + sql + "\"}").status(), sql);
    }
  }
}
