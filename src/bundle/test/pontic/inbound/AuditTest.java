package pontic.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.sandbox.hospital.Hospital;
import pontic.sandbox.hospital.Hospital.Patient;

/** What of a message's life stands in the audit rows, and that nobody changes them afterwards. */
final class AuditTest {
  @TempDir Path folder;

  @Test
  void acceptReadAndCallOfAMessageAreOnRecordByIdsAloneAndForGood() throws Exception {
    Patient patient = Patient.numbered(501);
    try (House house = House.open(folder)) {
      long before = house.ledger().count("select coalesce(max(id), 0) from audit");
      assertEquals("AA", house.send("elm", Hospital.adt("A28", "audit-1", patient)));
      house.untilAllEnded();
      assertEquals("landed", house.ledger().end("audit-1"));

      String message = String.valueOf(house.ledger().receipt("audit-1").get("id"));
      List<Map<String, Object>> accepted =
          house
              .ledger()
              .rows("select * from audit where action = 'accept' and subject = '" + message + "'");
      assertEquals(1, accepted.size());
      assertEquals("ADTLAKE|LAKESIDE", accepted.get(0).get("who"));
      // Every request that was made for it has its own row, written with its intent.
      List<Map<String, Object>> calls =
          house
              .ledger()
              .rows(
                  "select c.id, c.method, c.intent_at from call c join work w on w.id = c.work_id where w.message_id = '"
                      + message
                      + "'");
      assertTrue(calls.size() >= 2, "a search and a create at least");
      Set<String> actions = new TreeSet<>();
      for (Map<String, Object> call : calls) {
        List<Map<String, Object>> rows =
            house
                .ledger()
                .rows("select * from audit where subject like '" + call.get("id") + " %'");
        assertEquals(1, rows.size(), call.toString());
        assertEquals(call.get("method").equals("GET") ? "read" : "call", rows.get(0).get("action"));
        // The same unit, so the same moment but for its own duration.
        long later =
            ((Number) rows.get(0).get("at")).longValue()
                - ((Number) call.get("intent_at")).longValue();
        assertTrue(later >= 0 && later < 1000, "written " + later + " ms after the intent");
        actions.add(String.valueOf(rows.get(0).get("action")));
      }
      assertEquals(Set.of("read", "call"), actions);
      for (Map<String, Object> row :
          house
              .ledger()
              .rows(
                  "select * from audit where who <> 'capture' and action <> 'send' and id > "
                      + before)) {
        String text = row.toString();
        for (String never :
            List.of(patient.last(), patient.mrn(), patient.phone(), patient.street())) {
          assertTrue(!text.contains(never), text);
        }
        assertTrue(
            String.valueOf(row.get("subject")).matches("[a-z]+-[0-9a-f-]{36}( [a-zA-Z.]+)?.*"),
            text);
      }
    }
    // As somebody with the file in his hands.
    try (Connection file =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/store/state.db"));
        Statement statement = file.createStatement()) {
      for (String change :
          List.of(
              "update audit set who = 'nobody'",
              "delete from audit",
              "insert or replace into audit (id, at, action, practice, who, subject) values (1, 0, '', '', '', '')")) {
        SQLException refused =
            assertThrows(SQLException.class, () -> statement.executeUpdate(change), change);
        assertTrue(refused.getMessage().contains("audit rows are never"), refused.getMessage());
      }
    }
  }
}
