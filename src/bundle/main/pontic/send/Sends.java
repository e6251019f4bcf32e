package pontic.send;

import ca.uhn.fhir.rest.client.exceptions.FhirClientConnectionException;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.pause.Pauses;
import pontic.practice.Destination;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Claims what is due for one practice and FHIR destination, and writes down what became of it.
 *
 * <p>What has no clear end is read back before anything newer of it is sent (decision 0055); at a
 * destination without versions it is sent again. A destination that does not answer is asked again
 * with growing pauses; one that refuses a Bundle gets halves of it until the entry it refuses
 * stands alone, and that one is parked after a few refusals.
 */
public final class Sends {
  private static final Logger LOG = LoggerFactory.getLogger(Sends.class);

  /** Answers that judge the sender, the address or the moment: nothing was done, all may be so. */
  private static final Set<Integer> NOT_THE_CONTENT =
      Set.of(401, 403, 404, 405, 406, 407, 415, 425, 429);

  /** Another version stands there than the one that was told. */
  private static final Set<Integer> CONFLICT = Set.of(409, 412);

  private static final int TIMED_OUT = 408;
  private static final Duration LEASE_MARGIN = Duration.ofSeconds(25);

  private final Store store;
  private final Leases leases;
  private final Dues dues;
  private final Function<String, Optional<Destination>> destinations;
  private final Transactions transactions;
  private final Function<String, Duration> wanted;

  /**
   * @param destinations by id, as they are now
   * @param wanted how long a destination asked to be left alone
   */
  public Sends(
      Store store,
      Leases leases,
      Dues dues,
      Function<String, Optional<Destination>> destinations,
      Transactions transactions,
      Function<String, Duration> wanted) {
    this.store = store;
    this.leases = leases;
    this.dues = dues;
    this.destinations = destinations;
    this.transactions = transactions;
    this.wanted = wanted;
  }

  /**
   * Takes the lease and notes the attempt of what it will send; empty if there is nothing to do.
   */
  public Claim claim(String practice, String destination) {
    Optional<Destination> target =
        destinations.apply(destination).filter(each -> each.enabled() && each.serves(practice));
    if (target.isEmpty()) {
      return Claim.nothing(practice, destination);
    }
    return store.write(tx -> claim(tx, practice, target.get()));
  }

  private Claim claim(Transaction tx, String practice, Destination destination) {
    if (Pauses.holds(tx, destination.id(), Pauses.What.SENDS)
        || dues.isPaused(tx, practice, destination.id(), tx.now())) {
      return Claim.nothing(practice, destination.id());
    }
    Duration lease = FhirClients.longest(destination).plus(LEASE_MARGIN);
    Optional<Long> epoch = leases.take(tx, name(practice, destination.id()), lease);
    if (epoch.isEmpty()) {
      return Claim.nothing(practice, destination.id());
    }
    List<Dues.Entry> entries =
        dues.next(tx, practice, destination, destination.bundleSize(), tx.now());
    if (entries.isEmpty()) {
      leases.release(tx, name(practice, destination.id()), epoch.get());
      return Claim.nothing(practice, destination.id());
    }
    if (destination.versioned() && entries.get(0).isUnknown()) {
      return new Claim(practice, destination.id(), epoch.get(), Claim.Step.READ_BACK, entries);
    }
    for (Dues.Entry entry : entries) {
      dues.attempted(tx, entry, "");
    }
    return new Claim(practice, destination.id(), epoch.get(), Claim.Step.SEND, entries);
  }

  /** The claim as a transaction. */
  public String transaction(Claim claim) {
    return transactions.transaction(claim, destinations.apply(claim.destination()).orElseThrow());
  }

  /** The claim as a batch of reads. */
  public String reads(Claim claim) {
    return transactions.reads(claim);
  }

  /** Stores what the destination now has, if the answer says of the whole claim that it is so. */
  public void acknowledge(Claim claim, String answer) {
    List<Transactions.Answer> answers = transactions.answers(claim, answer);
    if (answers.isEmpty()
        || answers.stream().anyMatch(one -> one.status() < 200 || one.status() > 299)) {
      failing(claim, "the answer does not cover what was sent", Duration.ZERO, false);
      return;
    }
    settle(
        claim,
        (tx, i) -> {
          Dues.Entry entry = claim.entries().get(i);
          dues.acknowledged(tx, entry, entry.record(), answers.get(i).version());
        });
  }

