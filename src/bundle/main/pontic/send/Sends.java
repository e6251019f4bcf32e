package pontic.send;

import ca.uhn.fhir.rest.client.exceptions.FhirClientConnectionException;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.audit.Audit;
import pontic.practice.Destination;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Claims what is due for one practice and destination, and writes down what became of it.
 *
 * <p>An entry is a PUT by id of the newest record, so sending it again does no harm: whatever ends
 * without a clear answer stays due. A destination that does not answer is asked again with growing
 * pauses; one that refuses a Bundle gets halves of it until the entry it refuses stands alone, and
 * that one is parked after a few refusals.
 */
public final class Sends {
  private static final Logger LOG = LoggerFactory.getLogger(Sends.class);
  private static final int MOST_REFUSALS = 5;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  /** Answers that judge the sender, the address or the moment, not the content. */
  private static final Set<Integer> NOT_THE_CONTENT =
      Set.of(401, 403, 404, 405, 406, 407, 408, 415, 425, 429);

  private final Store store;
  private final Leases leases;
  private final Audit audit;
  private final List<Destination> destinations;
  private final Transactions transactions;
  private final Duration lease;

  /**
   * @param lease longer than the longest request to a destination
   */
  public Sends(
      Store store,
      Leases leases,
      Audit audit,
      List<Destination> destinations,
      Transactions transactions,
      Duration lease) {
    this.store = store;
    this.leases = leases;
    this.audit = audit;
    this.destinations = List.copyOf(destinations);
    this.transactions = transactions;
    this.lease = lease;
  }

  /**
   * Takes the lease and notes the attempt of what it will send; empty if there is nothing to do.
   */
  public Claim claim(String practice, String destination) {
    Optional<Destination> target =
        destinations.stream()
            .filter(each -> each.id().equals(destination))
            .filter(each -> each.enabled() && each.serves(practice))
            .findFirst();
    if (target.isEmpty()) {
      return Claim.nothing(practice, destination);
    }
    return store.write(tx -> claim(tx, practice, target.get()));
  }

  private Claim claim(Transaction tx, String practice, Destination destination) {
    long now = tx.now().toEpochMilli();
    if (isPaused(tx, practice, destination.id(), now)) {
      return Claim.nothing(practice, destination.id());
    }
    Optional<Long> epoch = leases.take(tx, name(practice, destination.id()), lease);
    if (epoch.isEmpty()) {
      return Claim.nothing(practice, destination.id());
    }
    List<Claim.Entry> entries = due(tx, practice, destination, now);
    if (entries.isEmpty()) {
      leases.release(tx, name(practice, destination.id()), epoch.get());
      return Claim.nothing(practice, destination.id());
    }
    for (Claim.Entry entry : entries) {
      attempted(tx, practice, destination.id(), entry, now);
    }
    return new Claim(practice, destination.id(), epoch.get(), entries);
  }

  /**
   * Stores what the destination now has, if the answer covers the whole claim and the lease still
   * holds; otherwise all stays due.
   */
  public void acknowledge(Claim claim, String answer) {
    if (!transactions.covers(claim, answer)) {
      unclear(claim, "the answer does not cover what was sent");
      return;
    }
    store.write(
        tx -> {
          if (!leases.holds(tx, name(claim), claim.epoch())) {
            return 0;
          }
          for (Claim.Entry entry : claim.entries()) {
            acknowledged(tx, claim, entry);
            audit.record(
                tx,
                "send",
                claim.practice(),
                claim.destination(),
                entry.resource() + "/" + entry.fhirId());
          }
          tx.sql("delete from sending where practice = ? and destination = ?")
              .params(claim.practice(), claim.destination())
              .update();
          leases.release(tx, name(claim), claim.epoch());
          return claim.entries().size();
        });
  }

  /** Decides by the failure what becomes of the claim. Its text never leaves this method. */
  public void failed(Claim claim, Throwable failure) {
    int status = status(failure);
    boolean refused = status >= 400 && status < 500 && !NOT_THE_CONTENT.contains(status);
    if (refused) {
      refused(claim, status);
    } else {
      unclear(
          claim, status == 0 ? failureName(failure) : "the destination answered HTTP " + status);
    }
  }

