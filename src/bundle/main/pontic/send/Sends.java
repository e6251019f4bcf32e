package pontic.send;

import ca.uhn.fhir.rest.client.exceptions.FhirClientConnectionException;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.mapping.Mapper;
import pontic.mapping.MapperOf;
import pontic.pause.Pauses;
import pontic.practice.Destination;
import pontic.seam.Seam;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.store.Transaction;
import pontic.validity.Failing;
import pontic.validity.Validator;

/**
 * Claims what is due for one practice and FHIR destination, and writes down what became of it.
 *
 * <p>What has no clear end is read back before anything newer of it is sent (decision 0055); at a
 * destination without versions the newest is sent in its place. A destination that does not answer
 * is asked again with growing pauses; one that refuses a Bundle, or lets nothing come of it
 * although it answers reads, gets halves of it until the entry that is why stands alone, and that
 * one is put off and parked in the end.
 */
public final class Sends {
  private static final Logger LOG = LoggerFactory.getLogger(Sends.class);

  /** Answers that judge the sender, the address or the moment: nothing was done, all may be so. */
  private static final Set<Integer> NOT_THE_CONTENT =
      Set.of(401, 403, 404, 405, 406, 407, 415, 425, 429);

  /** Of these, what a server may also say because of one patient in the Bundle. */
  private static final Set<Integer> PERHAPS_ONE = Set.of(403, 404);

  /** Another version stands there than the one that was told. */
  private static final Set<Integer> CONFLICT = Set.of(409, 412);

  private static final int TIMED_OUT = 408;
  private static final Duration LEASE_MARGIN = Duration.ofSeconds(25);

  /** Until then a claim is sent or not at all; the rest of the lease is for the request. */
  private static final Duration SEND_BEFORE = Duration.ofSeconds(15);

  /** What is left of that when no other resource is judged: for the step to the request. */
  private static final Duration TO_THE_REQUEST = Duration.ofSeconds(5);

  /** Rules that the reason of one that is parked names. */
  private static final int TOLD = 5;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Store store;
  private final Leases leases;
  private final Dues dues;
  private final Function<String, Optional<Destination>> destinations;
  private final Transactions transactions;
  private final MapperOf mappers;
  private final Function<String, Duration> wanted;
  private final Validity validity;
  private final Enclosures enclosures;

  /**
   * @param destinations by id, as they are now
   * @param mappers of practices, for destinations that name a mapping of their own
   * @param wanted how long a destination asked to be left alone
   * @param validity of what goes to destinations that want it judged
   * @param enclosures the files of documents
   */
  public Sends(
      Store store,
      Leases leases,
      Dues dues,
      Function<String, Optional<Destination>> destinations,
      Transactions transactions,
      MapperOf mappers,
      Function<String, Duration> wanted,
      Validity validity,
      Enclosures enclosures) {
    this.store = store;
    this.leases = leases;
    this.dues = dues;
    this.destinations = destinations;
    this.transactions = transactions;
    this.mappers = mappers;
    this.wanted = wanted;
    this.validity = validity;
    this.enclosures = enclosures;
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
    Validity.State judge = validity.of(target.get());
    if (!judge.failure().isEmpty()) {
      return cannotBeJudged(practice, destination, judge.failure());
    }
    return judge.isMaking()
        ? Claim.nothing(practice, destination)
        : store.write(tx -> claim(tx, practice, target.get()));
  }

  /** Nothing is taken up: what it wants judged does not go unjudged. */
  private Claim cannotBeJudged(String practice, String destination, String reason) {
    store.write(
        tx -> {
          if (dues.isPaused(tx, practice, destination, tx.now())) {
            return 0;
          }
          int failures = dues.failing(tx, practice, destination, reason, Duration.ZERO);
          if (failures == 1) {
            LOG.warn(
                "{} for {}: {}; nothing is sent there until it can be",
                destination,
                practice,
                reason);
          }
          return failures;
        });
    return Claim.nothing(practice, destination);
  }

  private Claim claim(Transaction tx, String practice, Destination destination) {
    if (Pauses.holds(tx, destination.id(), Pauses.What.SENDS)
        || dues.isPaused(tx, practice, destination.id(), tx.now())) {
      return Claim.nothing(practice, destination.id());
    }
    long deadline = System.nanoTime() + SEND_BEFORE.toNanos();
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
    boolean reads = destination.versioned() && entries.get(0).isUnknown();
    List<Dues.Entry> claimed = new ArrayList<>();
    for (Dues.Entry entry : reads ? enclosures.readable(practice, entries) : entries) {
      if (!reads && entry.isUnknown()) {
        // Nothing can be read back: the newest goes in the place of what is unclear.
        dues.cleared(tx, entry, Transactions.SOME);
      }
      if (!reads) {
        dues.attempted(tx, entry, "");
      }
      claimed.add(reads ? entry : entry.settled());
    }
    return new Claim(
        practice,
        destination.id(),
        epoch.get(),
        deadline,
        reads ? Claim.Step.READ_BACK : Claim.Step.SEND,
        claimed);
  }

