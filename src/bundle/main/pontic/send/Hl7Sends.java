package pontic.send;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.hl7.Answer;
import pontic.hl7.Hl7Exception;
import pontic.hl7.MessageHeader;
import pontic.mapping.MappingException;
import pontic.pause.Pauses;
import pontic.practice.Destination;
import pontic.seam.Seam;
import pontic.store.Leases;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * Tells HL7 v2 destinations one event at a time, and writes down what became of it.
 *
 * <p>The bytes are stored before they are sent. While it is not clear whether they arrived, the
 * same bytes with the same MSH-10 go again, and nothing newer of that patient goes before; so the
 * destination can tell a repetition, and the chain of events that it acknowledged has no gap.
 */
public final class Hl7Sends {
  private static final Logger LOG = LoggerFactory.getLogger(Hl7Sends.class);

  /** Messages for one token: enough to be quick, few enough that other practices get their turn. */
  private static final int TURNS = 50;

  private static final Duration MARGIN = Duration.ofSeconds(30);

  /** Until then a message is sent or not at all; the rest of the lease is for the request. */
  private static final Duration SEND_BEFORE = Duration.ofSeconds(15);

  /** ERR-3 of a receiver that has a message with this MSH-10 already (HL7 table 0357). */
  private static final String DUPLICATE = "205";

  /** What MSA-1 means. */
  public enum Meaning {
    ACCEPTED,
    REFUSED,
    AWAY
  }

  private final Store store;
  private final Leases leases;
  private final Dues dues;
  private final Hl7Messages messages;
  private final List<Destination> destinations;
  private final Map<String, Meaning> answers;

  /**
   * @param answers by MSA-1; what is not there is {@link Meaning#AWAY}
   */
  public Hl7Sends(
      Store store,
      Leases leases,
      Dues dues,
      Hl7Messages messages,
      List<Destination> destinations,
      Map<String, Meaning> answers) {
    this.store = store;
    this.leases = leases;
    this.dues = dues;
    this.messages = messages;
    this.destinations =
        destinations.stream().filter(each -> each.kind() == Destination.Kind.HL7V2).toList();
    this.answers = Map.copyOf(answers);
  }

  /**
   * Takes the lease and what is next; empty if there is nothing to do.
   *
   * @param turn how many messages this token has brought before, from 0
   */
  public Hl7Claim claim(String practice, String destination, int turn) {
    Optional<Destination> target =
        destination(destination)
            .filter(each -> each.enabled() && each.serves(practice))
            // What is due of a practice that is configured no longer waits for its return.
            .filter(each -> messages.knows(practice));
    if (target.isEmpty() || turn >= TURNS) {
      return Hl7Claim.nothing(practice, destination);
    }
    return store.write(tx -> claim(tx, practice, target.get()));
  }

  private Hl7Claim claim(Transaction tx, String practice, Destination destination) {
    Instant now = tx.now();
    if (Pauses.holds(tx, destination.id(), Pauses.What.SENDS)
        || dues.isPaused(tx, practice, destination.id(), now)) {
      return Hl7Claim.nothing(practice, destination.id());
    }
    long deadline = System.nanoTime() + SEND_BEFORE.toNanos();
    String lease = lease(practice, destination.id());
    Optional<Long> epoch = leases.take(tx, lease, destination.requestLimit().plus(MARGIN));
    if (epoch.isEmpty()) {
      return Hl7Claim.nothing(practice, destination.id());
    }
    List<Dues.Entry> next = dues.next(tx, practice, destination, 1, now);
    if (next.isEmpty()) {
      leases.release(tx, lease, epoch.get());
    }
    return next.isEmpty()
        ? Hl7Claim.nothing(practice, destination.id())
        : new Hl7Claim(
            practice,
            destination.id(),
            epoch.get(),
            deadline,
            next.stream().map(entry -> messages.withParts(tx, destination, entry)).toList());
  }

  /**
   * The message, its bytes stored: those of an attempt that is unclear, otherwise what tells the
   * difference.
   *
   * @return empty text if there is nothing to send; that is stored as well
   */
  public String event(Hl7Claim claim) {
    Dues.Entry entry = claim.one();
    if (entry.isUnknown()) {
      return entry.wire();
    }
    try {
      Destination target = destination(claim.destination()).orElseThrow();
      String told = WithParts.told(store.read(tx -> dues.told(tx, target, entry)), entry);
      // The change's own time, not this moment: what was unclear and then refused may have been
      // taken at first, and is made anew under the same MSH-10.
      Optional<Hl7Messages.Told> next = messages.message(entry, told, target, entry.changedAt());
      boolean held =
          next.isPresent()
              ? during(
                  claim,
                  tx ->
                      dues.attempted(
                          tx,
                          entry.with(next.get().known(), entry.record().row()),
                          next.get().message()))
              : end(claim, tx -> dues.withheld(tx, entry.untold(), "nothing to tell"));
      return held ? next.map(Hl7Messages.Told::message).orElse("") : "";
    } catch (MappingException | Hl7Exception e) {
      // Both name places and never values.
      end(claim, tx -> dues.refused(tx, entry, "no message can be made of it: " + e.getMessage()));
      return "";
    }
  }

  /** The clinic that the row names, for steps of the seam: ClinicNum; 0 if there is none. */
  public long clinic(Hl7Claim claim) {
    return claim.one().clinic();
  }

  /** The message by itself, so that the seam may end it and not the turn. */
  public List<String> messages(String message) {
    return List.of(message);
  }

