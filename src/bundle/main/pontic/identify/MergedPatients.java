package pontic.identify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import pontic.person.Persons;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Follows the patients that an office merged (open-dental-schema.md 2.5). Doing it again changes
 * nothing.
 */
public final class MergedPatients {
  private static final int ASKED_AT_ONCE = 200;

  private final Store store;
  private final Persons persons;
  private final Map<String, Map<Long, Long>> newest = new ConcurrentHashMap<>();

  public MergedPatients(Store store, Persons persons) {
    this.store = store;
    this.persons = persons;
  }

  /**
   * @param rows {@code loser} and {@code survivor} keys of every merge of the practice
   */
  public void follow(String practice, List<Map<String, Object>> rows) {
    Map<Long, Long> merged = new HashMap<>();
    rows.forEach(row -> merged.put(number(row.get("loser")), number(row.get("survivor"))));
    newest.put(practice, Map.copyOf(merged));
    List<Long> losers = store.read(tx -> known(tx, practice, merged.keySet()));
    List<Long> meant = store.read(tx -> meant(tx, practice, merged.keySet()));
    if (losers.isEmpty() && meant.isEmpty()) {
      return;
    }
    store.write(
        tx -> {
          tx.serialise(practice);
          for (long loser : losers) {
            persons
                .byPatNum(tx, practice, loser)
                .ifPresent(
                    person ->
                        survivor(merged, loser)
                            .ifPresent(survivor -> persons.becomeKnown(tx, person, survivor)));
          }
          for (long loser : meant) {
            tx.sql(
                    """
                    update identifier set target = :survivor
                    where practice = :practice and kind = :kind and target = :loser
                    """)
                .param(
                    "survivor",
                    survivor(merged, loser)
                        .map(survivor -> Long.toString(survivor))
                        .orElse(OfficeIdentifiers.SEVERAL))
                .param("practice", practice)
                .param("kind", OfficeIdentifiers.KIND)
                .param("loser", Long.toString(loser))
                .update();
          }
          return true;
        });
  }

  /**
   * Who is left of a patient, as of the last look at the office: himself if he was not merged away;
   * empty for a circle.
   */
  Optional<Long> survivor(String practice, long patNum) {
    return survivor(newest.getOrDefault(practice, Map.of()), patNum);
  }

  /** Those of these numbers to which a number of others leads that the office keeps. */
  private static List<Long> meant(Transaction tx, String practice, Set<Long> losers) {
    List<String> asked = losers.stream().sorted().map(loser -> Long.toString(loser)).toList();
    List<Long> meant = new ArrayList<>();
    for (int from = 0; from < asked.size(); from += ASKED_AT_ONCE) {
      tx.sql(
              "select distinct target from identifier where practice = :practice and kind = :kind and target in (:losers)")
          .param("practice", practice)
          .param("kind", OfficeIdentifiers.KIND)
          .param("losers", asked.subList(from, Math.min(from + ASKED_AT_ONCE, asked.size())))
          .query(String.class)
          .list()
          .forEach(target -> meant.add(Long.parseLong(target)));
    }
    return meant;
  }

  /**
   * Those of these numbers that somebody here has; asked some at a time, as the index finds them.
   */
  private static List<Long> known(Transaction tx, String practice, Set<Long> losers) {
    List<Long> asked = losers.stream().sorted().toList();
    List<Long> known = new ArrayList<>();
    for (int from = 0; from < asked.size(); from += ASKED_AT_ONCE) {
      known.addAll(
          tx.sql(
                  "select distinct pat_num from person where practice = :practice and pat_num in (:losers) and merged_into = ''")
              .param("practice", practice)
              .param("losers", asked.subList(from, Math.min(from + ASKED_AT_ONCE, asked.size())))
              .query(Long.class)
              .list());
    }
    return known;
  }

  /** Through chains of merges; empty for a circle, which no survivor can end. */
  private static Optional<Long> survivor(Map<Long, Long> merged, long loser) {
    Set<Long> seen = new HashSet<>();
    long now = loser;
    while (merged.containsKey(now)) {
      if (!seen.add(now)) {
        return Optional.empty();
      }
      now = merged.get(now);
    }
    return Optional.of(now);
  }

  private static long number(Object value) {
    return ((Number) value).longValue();
  }
}
