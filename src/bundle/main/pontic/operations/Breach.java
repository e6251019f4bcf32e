package pontic.operations;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import pontic.store.Transaction;

/**
 * A freshness objective that is missed now (decision 0193).
 *
 * @param destination "" for the practice itself
 * @param reason what waited since when, as it began
 */
record Breach(
    String practice, String destination, Instant began, long objectiveSeconds, String reason) {

  static List<Breach> lasting(Transaction tx) {
    return tx.sql(
            "select practice, destination, began_at, objective, reason from breach where ended_at = 0")
        .query(
            (row, number) ->
                new Breach(
                    row.getString("practice"),
                    row.getString("destination"),
                    Instant.ofEpochMilli(row.getLong("began_at")),
                    row.getLong("objective") / 1000,
                    row.getString("reason")))
        .list();
  }

  /** Says it of the one whose it is; {@code lateSince} is "" if there is none. */
  static void put(List<Breach> all, String practice, String destination, ObjectNode node) {
    Optional<Breach> its =
        all.stream()
            .filter(each -> each.practice.equals(practice) && each.destination.equals(destination))
            .findFirst();
    node.put("lateSince", its.map(each -> each.began.toString()).orElse(""));
    node.put("lateReason", its.map(each -> each.reason).orElse(""));
    its.ifPresent(each -> node.put("objectiveSeconds", each.objectiveSeconds));
  }
}