  /**
   * What stands at the destination decides: the attempt arrived and is acknowledged, or it did not,
   * and the record is sent next against what stands there.
   */
  public void readBack(Claim claim, String answer) {
    List<Transactions.Answer> answers = transactions.answers(claim, answer);
    if (answers.isEmpty()) {
      failing(claim, "the answer does not cover what was read back", Duration.ZERO, false);
      return;
    }
    settle(
        claim,
        (tx, i) -> {
          Dues.Entry entry = claim.entries().get(i);
          Transactions.Answer stands = answers.get(i);
          if (stands.status() == 404) {
            dues.cleared(tx, entry, "");
          } else if (stands.status() == 410) {
            // It was deleted there; what is sent next makes it again, whatever its version is.
            dues.cleared(tx, entry, Transactions.SOME);
          } else if (stands.status() != 200) {
            dues.inVain(tx, entry, "it cannot be read back: HTTP " + stands.status());
          } else if (Transactions.isAttempt(entry, stands)) {
            dues.acknowledged(tx, entry, entry.attempt(), stands.version());
          } else {
            dues.cleared(tx, entry, stands.version());
          }
        });
  }

  /** Each entry of the claim by its place, in one unit, if the lease still holds. */
  private void settle(Claim claim, BiConsumer<Transaction, Integer> each) {
    store.write(
        tx -> {
          if (!leases.holds(tx, name(claim), claim.epoch())) {
            return false;
          }
          for (int i = 0; i < claim.entries().size(); i++) {
            each.accept(tx, i);
          }
          dues.works(tx, claim.practice(), claim.destination());
          leases.release(tx, name(claim), claim.epoch());
          return true;
        });
  }

  /** Decides by the failure what becomes of the claim. Its text never leaves this method. */
  public void failed(Claim claim, Throwable failure) {
    int status = status(failure);
    String reason = status == 0 ? failureName(failure) : "the destination answered HTTP " + status;
    if (CONFLICT.contains(status) && claim.isSend()) {
      refused(claim, reason + ", another version stands there", true);
    } else if (claim.isReadBack()
        || status == 0
        || status >= 500
        || status < 400
        || status == TIMED_OUT) {
      failing(
          claim, reason, wanted.apply(claim.destination()), claim.isSend() && isNotSent(failure));
    } else if (NOT_THE_CONTENT.contains(status)) {
      failing(claim, reason, wanted.apply(claim.destination()), true);
    } else {
      refused(claim, reason, false);
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

  /** Nobody took the connection, so nothing can have been done. */
  private static boolean isNotSent(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ConnectException
          || t instanceof UnknownHostException
          || t instanceof NoRouteToHostException) {
        return true;
      }
    }
    return false;
  }

  private static String failureName(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return "no answer came (" + root.getClass().getSimpleName() + ")";
  }

  /**
   * @param unclear what stands at the destination must be read before it is tried again
   */
  private void refused(Claim claim, String reason, boolean unclear) {
    store.write(
        tx -> {
          if (!leases.holds(tx, name(claim), claim.epoch())) {
            return false;
          }
          if (!unclear) {
            claim.entries().forEach(entry -> dues.notSent(tx, entry));
          }
          if (claim.entries().size() > 1) {
            dues.narrowed(tx, claim.entries());
          } else if (unclear) {
            dues.inVain(tx, claim.entries().get(0), reason);
          } else {
            dues.refused(tx, claim.entries().get(0), reason);
          }
          dues.works(tx, claim.practice(), claim.destination());
          leases.release(tx, name(claim), claim.epoch());
          return true;
        });
  }

  private void failing(Claim claim, String reason, Duration least, boolean notSent) {
    int failures =
        store.write(
            tx -> {
              if (!leases.holds(tx, name(claim), claim.epoch())) {
                return 0;
              }
              if (notSent) {
                claim.entries().forEach(entry -> dues.notSent(tx, entry));
              }
              int count = dues.failing(tx, claim.practice(), claim.destination(), reason, least);
              leases.release(tx, name(claim), claim.epoch());
              return count;
            });
    // The first of a row of failures is news; the rest is in the store.
    if (failures == 1) {
      LOG.warn(
          "{} for {}: {}; {} resources stay due and are asked for or sent again, with growing pauses.",
          claim.destination(),
          claim.practice(),
          reason,
          claim.entries().size());
    }
  }

  private static String name(Claim claim) {
    return name(claim.practice(), claim.destination());
  }

  private static String name(String practice, String destination) {
    return "send:" + practice + ":" + destination;
  }
}