  /**
   * The resources of the claim, each as FHIR JSON and as the destination's own mapping makes it:
   * what the seam sees.
   */
  public List<String> resources(Claim claim) {
    Optional<Mapper> own =
        destinations
            .apply(claim.destination())
            .flatMap(Destination::mapping)
            .map(name -> mappers.mapper(claim.practice(), name));
    return claim.entries().stream()
        .map(entry -> entry.record().fhir())
        .map(fhir -> own.map(mapper -> mapper.map(read(fhir), Map.of()).toString()).orElse(fhir))
        .toList();
  }

  private static JsonNode read(String fhir) {
    try {
      return JSON.readTree(fhir);
    } catch (JsonProcessingException e) {
      // The text may quote the record.
      throw new IllegalStateException("a record is no JSON");
    }
  }

  /**
   * The clinic that a row names, for steps of the seam.
   *
   * @param place in the claim, from 0
   * @return ClinicNum; 0 if the row names none or its table has none
   */
  public long clinic(Claim claim, int place) {
    return claim.entries().get(place).clinic();
  }

  /**
   * What came through the seam is to be sent, as it came; what a step kept back there was not told,
   * and what is due of it ends.
   *
   * @param results of the {@link Seam}
   */
  public Claim passed(Claim claim, List<?> results, String route) {
    List<Dues.Entry> passed = new ArrayList<>();
    Map<Dues.Entry, String> kept = new LinkedHashMap<>();
    for (Object result : results) {
      if (result instanceof Seam.Through through) {
        Dues.Entry entry = claim.entries().get(through.place());
        passed.add(entry.with((String) through.body(), entry.record().row()));
      } else if (result instanceof Seam.Kept one) {
        kept.put(claim.entries().get(one.place()), one.by(route, claim.destination() + "-"));
      }
    }
    // If a step of the seam failed, the whole claim has ended already.
    boolean held =
        kept.isEmpty()
            || during(
                claim,
                tx -> {
                  kept.forEach((entry, by) -> dues.withheld(tx, entry.untold(), by));
                  if (passed.isEmpty()) {
                    leases.release(tx, name(claim), claim.epoch());
                  }
                });
    return claim.with(held ? passed : List.of());
  }

  /**
   * What goes of the claim: if the destination wants it judged, what is valid. What is not is
   * parked, each alone with what it fails. What there was no time to look at stays due and is next.
   *
   * @param claim as it came through the seam
   */
  public Claim valid(Claim claim) {
    Optional<Destination> wants =
        destinations.apply(claim.destination()).filter(each -> each.validity().isPresent());
    if (!claim.isSend() || wants.isEmpty()) {
      return claim;
    }
    // Packages may have changed since the claim: then nothing is looked at this time.
    Judged judged =
        validity
            .of(wants.get())
            .validator()
            .map(validator -> judged(claim, wants.get(), validator))
            .orElse(new Judged(List.of(), Map.of(), claim.entries()));
    boolean held =
        judged.valid().size() == claim.entries().size()
            || during(
                claim,
                tx -> {
                  judged.invalid().forEach((entry, reason) -> dues.invalid(tx, entry, reason));
                  judged.left().forEach(entry -> dues.notSent(tx, entry));
                  if (judged.valid().isEmpty()) {
                    leases.release(tx, name(claim), claim.epoch());
                  }
                });
    return claim.with(held ? judged.valid() : List.of());
  }

  /**
   * The claim with the files of its documents, read now and kept nowhere. What does not fit into
   * one request with those before it, and what there was no time to read, stays due and is next.
   *
   * @param claim as it came through the seam, judged
   */
  public Claim files(Claim claim) {
    if (!claim.isSend()) {
      return claim;
    }
    Enclosures.Read read = enclosures.read(claim, claim.deadline() - TO_THE_REQUEST.toNanos());
    boolean held =
        read.left().isEmpty()
            || during(claim, tx -> read.left().forEach(entry -> dues.notSent(tx, entry)));
    return held ? read.claim() : claim.with(List.of());
  }