  /**
   * The message as it came through the seam. One that a step kept back was not told; what an
   * earlier attempt may have told stays unclear.
   *
   * @param results of the {@link Seam}
   * @return empty if there is nothing to send
   */
  public byte[] passed(Hl7Claim claim, List<?> results, String route) {
    if (results.get(0) instanceof Seam.Kept kept) {
      keptBack(claim, kept.by(route, claim.destination() + "-"));
    }
    // If a step of the seam failed, the claim has ended already.
    return results.get(0) instanceof Seam.Through through
        ? ((String) through.body()).getBytes(StandardCharsets.UTF_8)
        : new byte[0];
  }

  /** Whether anything came through the seam. */
  public boolean isToSend(byte[] message) {
    return message.length > 0;
  }

  /**
   * The last step before the frame.
   *
   * @throws TooLateException if another holder of the lease may be sending by now
   */
  public byte[] inTime(Hl7Claim claim, byte[] message) {
    if (System.nanoTime() - claim.deadline() > 0) {
      throw new TooLateException();
    }
    return message;
  }

  /** Decides by the answer what became of the message. */
  public void acknowledge(Hl7Claim claim, byte[] answer) {
    Dues.Entry entry = claim.one();
    Dues.Attempt attempt = store.read(tx -> dues.attempt(tx, entry));
    Dues.Version sent = attempt.version();
    Optional<Answer> read =
        Answer.read(answer).filter(one -> one.controlId().equals(controlId(attempt.wire())));
    if (read.isEmpty()) {
      unclear(claim, "what it answered is no acknowledgement of the message");
      return;
    }
    String code = (read.get().code() + " " + read.get().condition()).trim();
    Meaning meaning = answers.getOrDefault(read.get().code(), Meaning.AWAY);
    boolean isKnown = entry.isUnknown() && read.get().condition().equals(DUPLICATE);
    boolean hasMore =
        destination(claim.destination())
            .filter(target -> messages.hasMore(entry, sent.fhir(), target))
            .isPresent();
    switch (isKnown ? Meaning.ACCEPTED : meaning) {
      case ACCEPTED ->
          end(
              claim,
              tx -> {
                dues.acknowledged(tx, entry, sent, "");
                if (hasMore) {
                  dues.goesOn(tx, entry);
                }
                dues.works(tx, claim.practice(), claim.destination());
              });
      case REFUSED ->
          end(
              claim,
              tx -> {
                dues.refused(tx, entry, "the destination refused it: " + code);
                dues.works(tx, claim.practice(), claim.destination());
              });
      case AWAY -> unclear(claim, "it answered " + code);
    }
  }

  /**
   * At the end of a turn: what no step has ended was kept back by one that stands between event and
   * frame. It was not told; what an earlier attempt may have told stays unclear.
   *
   * @param by ROUTE/STEP
   */
  public void keptBack(Hl7Claim claim, String by) {
    if (!claim.isEmpty()) {
      Dues.Entry entry = claim.one();
      end(
          claim,
          tx -> {
            if (entry.isUnknown()) {
              dues.inVain(tx, entry, "withheld by " + by);
            } else {
              dues.withheld(tx, entry.untold(), by);
            }
          });
    }
  }

  /** No answer that can be read. The failure's text never leaves this method. */
  public void failed(Hl7Claim claim, Throwable failure) {
    if (claim.isEmpty()) {
      return;
    }
    if (failure instanceof TooLateException) {
      end(claim, tx -> dues.notSent(tx, claim.one()));
    } else if (Unsent.is(failure)) {
      // Nobody can be reached, so no other message would fare better: this one keeps its place.
      away(claim, Unsent.why(failure), Optional.empty());
    } else {
      unclear(claim, Unsent.name(failure));
    }
  }

  private static String controlId(String wire) {
    return wire.isEmpty()
        ? ""
        : MessageHeader.read(wire.getBytes(StandardCharsets.UTF_8)).controlId();
  }

  private void unclear(Hl7Claim claim, String reason) {
    away(claim, reason, Optional.of(claim.one()));
  }

  private void away(Hl7Claim claim, String reason, Optional<Dues.Entry> unclear) {
    end(
        claim,
        tx -> {
          if (unclear.isEmpty()) {
            dues.notSent(tx, claim.one());
          }
          int failures =
              dues.failing(tx, claim.practice(), claim.destination(), reason, Duration.ZERO);
          unclear.ifPresent(entry -> dues.aside(tx, entry, failures, reason));
          // The first of a row of failures is news; the rest is in the store.
          if (failures == 1) {
            LOG.warn(
                "{} for {}: {}; {} stays due and the same message is sent again, with growing pauses.",
                claim.destination(),
                claim.practice(),
                reason,
                claim.one().identity());
          }
        });
  }

  /** Stores under the lease and gives it back; false if it is lost, and nothing is stored. */
  private boolean end(Hl7Claim claim, Consumer<Transaction> step) {
    return during(
        claim,
        tx -> {
          step.accept(tx);
          leases.release(tx, lease(claim.practice(), claim.destination()), claim.epoch());
        });
  }

  private boolean during(Hl7Claim claim, Consumer<Transaction> step) {
    return store.write(
        tx -> {
          boolean held =
              leases.holds(tx, lease(claim.practice(), claim.destination()), claim.epoch());
          if (held) {
            step.accept(tx);
          }
          return held;
        });
  }

  private Optional<Destination> destination(String id) {
    return destinations.stream().filter(each -> each.id().equals(id)).findFirst();
  }

  private static String lease(String practice, String destination) {
    return "send:" + practice + ":" + destination;
  }
}