  private static int status(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof FhirClientConnectionException) {
        // It claims a status of its own although nobody answered.
        return 0;
      }
      if (t instanceof BaseServerResponseException answered) {
        return answered.getStatusCode();
      }
    }
    return 0;
  }

  private static String failureName(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return "no answer came (" + root.getClass().getSimpleName() + ")";
  }

  private void refused(Claim claim, int status) {
    store.write(
        tx -> {
          if (!leases.holds(tx, name(claim), claim.epoch())) {
            return 0;
          }
          if (claim.entries().size() > 1) {
            int half = claim.entries().size() / 2;
            for (Claim.Entry entry : claim.entries()) {
              tx.sql(
                      "update due set bundle_limit = ? where practice = ? and destination = ?"
                          + " and resource = ? and row_key = ?")
                  .params(
                      half, claim.practice(), claim.destination(), entry.resource(), entry.key())
                  .update();
            }
          } else {
            refusedAlone(tx, claim, claim.entries().get(0), status);
          }
          leases.release(tx, name(claim), claim.epoch());
          return claim.entries().size();
        });
  }

  private void refusedAlone(Transaction tx, Claim claim, Claim.Entry entry, int status) {
    int attempts =
        tx.sql(
                "update due set attempts = attempts + 1 where practice = ? and destination = ?"
                    + " and resource = ? and row_key = ? returning attempts")
            .params(claim.practice(), claim.destination(), entry.resource(), entry.key())
            .query(Integer.class)
            .single();
    boolean parked = attempts >= MOST_REFUSALS;
    tx.sql(
            "update due set state = :state, due_at = :at, reason = :reason where practice = :practice"
                + " and destination = :destination and resource = :resource and row_key = :key"
                + " and version = :version")
        .param("state", parked ? "parked" : "due")
        .param("at", tx.now().plus(pause(attempts)).toEpochMilli())
        .param("reason", "the destination refused it: HTTP " + status)
        .param("practice", claim.practice())
        .param("destination", claim.destination())
        .param("resource", entry.resource())
        .param("key", entry.key())
        .param("version", entry.version())
        .update();
    if (parked) {
      LOG.warn(
          "{} refused {} {} times with HTTP {}; it is parked until the row changes. Ask the destination why.",
          claim.destination(),
          entry,
          attempts,
          status);
    }
  }

  private void unclear(Claim claim, String reason) {
    int failures =
        store.write(
            tx -> {
              if (!leases.holds(tx, name(claim), claim.epoch())) {
                return 0;
              }
              int count =
                  tx.sql(
                          "insert into sending (practice, destination, failures, not_before, reason) values (?, ?, 1, 0, ?)"
                              + " on conflict (practice, destination) do update set failures = sending.failures + 1,"
                              + " reason = excluded.reason returning failures")
                      .params(claim.practice(), claim.destination(), reason)
                      .query(Integer.class)
                      .single();
              tx.sql("update sending set not_before = ? where practice = ? and destination = ?")
                  .params(
                      tx.now().plus(pause(count)).toEpochMilli(),
                      claim.practice(),
                      claim.destination())
                  .update();
              leases.release(tx, name(claim), claim.epoch());
              return count;
            });
    // The first of a row of failures is news; the rest is in the store.
    if (failures == 1) {
      LOG.warn(
          "{} for {}: {}; {} resources stay due and are sent again, with growing pauses.",
          claim.destination(),
          claim.practice(),
          reason,
          claim.entries().size());
    }
  }

  private static Duration pause(int failures) {
    Duration grown = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
    return grown.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : grown;
  }

  private static boolean isPaused(Transaction tx, String practice, String destination, long now) {
    return tx.sql(
                "select count(*) from sending where practice = ? and destination = ? and not_before > ?")
            .params(practice, destination, now)
            .query(Integer.class)
            .single()
        > 0;
  }

  /** Patients before what refers to them; the first row's limit bounds the whole Bundle. */
  private List<Claim.Entry> due(
      Transaction tx, String practice, Destination destination, long now) {
    List<Due> rows =
        tx.sql(
                "select d.resource, d.row_key, d.bundle_limit, r.fhir_id, r.version, r.fhir from due d"
                    + " join record r on r.practice = d.practice and r.resource = d.resource and r.row_key = d.row_key"
                    + " where d.practice = ? and d.destination = ? and d.state = 'due' and d.due_at <= ?"
                    + " order by case d.resource when 'Patient' then 0 else 1 end, d.due_at, d.row_key limit ?")
            .params(practice, destination.id(), now, destination.bundleSize())
            .query(
                (row, number) ->
                    new Due(
                        row.getString("resource"),
                        row.getLong("row_key"),
                        row.getInt("bundle_limit"),
                        row.getString("fhir_id"),
                        row.getLong("version"),
                        row.getString("fhir")))
            .list();
    long together = rows.isEmpty() ? 0 : Math.max(1, rows.get(0).limit());
    return rows.stream()
        .limit(together)
        .map(
            row ->
                new Claim.Entry(
                    row.resource(), row.key(), row.fhirId(), row.version(), opened(practice, row)))
        .toList();
  }

  private record Due(
      String resource, long key, int limit, String fhirId, long version, String sealed) {}

  private String opened(String practice, Due row) {
    byte[] plain =
        store
            .vault()
            .open("record", practice + "/" + row.resource() + "/" + row.key(), row.sealed());
    return new String(plain, StandardCharsets.UTF_8);
  }

  private static void attempted(
      Transaction tx, String practice, String destination, Claim.Entry entry, long now) {
    tx.sql(
            "insert into delivery (practice, destination, resource, row_key, attempted_version, attempted_at,"
                + " acknowledged_version, acknowledged_at, acknowledged, coalesced) values (?, ?, ?, ?, ?, ?, 0, 0, '', 0)"
                + " on conflict (practice, destination, resource, row_key) do update set"
                + " attempted_version = excluded.attempted_version, attempted_at = excluded.attempted_at")
        .params(practice, destination, entry.resource(), entry.key(), entry.version(), now)
        .update();
  }

  private void acknowledged(Transaction tx, Claim claim, Claim.Entry entry) {
    tx.sql(
            "delete from due where practice = ? and destination = ? and resource = ? and row_key = ? and version <= ?")
        .params(
            claim.practice(), claim.destination(), entry.resource(), entry.key(), entry.version())
        .update();
    tx.sql(
            "update delivery set coalesced = coalesced + ? - acknowledged_version - 1, acknowledged_version = ?,"
                + " acknowledged_at = ?, acknowledged = ?"
                + " where practice = ? and destination = ? and resource = ? and row_key = ?")
        .params(
            entry.version(),
            entry.version(),
            tx.now().toEpochMilli(),
            store
                .vault()
                .seal(
                    "delivery",
                    claim.practice()
                        + "/"
                        + claim.destination()
                        + "/"
                        + entry.resource()
                        + "/"
                        + entry.key(),
                    entry.fhir().getBytes(StandardCharsets.UTF_8)),
            claim.practice(),
            claim.destination(),
            entry.resource(),
            entry.key())
        .update();
  }

  private static String name(Claim claim) {
    return name(claim.practice(), claim.destination());
  }

  private static String name(String practice, String destination) {
    return "send:" + practice + ":" + destination;
  }
}
