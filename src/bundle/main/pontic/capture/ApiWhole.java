package pontic.capture;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import pontic.store.Transaction;

/**
 * Rows that Pontic itself has written in several requests, as lists of the API tell them: what was
 * read before such a row was whole is not told, and where a second list tells more of it, neither
 * is what that one said before (decision 0388).
 */
final class ApiWhole {

  /** Lists that tell more of a list's own rows; those of what a row points to are none. */
  static List<String> more(ApiFeed feed, ApiFeed.Told told) {
    return told.lookups().stream()
        .filter(lookup -> lookup.by().equals(feed.key()))
        .map(ApiFeed.Lookup::in)
        .toList();
  }

  /**
   * Of these rows those that Pontic wrote and that were not whole when they were read.
   *
   * @param readAt the oldest of what is known of them
   */
  Set<Long> early(
      Transaction tx, String practice, String resource, Collection<Long> keys, Instant readAt) {
    return keys.isEmpty()
        ? Set.of()
        : new HashSet<>(
            tx.sql(
                    """
                    select row_key from reread
                    where practice = :practice and resource = :resource and row_key in (:keys) and until_at >= :read
                    """)
                .param("practice", practice)
                .param("resource", resource)
                .param("keys", keys)
                .param("read", readAt.toEpochMilli())
                .query(Long.class)
                .list());
  }

  /** Whether one of these rows was written and is not told yet. */
  boolean waits(Transaction tx, String practice, String resource, Collection<Long> keys) {
    return !keys.isEmpty()
        && tx.sql(
                    """
                    select count(*) from reread h
                    left join record r on r.practice = h.practice and r.resource = h.resource and r.row_key = h.row_key
                    where h.practice = :practice and h.resource = :resource and h.row_key in (:keys)
                      and (r.read_at is null or r.read_at <= h.until_at)
                    """)
                .param("practice", practice)
                .param("resource", resource)
                .param("keys", keys)
                .query(Long.class)
                .single()
            > 0;
  }
}
