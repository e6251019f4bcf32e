package pontic.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import pontic.store.Transaction;
import pontic.store.Vault;

/**
 * What the lists of an API say of each other: rows that others point to are kept, and who points to
 * them, so that a row is told again when what it points to changes (decision 0189).
 */
final class ApiRelated {
  private static final String TABLE = "api_row";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Rows that are told again in one page. */
  private static final int MOST = 200;

  private final Vault vault;

  ApiRelated(Vault vault) {
    this.vault = vault;
  }

  /**
   * A row that is kept.
   *
   * @param hash "" if there is none
   */
  record Kept(String hash, Map<String, Object> columns) {
    static final Kept NONE = new Kept("", Map.of());
  }

  /**
   * @param field of the row that names the other's key
   * @param hash of what was found there
   */
  record Link(long row, String field, String list, long key, String hash) {}

  /** Rows of a list by key; those that it does not have are missing. */
  Map<Long, Kept> rows(Transaction tx, String practice, String list, Collection<Long> keys) {
    Map<Long, Kept> rows = new HashMap<>();
    if (!keys.isEmpty()) {
      tx.sql(
              "select row_key, hash, content from api_row where practice = :practice and list = :list and row_key in (:keys)")
          .param("practice", practice)
          .param("list", list)
          .param("keys", keys)
          .query(
              row -> {
                long key = row.getLong("row_key");
                rows.put(
                    key,
                    new Kept(
                        row.getString("hash"),
                        columns(
                            vault.open(
                                TABLE, name(practice, list, key), row.getString("content")))));
              });
    }
    return rows;
  }

  /** Keys of the rows that are kept of a list, within a range. */
  List<Long> keys(Transaction tx, String practice, String list, long from, long to) {
    return tx.sql(
            "select row_key from api_row where practice = ? and list = ? and row_key between ? and ?")
        .params(practice, list, from, to)
        .query(Long.class)
        .list();
  }

  /** Keeps what is new, drops what is gone; who points to either is told again. */
  void keep(
      Transaction tx,
      String practice,
      String list,
      Map<Long, Map<String, Object>> rows,
      Collection<Long> gone) {
    Map<Long, String> before = hashes(tx, practice, list, rows.keySet());
    Set<Long> moved = new TreeSet<>(gone);
    rows.forEach(
        (key, columns) -> {
          String text = text(columns);
          String hash = vault.index("api:" + practice + ":" + list, text);
          if (!hash.equals(before.get(key))) {
            moved.add(key);
            tx.sql(
                    "insert into api_row (practice, list, row_key, hash, content) values (:practice, :list, :key, :hash, :content)"
                        + " on conflict (practice, list, row_key) do update set hash = excluded.hash, content = excluded.content")
                .param("practice", practice)
                .param("list", list)
                .param("key", key)
                .param("hash", hash)
                .param(
                    "content",
                    vault.seal(
                        TABLE, name(practice, list, key), text.getBytes(StandardCharsets.UTF_8)))
                .update();
          }
        });
    if (!gone.isEmpty()) {
      tx.sql(
              "delete from api_row where practice = :practice and list = :list and row_key in (:keys)")
          .param("practice", practice)
          .param("list", list)
          .param("keys", gone)
          .update();
    }
    if (!moved.isEmpty()) {
      tx.sql(
              "update api_link set stale = 1 where practice = :practice and list = :list and ref_key in (:keys)")
          .param("practice", practice)
          .param("list", list)
          .param("keys", moved)
          .update();
    }
  }

