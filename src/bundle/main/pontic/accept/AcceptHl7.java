package pontic.accept;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.answer.Promise;
import pontic.hl7.Acknowledgement;
import pontic.hl7.Acknowledgement.Condition;
import pontic.hl7.Batch;
import pontic.hl7.HeaderProblem;
import pontic.hl7.Hl7Charset;
import pontic.hl7.MessageHeader;
import pontic.hl7.Owed;
import pontic.hl7.Wanted;

/**
 * What {@code accept-hl7} says: store first, then answer from MSH alone; nothing else is parsed
 * before the answer.
 */
public final class AcceptHl7 {
  private static final Logger LOG = LoggerFactory.getLogger(AcceptHl7.class);
  private static final MessageHeader NO_HEADER =
      MessageHeader.read(
          "MSH|^~\\&|||||||||P|2.5.1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

  /** Of a batch that would be as many rows of the store and of the audit. */
  private static final String NOBODYS =
      "No message of the batch has a header that can be read, a control id (MSH-10) and a sender"
          + " that is allowed at this practice (MSH-3, MSH-4)";

  private static final String PRODUCTION = "P";
  private static final int LONGEST_WORD = 16;
  private static final Pattern SERVED = Pattern.compile("2\\.[1-8](\\.[0-9])?");

  private final Supplier<Terms> terms;
  private final int largestBatch;

  /** Whether a sender (MSH-3|MSH-4) may send to a practice. */
  @FunctionalInterface
  public interface AllowedSenders {
    boolean allows(String practice, String sender);
  }

  /** What messages for a practice may be for (MSH-11, table 0103): P, T ... */
  @FunctionalInterface
  public interface Processed {
    List<String> at(String practice);
  }

  /**
   * Whether a sender (MSH-3|MSH-4) is told of the end of what it sends to a practice, and where.
   */
  @FunctionalInterface
  public interface Answered {
    /**
     * @param destination whose listener takes the answers
     * @param always also of messages that do not ask for one by MSH-16
     */
    record By(String destination, boolean always) {}

    Optional<By> by(String practice, String sender);
  }

  /**
   * Which messages ask a practice and wait for an answer of their own kind (SRM).
   *
   * @param types SRM^S01 ...
   * @param practices that take them
   */
  public record Requests(Set<String> types, Set<String> practices) {
    public static final Requests NONE = new Requests(Set.of(), Set.of());

    public Requests {
      types = Set.copyOf(types);
      practices = Set.copyOf(practices);
    }

    boolean holds(MessageHeader header) {
      return types.contains(header.event());
    }

    private boolean hides(String type, String practice) {
      return types.contains(type) && !practices.contains(practice);
    }
  }

  /**
   * What one generation says about frames.
   *
   * @param understood types that are taken: ADT^A28 ...
   * @param requests which of them only where the practice wants them, and if they can be answered
   * @param refused why others are refused that are known by name
   */
  public record Terms(
      Inbox inbox,
      Set<String> understood,
      Requests requests,
      Map<String, String> refused,
      AllowedSenders senders,
      Processed processed,
      Answered answered) {
    public Terms {
      understood = Set.copyOf(understood);
      refused = Map.copyOf(refused);
    }

    private Set<String> understood(String practice) {
      return understood.stream()
          .filter(type -> !requests.hides(type, practice))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /**
   * @param terms of the generation that runs, asked for each frame: a listener outlives generations
   * @param largestBatch messages of one frame
   */
  public AcceptHl7(Supplier<Terms> terms, int largestBatch) {
    this.terms = terms;
    this.largestBatch = largestBatch;
  }

  /**
   * A stored message and what its answer needs.
   *
   * @param answeredLater whether its sender is told of its end by a message of its own
   */
  public record Stored(
      MessageHeader header,
      Accepted accepted,
      Condition condition,
      String problem,
      boolean answeredLater) {
    /** Ids only. */
    @Override
    public String toString() {
      return "Stored[" + accepted.messageId() + "]";
    }
  }

  /**
   * What a frame held: one message, or those of a batch.
   *
   * @param batch empty for one message
   */
  public record Received(Optional<Batch> batch, List<Stored> messages) {
    /** Ids only. */
    @Override
    public String toString() {
      return messages.toString();
    }
  }

  /**
   * What MSH alone decides.
   *
   * @param condition of a refusal
   * @param refusal "" if it is taken
   * @param problem why there is no usable header; "" if there is one
   * @param promise of a message that is taken
   */
  private record Seen(
      byte[] bytes,
      MessageHeader header,
      Condition condition,
      String refusal,
      String problem,
      Optional<Promise> promise) {

    static Seen unreadable(byte[] bytes, String problem) {
      return new Seen(
          bytes,
          NO_HEADER,
          Condition.SEGMENT_SEQUENCE_ERROR,
          "not an HL7 v2 message: " + problem,
          problem,
          Optional.empty());
    }

    /** Not from anybody who may send, or without a number to answer to. */
    boolean isNobodys(String practice, Terms now) {
      return !problem.isEmpty()
          || header.controlId().isEmpty()
          || !now.senders().allows(practice, header.sender());
    }

    String answer() {
      if (refusal.isEmpty()) {
        return "AA";
      }
      return problem.isEmpty() && !condition.rejects() ? "AE" : "AR";
    }
  }

  public Received store(byte[] frame, String practice) {
    Terms now = terms.get();
    Optional<Batch> batch = Optional.empty();
    List<Seen> seen;
    try {
      batch = Batch.is(frame) ? Optional.of(Batch.read(frame, largestBatch)) : Optional.empty();
      seen =
          batch.map(Batch::messages).orElse(List.of(frame)).stream()
              .map(message -> see(message, practice, now))
              .toList();
      if (seen.size() > 1 && seen.stream().allMatch(each -> each.isNobodys(practice, now))) {
        batch = Optional.empty();
        seen = List.of(Seen.unreadable(frame, NOBODYS));
      }
    } catch (HeaderProblem notWhole) {
      seen = List.of(Seen.unreadable(frame, notWhole.getMessage()));
    }
    boolean many = seen.size() > 1;
    List<Arrival> arrivals = new ArrayList<>();
    for (Seen each : seen) {
      arrivals.add(arrival(each, practice, many));
    }
    List<Accepted> accepted = now.inbox().accept(arrivals);
    List<Stored> stored = new ArrayList<>();
    for (int i = 0; i < seen.size(); i++) {
      Seen each = seen.get(i);
      stored.add(
          new Stored(
              each.header(),
              accepted.get(i),
              each.condition(),
              each.problem(),
              each.promise().isPresent()));
    }
    return new Received(batch, stored);
  }

  private static Seen see(byte[] message, String practice, Terms now) {
    MessageHeader header;
    try {
      header = MessageHeader.read(message);
    } catch (HeaderProblem e) {
      return Seen.unreadable(message, e.getMessage());
    }
    Condition condition = Condition.UNSUPPORTED_MESSAGE_TYPE;
    String refusal = "";
    String version = header.version().trim();
    if (header.controlId().isEmpty()) {
      condition = Condition.REQUIRED_FIELD_MISSING;
      refusal = "MSH-10 (message control id) is missing";
    } else if (!now.senders().allows(practice, header.sender())) {
      condition = Condition.APPLICATION_INTERNAL_ERROR;
      refusal = "this sender is not allowed at this practice";
    } else if (!now.processed().at(practice).contains(processing(header))) {
      condition = Condition.UNSUPPORTED_PROCESSING_ID;
      refusal = notFor(header, now.processed().at(practice));
    } else if (version.isEmpty()) {
      condition = Condition.REQUIRED_FIELD_MISSING;
      refusal = "MSH-12 (version) is missing";
    } else if (!SERVED.matcher(version).matches()) {
      condition = Condition.UNSUPPORTED_VERSION_ID;
      refusal = "version " + plain(version) + " (MSH-12) is not served here; 2.1 to 2.8 are";
    } else if (Hl7Charset.of(header.charset()).isEmpty()) {
      condition = Condition.TABLE_VALUE_NOT_FOUND;
      refusal =
          "charset "
              + plain(header.charset())
              + " (MSH-18) is not read here; ASCII, UNICODE UTF-8, 8859/1 to 8859/9, 8859/15 and windows-1252 are";
    } else if (!now.understood().contains(header.event())) {
      condition = unsupported(header, now);
      refusal = notTaken(header, practice, now);
    } else if (now.requests().holds(header)) {
      refusal = notAsked(header, practice, now);
    }
    return new Seen(
        message,
        header,
        condition,
        refusal,
        "",
        refusal.isEmpty() ? promise(message, header, practice, now) : Optional.empty());
  }

  /** Who does not say what a message is for means it. */
  private static String processing(MessageHeader header) {
    return header.processing().isEmpty() ? PRODUCTION : header.processing();
  }

  private static String notFor(MessageHeader header, List<String> taken) {
    return "processing id "
        + plain(processing(header))
        + " (MSH-11) is not taken here; "
        + String.join(", ", taken)
        + (taken.size() == 1 ? " is" : " are")
        + " (hl7.processing)";
  }

  /** Why a request is not taken; "" if it is. */
  private static String notAsked(MessageHeader header, String practice, Terms now) {
    if (now.requests().hides(header.event(), practice)) {
      return header.event()
          + " is not taken here: it asks for an appointment, and this practice takes no requests (hl7.requests). A booking that the sender has made comes as SIU";
    }
    return now.answered().by(practice, header.sender()).isPresent()
        ? ""
        : header.event()
            + " is not taken here: it waits for a schedule request response (SRR), and no destination answers its sender (types: ACK)";
  }

  private static Optional<Promise> promise(
      byte[] message, MessageHeader header, String practice, Terms now) {
    return now.answered()
        .by(practice, header.sender())
        .flatMap(
            by ->
                wanted(by, header, now)
                    .map(
                        wanted ->
                            new Promise(by.destination(), wanted, MessageHeader.segment(message))));
  }

  private static Optional<Wanted> wanted(Answered.By by, MessageHeader header, Terms now) {
    if (by.always()) {
      return Optional.of(Wanted.ALWAYS);
    }
    return now.requests().holds(header) ? Wanted.ofRequest(header) : Wanted.of(header);
  }

  private static String notTaken(MessageHeader header, String practice, Terms now) {
    String event = header.event().isEmpty() ? "a message without type" : plain(header.event());
    String why = now.refused().get(header.event());
    return why != null
        ? event + " is not taken here: " + why
        : event
            + " is not understood here; understood are "
            + String.join(", ", now.understood(practice));
  }

  private static Arrival arrival(Seen seen, String practice, boolean inBatch) {
    return new Arrival(
        practice,
        "accept-hl7",
        seen.header().sender(),
        seen.header().event(),
        seen.header().controlId(),
        seen.bytes(),
        seen.refusal(),
        seen.answer(),
        seen.promise(),
        inBatch);
  }

  /** An answer for the wire; empty if the sender wants none (MSH-15, MSH-16). */
  public byte[] answer(Received received) {
    List<byte[]> answers = received.messages().stream().map(AcceptHl7::answer).toList();
    boolean silent = answers.stream().allMatch(answer -> answer.length == 0);
    if (silent || received.batch().isEmpty()) {
      return answers.get(0);
    }
    Accepted first = received.messages().get(0).accepted();
    return received.batch().get().answer(answers, first.at(), first.messageId());
  }

  private static byte[] answer(Stored stored) {
    Accepted accepted = stored.accepted();
    Instant at = accepted.at();
    String id = accepted.messageId();
    if (!stored.problem().isEmpty()) {
      return Acknowledgement.unreadable(at, id, new HeaderProblem(stored.problem()));
    }
    boolean taken = accepted.answer().equals("AA");
    if (taken && stored.answeredLater()) {
      // AA comes when it has its end: what is accepted is not yet landed.
      return Owed.beforeTheEnd(stored.header()) == Owed.COMMIT
          ? Acknowledgement.commit(stored.header(), at, id)
          : new byte[0];
    }
    if (Owed.of(stored.header(), taken) == Owed.NOTHING) {
      return new byte[0];
    }
    if (taken) {
      return Acknowledgement.accept(stored.header(), at, id);
    }
    return accepted.answer().equals("AE")
        ? Acknowledgement.error(stored.header(), at, id, stored.condition(), accepted.refusal())
        : Acknowledgement.reject(stored.header(), at, id, stored.condition(), accepted.refusal());
  }

  /**
   * The store did not take it: the sender must keep it and send it again. Said even to one that
   * wants no answers.
   */
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

  private static Condition unsupported(MessageHeader header, Terms now) {
    String family = header.type() + "^";
    return now.understood().stream().anyMatch(event -> event.startsWith(family))
        ? Condition.UNSUPPORTED_EVENT_CODE
        : Condition.UNSUPPORTED_MESSAGE_TYPE;
  }

  /**
   * A sender decides this text, and it reaches receipts: only what types, versions and charsets are
   * made of, and little of it.
   */
  private static String plain(String text) {
    String plain = text.replaceAll("[^A-Za-z0-9^_./ -]", "?");
    return plain.substring(0, Math.min(LONGEST_WORD, plain.length()));
  }
}
