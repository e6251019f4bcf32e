package pontic.accept;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.hl7.Acknowledgement;
import pontic.hl7.Acknowledgement.Condition;
import pontic.hl7.HeaderProblem;
import pontic.hl7.MessageHeader;

/**
 * What {@code accept-hl7} says: store first, then answer from MSH alone; nothing else is parsed
 * before the answer.
 */
public final class AcceptHl7 {
  private static final Logger LOG = LoggerFactory.getLogger(AcceptHl7.class);
  private static final MessageHeader NO_HEADER =
      MessageHeader.read(
          "MSH|^~\\&|||||||||P|2.5.1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

  private final Supplier<Terms> terms;

  /** Whether a sender (MSH-3|MSH-4) may send to a practice. */
  @FunctionalInterface
  public interface AllowedSenders {
    boolean allows(String practice, String sender);
  }

  /**
   * What one generation says about frames.
   *
   * @param understood types that are understood: ADT^A28 ...
   */
  public record Terms(Inbox inbox, Set<String> understood, AllowedSenders senders) {
    public Terms {
      understood = Set.copyOf(understood);
    }
  }

  /**
   * @param terms of the generation that runs, asked for each frame: a listener outlives generations
   */
  public AcceptHl7(Supplier<Terms> terms) {
    this.terms = terms;
  }

  /** A stored frame and what its answer needs. */
  public record Stored(
      MessageHeader header, Accepted accepted, Condition condition, String problem) {
    /** Ids only. */
    @Override
    public String toString() {
      return "Stored[" + accepted.messageId() + "]";
    }
  }

  public Stored store(byte[] frame, String practice) {
    Terms now = terms.get();
    MessageHeader header = NO_HEADER;
    Condition condition = Condition.UNSUPPORTED_MESSAGE_TYPE;
    String refusal = "";
    String problem = "";
    try {
      header = MessageHeader.read(frame);
      if (header.controlId().isEmpty()) {
        condition = Condition.REQUIRED_FIELD_MISSING;
        refusal = "MSH-10 (message control id) is missing";
      } else if (!now.senders().allows(practice, header.sender())) {
        condition = Condition.APPLICATION_INTERNAL_ERROR;
        refusal = "this sender is not allowed at this practice";
      } else if (!now.understood().contains(header.event())) {
        condition = unsupported(header, now.understood());
        refusal =
            plain(header.event())
                + " is not understood here; understood are "
                + String.join(", ", new TreeSet<>(now.understood()));
      }
    } catch (HeaderProblem e) {
      problem = e.getMessage();
      refusal = "not an HL7 v2 message: " + e.getMessage();
    }
    Accepted accepted =
        now.inbox()
            .accept(
                new Arrival(
                    practice,
                    "accept-hl7",
                    header.sender(),
                    header.event(),
                    header.controlId(),
                    frame,
                    refusal,
                    refusal.isEmpty() ? "AA" : "AR"));
    return new Stored(header, accepted, condition, problem);
  }

  public byte[] answer(Stored stored) {
    Accepted accepted = stored.accepted();
    Instant at = accepted.at();
    if (!stored.problem().isEmpty()) {
      return Acknowledgement.unreadable(
          at, accepted.messageId(), new HeaderProblem(stored.problem()));
    }
    return accepted.answer().equals("AA")
        ? Acknowledgement.accept(stored.header(), at, accepted.messageId())
        : Acknowledgement.reject(
            stored.header(), at, accepted.messageId(), stored.condition(), accepted.refusal());
  }

  /** The store did not take it: the sender must keep it and send it again. */
  public byte[] notStored(byte[] frame, String practice) {
    LOG.error(
        "{}: a frame could not be stored; answered AE, its sender has to send it again", practice);
    MessageHeader header;
    try {
      header = MessageHeader.read(frame);
    } catch (HeaderProblem e) {
      header = NO_HEADER;
    }
    return Acknowledgement.error(
        header,
        Instant.now(),
        "not-stored",
        Condition.APPLICATION_INTERNAL_ERROR,
        "not stored, send it again later");
  }

  private static Condition unsupported(MessageHeader header, Set<String> understood) {
    String family = header.type() + "^";
    return understood.stream().anyMatch(event -> event.startsWith(family))
        ? Condition.UNSUPPORTED_EVENT_CODE
        : Condition.UNSUPPORTED_MESSAGE_TYPE;
  }

  /**
   * A sender decides this text, and it reaches receipts: only what a message type may be made of,
   * and little of it.
   */
  private static String plain(String event) {
    String plain = event.replaceAll("[^A-Za-z0-9^_]", "?");
    return plain.isEmpty()
        ? "a message without type"
        : plain.substring(0, Math.min(16, plain.length()));
  }
}
