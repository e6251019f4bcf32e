package pontic.capture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import pontic.store.Store;

/** Columns of a row that stand in other lists. */
final class ApiLookups {
  private final Store store;
  private final ApiRelated related;

  ApiLookups(Store store, ApiRelated related) {
    this.store = store;
    this.related = related;
  }

  /** What the fields of the rows name in other lists, by row key. */
  static Map<Long, Map<String, Long>> named(ApiRows.Read read, ApiFeed.Told told) {
    Map<Long, Map<String, Long>> named = new HashMap<>();
    for (ApiRows.One one : read.rows()) {
      Map<String, Long> keys = new HashMap<>();
      for (ApiFeed.Lookup lookup : told.lookups()) {
        if (one.json().has(lookup.by())) {
          keys.put(lookup.name(), one.json().path(lookup.by()).asLong());
        }
      }
      named.put(one.key(), keys);
    }
    return named;
  }

  /**
   * Fills in what other lists tell.
   *
   * @param named keys that the rows' own fields name, by row key and field
   * @return where the rows point to
   */
  List<ApiRelated.Link> found(
      String practice,
      ApiFeed.Told told,
      Map<Long, Map<String, Long>> named,
      List<Map<String, Object>> rows) {
    List<ApiRelated.Link> links = new ArrayList<>();
    for (ApiFeed.Lookup lookup : told.lookups()) {
      Map<Long, Long> pointed = new HashMap<>();
      for (Map<String, Object> row : rows) {
        long key = (Long) row.get("row_key");
        long to =
            isFound(told, lookup)
                ? row.get(lookup.by()) instanceof Number number ? number.longValue() : 0
                : named.getOrDefault(key, Map.of()).getOrDefault(lookup.name(), 0L);
        pointed.put(key, to);
      }
      Map<Long, ApiRelated.Kept> kept =
          store.read(
              tx -> related.rows(tx, practice, lookup.in(), new HashSet<>(pointed.values())));
      for (Map<String, Object> row : rows) {
        long key = (Long) row.get("row_key");
        ApiRelated.Kept there = kept.getOrDefault(pointed.get(key), ApiRelated.Kept.NONE);
        lookup.columns().forEach((column, from) -> row.put(column, there.columns().get(from)));
        links.add(
            new ApiRelated.Link(key, lookup.name(), lookup.in(), pointed.get(key), there.hash()));
      }
    }
    return links;
  }

  /** Its key was looked up in another list, so what the row had last may be old. */
  private static boolean isFound(ApiFeed.Told told, ApiFeed.Lookup lookup) {
    return told.lookups().stream()
        .takeWhile(before -> before != lookup)
        .anyMatch(before -> before.columns().containsKey(lookup.by()));
  }
}
