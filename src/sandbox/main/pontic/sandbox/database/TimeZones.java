package pontic.sandbox.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Teaches the server the named zones of its practices from Java's own rules, so that a session may
 * have a practice's zone on a server without zone tables. From 1970 to 2037, the span of TIMESTAMP.
 */
final class TimeZones {
  private static final Instant END = Instant.parse("2037-12-31T00:00:00Z");

  private record Kind(ZoneOffset offset, boolean summer) {}

  private TimeZones() {}

  /** Makes the zone known unless it is; the connection's database is {@code mysql}. */
  static void teach(Connection connection, ZoneId zone) throws SQLException {
    try (PreparedStatement known =
        connection.prepareStatement("SELECT 1 FROM mysql.time_zone_name WHERE Name=?")) {
      known.setString(1, zone.getId());
      try (ResultSet rows = known.executeQuery()) {
        if (rows.next()) {
          return;
        }
      }
    }
    ZoneRules rules = zone.getRules();
    Map<Kind, Integer> kinds = new LinkedHashMap<>();
    kinds.put(kind(rules, Instant.EPOCH), 0);
    List<Map<String, Object>> transitions = new ArrayList<>();
    long id = Rows.insert(connection, "time_zone", Map.of("Use_leap_seconds", "N"));
    for (ZoneOffsetTransition next = rules.nextTransition(Instant.EPOCH);
        next != null && next.getInstant().isBefore(END);
        next = rules.nextTransition(next.getInstant())) {
      Kind kind = kind(rules, next.getInstant());
      int number = kinds.computeIfAbsent(kind, k -> kinds.size());
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("Time_zone_id", id);
      row.put("Transition_time", next.getInstant().getEpochSecond());
      row.put("Transition_type_id", number);
      transitions.add(row);
    }
    List<Map<String, Object>> types = new ArrayList<>();
    kinds.forEach(
        (kind, number) -> {
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("Time_zone_id", id);
          row.put("Transition_type_id", number);
          row.put("Offset", kind.offset().getTotalSeconds());
          row.put("Is_DST", kind.summer() ? 1 : 0);
          row.put("Abbreviation", kind.summer() ? "DST" : "STD");
          types.add(row);
        });
    Rows.insertAll(connection, "time_zone_transition_type", types);
    Rows.insertAll(connection, "time_zone_transition", transitions);
    // Last: the name makes the zone visible.
    Map<String, Object> name = new LinkedHashMap<>();
    name.put("Name", zone.getId());
    name.put("Time_zone_id", id);
    Rows.insert(connection, "time_zone_name", name);
  }

  private static Kind kind(ZoneRules rules, Instant at) {
    return new Kind(rules.getOffset(at), rules.isDaylightSavings(at));
  }
}
