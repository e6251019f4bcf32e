package pontic.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import pontic.mapping.MissedCode;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Codes that the tables of a practice have no entry for, and the rows that miss them. Kept with the
 * record of the row, in one transaction, so that a count is one of rows and not of readings.
 */
public final class UnmappedCodes {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Store store;

  public UnmappedCodes(Store store) {
    this.store = store;
  }

  /**
   * A code that is missed.
   *
   * @param token of the code, for {@link #rows}
   */
  public record Known(String practice, String token, MissedCode code) {}

  /**
   * A code that is missed, as it is told.
   *
   * @param types kinds of the records that miss it
   * @param rows how many rows do
   * @param lastSeen when such a row was last mapped
   */
  public record Listed(
      String practice, MissedCode code, List<String> types, long rows, Instant lastSeen) {}

  /** A row that misses a code. */
  public record Missing(String resource, long key) {
    /** Before all others. */
    public static final Missing FIRST = new Missing("", Long.MIN_VALUE);
  }

  /**
   * What the row misses from now on.
   *
   * @param had whether it missed any before
   */
  void keep(Transaction tx, Row row, List<MissedCode> missed, boolean had) {
    if (had) {
      tx.sql("delete from unmapped_row where practice = ? and resource = ? and row_key = ?")
          .params(row.practice(), row.resource(), row.key())
          .update();
    }
    for (MissedCode code : missed) {
      String token =
          store.vault().index("unmapped:" + row.practice() + ":" + code.table(), code.code());
      tx.sql(
              "insert into unmapped_code (practice, code_table, token, sealed) values (?, ?, ?, ?)"
                  + " on conflict (practice, code_table, token) do nothing")
          .params(row.practice(), code.table(), token, sealed(row.practice(), token, code))
          .update();
      tx.sql(
              "insert into unmapped_row (practice, resource, row_key, code_table, token, seen_at)"
                  + " values (?, ?, ?, ?, ?, ?)"
                  + " on conflict (practice, resource, row_key, code_table, token) do update set seen_at = excluded.seen_at")
          .params(
              row.practice(),
              row.resource(),
              row.key(),
              code.table(),
              token,
              tx.now().toEpochMilli())
          .update();
    }
  }

  /** All that rows of a practice miss. */
  public List<Known> codes(String practice) {
    return store.read(
        tx ->
            tx.sql(
                    "select code_table, token, sealed from unmapped_code c where practice = ?"
                        + " and exists (select 1 from unmapped_row u where u.practice = c.practice"
                        + " and u.code_table = c.code_table and u.token = c.token)"
                        + " order by code_table, token")
                .params(practice)
                .query(
                    (row, number) -> {
                      String token = row.getString("token");
                      return new Known(
                          practice,
                          token,
                          opened(
                              practice,
                              row.getString("code_table"),
                              token,
                              row.getString("sealed")));
                    })
                .list());
  }

  /** Rows that miss it, in their order, behind {@code after}. */
  public List<Missing> rows(Known code, Missing after, int most) {
    return store.read(
        tx ->
            tx.sql(
                    "select resource, row_key from unmapped_row where practice = :practice and code_table = :table"
                        + " and token = :token and (resource > :resource or (resource = :resource and row_key > :key))"
                        + " order by resource, row_key limit :most")
                .param("practice", code.practice())
                .param("table", code.code().table())
                .param("token", code.token())
                .param("resource", after.resource())
                .param("key", after.key())
                .param("most", most)
                .query(
                    (row, number) -> new Missing(row.getString("resource"), row.getLong("row_key")))
                .list());
  }

  private record Counted(
      String practice, String table, String token, String sealed, long rows, Instant lastSeen) {}

  /**
   * What is missed most comes first.
   *
   * @param practice "" = all
   */
  public List<Listed> listed(String practice, int most) {
    return store.read(
        tx -> {
          List<Counted> counted =
              tx.sql(
                      """
                      select u.practice, u.code_table, u.token, c.sealed, count(*) as missing, max(u.seen_at) as last_seen
                      from unmapped_row u
                      join unmapped_code c on c.practice = u.practice and c.code_table = u.code_table and c.token = u.token
                      where (:practice = '' or u.practice = :practice)
                      group by u.practice, u.code_table, u.token, c.sealed
                      order by missing desc, u.practice, u.code_table, u.token limit :most
                      """)
                  .param("practice", practice)
                  .param("most", most)
                  .query(
                      (row, number) ->
                          new Counted(
                              row.getString("practice"),
                              row.getString("code_table"),
                              row.getString("token"),
                              row.getString("sealed"),
                              row.getLong("missing"),
                              Instant.ofEpochMilli(row.getLong("last_seen"))))
                  .list();
          Map<List<String>, TreeSet<String>> types = types(tx, practice);
          List<Listed> listed = new ArrayList<>();
          for (Counted one : counted) {
            listed.add(
                new Listed(
                    one.practice(),
                    opened(one.practice(), one.table(), one.token(), one.sealed()),
                    List.copyOf(types.get(List.of(one.practice(), one.table(), one.token()))),
                    one.rows(),
                    one.lastSeen()));
          }
          return listed;
        });
  }

  private static Map<List<String>, TreeSet<String>> types(Transaction tx, String practice) {
    Map<List<String>, TreeSet<String>> types = new HashMap<>();
    tx.sql(
            "select distinct practice, code_table, token, resource from unmapped_row"
                + " where (:practice = '' or practice = :practice)")
        .param("practice", practice)
        .query(
            row -> {
              types
                  .computeIfAbsent(
                      List.of(
                          row.getString("practice"),
                          row.getString("code_table"),
                          row.getString("token")),
                      any -> new TreeSet<>())
                  .add(row.getString("resource"));
            });
    return types;
  }

  private String sealed(String practice, String token, MissedCode code) {
    return store
        .vault()
        .seal(
            "unmapped-code",
            name(practice, code.table(), token),
            JSON.createObjectNode()
                .put("code", code.code())
                .put("text", code.text())
                .toString()
                .getBytes(StandardCharsets.UTF_8));
  }

  private MissedCode opened(String practice, String table, String token, String sealed) {
    byte[] plain = store.vault().open("unmapped-code", name(practice, table, token), sealed);
    try {
      JsonNode node = JSON.readTree(new String(plain, StandardCharsets.UTF_8));
      return new MissedCode(table, node.path("code").asText(), node.path("text").asText());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A code that is missed is not kept as JSON");
    }
  }

  private static String name(String practice, String table, String token) {
    return practice + "/" + table + "/" + token;
  }
}