  /**
   * @param invalid with what each fails
   * @param left not looked at
   */
  private record Judged(
      List<Dues.Entry> valid, Map<Dues.Entry, String> invalid, List<Dues.Entry> left) {}

  private Judged judged(Claim claim, Destination destination, Validator validator) {
    Judged judged = new Judged(new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>());
    long until = claim.deadline() - TO_THE_REQUEST.toNanos();
    boolean isFirst = true;
    for (Dues.Entry entry : claim.entries()) {
      if (!isFirst && System.nanoTime() - until > 0) {
        judged.left().add(entry);
        continue;
      }
      isFirst = false;
      List<Failing> failing =
          validity.failing(validator, transactions.resource(entry, destination).toString());
      if (failing.isEmpty()) {
        judged.valid().add(entry);
      } else {
        judged.invalid().put(entry, words(failing));
      }
    }
    return judged;
  }

  private static String words(List<Failing> failing) {
    return "not valid: "
        + failing.stream().limit(TOLD).map(Failing::toString).collect(Collectors.joining("; "))
        + (failing.size() > TOLD ? "; and " + (failing.size() - TOLD) + " more" : "");
  }

  /**
   * At the end of a turn: what no step has ended was kept back by one that stands behind the seam.
   */
  public void keptBack(Claim claim, String route) {
    if (claim.entries().isEmpty()) {
      return;
    }
    end(
        claim,
        tx -> {
          for (Dues.Entry entry : claim.entries()) {
            if (entry.isUnknown()) {
              dues.inVain(tx, entry, "withheld by " + route + "/reads");
            } else {
              dues.withheld(tx, entry.untold(), route + "/bundle");
            }
          }
        });
  }