  /** Remembers who points where; stale at once if what it points to changed meanwhile. */
  void link(Transaction tx, String practice, String feed, List<Link> links) {
    Map<Long, Map<String, Long>> before =
        references(tx, practice, feed, links.stream().map(Link::row).distinct().toList());
    Map<String, Map<Long, String>> now = new HashMap<>();
    for (Link link : links) {
      String hash =
          now.computeIfAbsent(link.list(), list -> hashes(tx, practice, list, keys(list, links)))
              .getOrDefault(link.key(), "");
      Long known = before.get(link.row()).get(link.field());
      if (known != null && known == link.key() && hash.equals(link.hash())) {
        continue;
      }
      tx.sql(
              "insert into api_link (practice, feed, row_key, field, list, ref_key, stale)"
                  + " values (:practice, :feed, :row, :field, :list, :key, :stale)"
                  + " on conflict (practice, feed, row_key, field) do update set list = excluded.list, ref_key = excluded.ref_key,"
                  + " stale = excluded.stale")
          .param("practice", practice)
          .param("feed", feed)
          .param("row", link.row())
          .param("field", link.field())
          .param("list", link.list())
          .param("key", link.key())
          .param("stale", hash.equals(link.hash()) ? 0 : 1)
          .update();
    }
  }

  private static Set<Long> keys(String list, List<Link> links) {
    return links.stream()
        .filter(link -> link.list().equals(list))
        .map(Link::key)
        .collect(Collectors.toSet());
  }

  private static Map<Long, String> hashes(
      Transaction tx, String practice, String list, Collection<Long> keys) {
    Map<Long, String> hashes = new HashMap<>();
    if (!keys.isEmpty()) {
      tx.sql(
              "select row_key, hash from api_row where practice = :practice and list = :list and row_key in (:keys)")
          .param("practice", practice)
          .param("list", list)
          .param("keys", keys)
          .query(
              row -> {
                hashes.put(row.getLong("row_key"), row.getString("hash"));
              });
    }
    return hashes;
  }

  /** Feeds with rows that are to be told again. */
  Set<String> stale(Transaction tx, String practice) {
    return new TreeSet<>(
        tx.sql("select distinct feed from api_link where practice = ? and stale = 1")
            .params(practice)
            .query(String.class)
            .list());
  }

  /** Rows of a feed that are to be told again, each with the keys that its fields name. */
  Map<Long, Map<String, Long>> stale(Transaction tx, String practice, String feed) {
    List<Long> rows =
        tx.sql(
                "select distinct row_key from api_link where practice = ? and feed = ? and stale = 1 order by row_key limit "
                    + MOST)
            .params(practice, feed)
            .query(Long.class)
            .list();
    return rows.isEmpty() ? Map.of() : references(tx, practice, feed, rows);
  }

  /** The keys that fields of these rows name. */
  Map<Long, Map<String, Long>> references(
      Transaction tx, String practice, String feed, Collection<Long> rows) {
    Map<Long, Map<String, Long>> named = new TreeMap<>();
    rows.forEach(row -> named.put(row, new TreeMap<>()));
    if (!rows.isEmpty()) {
      tx.sql(
              "select row_key, field, ref_key from api_link where practice = :practice and feed = :feed and row_key in (:rows)")
          .param("practice", practice)
          .param("feed", feed)
          .param("rows", rows)
          .query(
              row -> {
                named
                    .get(row.getLong("row_key"))
                    .put(row.getString("field"), row.getLong("ref_key"));
              });
    }
    return named;
  }

  void told(Transaction tx, String practice, String feed, Collection<Long> rows) {
    if (!rows.isEmpty()) {
      tx.sql(
              "update api_link set stale = 0 where practice = :practice and feed = :feed and row_key in (:rows)")
          .param("practice", practice)
          .param("feed", feed)
          .param("rows", rows)
          .update();
    }
  }

  private static String name(String practice, String list, long key) {
    return practice + "/" + list + "/" + key;
  }

  private static String text(Map<String, Object> columns) {
    try {
      return JSON.writeValueAsString(new TreeMap<>(columns));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "a row of a list has a value that is neither text nor number");
    }
  }

  private static Map<String, Object> columns(byte[] text) {
    try {
      return JSON.readValue(
          new String(text, StandardCharsets.UTF_8), new TypeReference<Map<String, Object>>() {});
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes the row.
      throw new IllegalStateException("a kept row of the store is not JSON");
    }
  }
}