  /**
   * The last step before the request.
   *
   * @throws TooLateException if another holder of the lease may be sending by now
   */
  public String inTime(Claim claim, String bundle) {
    if (System.nanoTime() - claim.deadline() > 0) {
      throw new TooLateException();
    }
    return bundle;
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
      failing(claim, "the answer does not cover what was sent", Duration.ZERO, false, false);
      return;
    }
    end(
        claim,
        tx -> {
          for (int i = 0; i < claim.entries().size(); i++) {
            Dues.Entry entry = claim.entries().get(i);
            acknowledged(tx, entry, entry.record(), answers.get(i).version());
            enclosures.acknowledged(tx, claim, entry);
          }
          dues.works(tx, claim.practice(), claim.destination());
        });
  }

  private void acknowledged(
      Transaction tx, Dues.Entry entry, Dues.Version version, String remoteVersion) {
    dues.acknowledged(tx, entry, version, remoteVersion);
    destinations
        .apply(entry.destination())
        .map(FhirClients::longest)
        .ifPresent(limit -> dues.looksAgain(tx, entry, version, tx.now().plus(limit)));
  }

  /**
   * What stands at the destination decides: the attempt arrived and is acknowledged, or it did not,
   * and the record is sent next against what stands there.
   */
  public void readBack(Claim claim, String answer) {
    List<Transactions.Answer> answers = transactions.answers(claim, answer);
    if (answers.isEmpty()) {
      failing(claim, "the answer does not cover what was read back", Duration.ZERO, false, false);
      return;
    }
    end(claim, tx -> settle(tx, claim, answers));
  }

  private void settle(Transaction tx, Claim claim, List<Transactions.Answer> answers) {
    List<Dues.Entry> cleared = new ArrayList<>();
    List<Dues.Entry> unread = new ArrayList<>();
    int answered = 0;
    for (int i = 0; i < claim.entries().size(); i++) {
      Dues.Entry entry = claim.entries().get(i);
      Transactions.Answer stands = answers.get(i);
      if (stands.status() == 200 && Transactions.isAttempt(entry, stands)) {
        acknowledged(tx, entry, entry.attempt(), stands.version());
        enclosures.stood(tx, entry, stands.resource());
      } else if (Set.of(200, 404, 410).contains(stands.status())) {
        // What was deleted there is made again by what is sent next, whatever its version is.
        String version = stands.status() == 200 ? stands.version() : Transactions.SOME;
        dues.cleared(tx, entry, stands.status() == 404 ? "" : version);
        cleared.add(entry);
      } else if (isOfTheMoment(stands.status())) {
        unread.add(entry);
        answered = stands.status();
      } else {
        dues.inVain(tx, entry, "it cannot be read back: HTTP " + stands.status());
      }
    }
    if (!cleared.isEmpty()) {
      // That it can be read does not say that it can be written: it has failed until something
      // arrives.
      dues.vain(
          tx,
          claim.practice(),
          claim.destination(),
          cleared,
          "nothing came of it though the destination answers");
    } else if (unread.isEmpty()) {
      dues.works(tx, claim.practice(), claim.destination());
    }
    if (!unread.isEmpty()) {
      String reason = "it cannot be read back: HTTP " + answered;
      int failures =
          dues.failing(
              tx, claim.practice(), claim.destination(), reason, wanted.apply(claim.destination()));
      unread.forEach(entry -> dues.aside(tx, entry, failures, reason));
    }
  }

  /** It says nothing of the resource; the same may be read later. */
  private static boolean isOfTheMoment(int status) {
    return status == 401 || status == 429 || status >= 500;
  }

  /** Decides by the failure what becomes of the claim. Its text never leaves this method. */
  public void failed(Claim claim, Throwable failure) {
    if (failure instanceof TooLateException) {
      // Nothing was sent, and the destination has no part in it.
      end(claim, tx -> claim.entries().forEach(entry -> dues.notSent(tx, entry)));
      return;
    }
    int status = status(failure);
    String reason = status == 0 ? Unsent.name(failure) : "the destination answered HTTP " + status;
    Duration least = wanted.apply(claim.destination());
    if (CONFLICT.contains(status) && claim.isSend()) {
      refused(claim, reason + ", another version stands there", true);
    } else if (claim.isReadBack()
        || status == 0
        || status >= 500
        || status < 400
        || status == TIMED_OUT) {
      failing(
          claim,
          reason,
          least,
          claim.isSend() && Unsent.is(failure),
          (claim.isReadBack() || !isVersioned(claim))
              && (status >= 500 || PERHAPS_ONE.contains(status)));
    } else if (NOT_THE_CONTENT.contains(status)) {
      failing(claim, reason, least, true, PERHAPS_ONE.contains(status));
    } else {
      refused(claim, reason, false);
    }
  }

  private boolean isVersioned(Claim claim) {
    return destinations.apply(claim.destination()).map(Destination::versioned).orElse(true);
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

  /**
   * @param unclear what stands at the destination must be read before it is tried again
   */
  private void refused(Claim claim, String reason, boolean unclear) {
    end(
        claim,
        tx -> {
          if (!unclear) {
            claim.entries().forEach(entry -> dues.notSent(tx, entry));
          }
          if (unclear || !dues.wanting(tx, claim.entries(), reason)) {
            narrowedOrTried(tx, claim, reason, unclear);
          }
          dues.works(tx, claim.practice(), claim.destination());
        });
  }

  private void narrowedOrTried(Transaction tx, Claim claim, String reason, boolean unclear) {
    if (claim.entries().size() > 1) {
      dues.narrowed(tx, claim.entries());
    } else if (unclear) {
      dues.inVain(tx, claim.entries().get(0), reason);
    } else {
      dues.refused(tx, claim.entries().get(0), reason);
    }
  }

  /**
   * @param notSent nothing of the claim can have been done
   * @param perhapsOne the destination answered, and one of the entries may be why it did so
   */
  private void failing(
      Claim claim, String reason, Duration least, boolean notSent, boolean perhapsOne) {
    end(
        claim,
        tx -> {
          if (notSent) {
            claim.entries().forEach(entry -> dues.notSent(tx, entry));
          }
          int failures = dues.failing(tx, claim.practice(), claim.destination(), reason, least);
          if (perhapsOne) {
            dues.vain(tx, claim.practice(), claim.destination(), claim.entries(), reason);
          }
          // The first of a row of failures is news; the rest is in the store.
          if (failures == 1) {
            LOG.warn(
                "{} for {}: {}; {} resources stay due and are asked for or sent again, with growing"
                    + " pauses.",
                claim.destination(),
                claim.practice(),
                reason,
                claim.entries().size());
          }
        });
  }

  /** Stores under the lease and gives it back; if it is lost, nothing is stored. */
  private void end(Claim claim, Consumer<Transaction> step) {
    during(
        claim,
        tx -> {
          step.accept(tx);
          leases.release(tx, name(claim), claim.epoch());
        });
  }

  /**
   * @return false if another holder has the lease, and nothing is stored
   */
  private boolean during(Claim claim, Consumer<Transaction> step) {
    return store.write(
        tx -> {
          boolean held = leases.holds(tx, name(claim), claim.epoch());
          if (held) {
            step.accept(tx);
          }
          return held;
        });
  }

  private static String name(Claim claim) {
    return name(claim.practice(), claim.destination());
  }

  private static String name(String practice, String destination) {
    return "send:" + practice + ":" + destination;
  }
}
