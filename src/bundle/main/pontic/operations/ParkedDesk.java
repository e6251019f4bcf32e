package pontic.operations;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import pontic.audit.Audit;
import pontic.hl7.HeaderProblem;
import pontic.hl7.MessageHeader;
import pontic.identify.Matching;
import pontic.lane.ParkedMessages;
import pontic.lane.ParkedMessages.Outcome;
import pontic.send.Dues;
import pontic.store.Store;
import pontic.store.Transaction;

/**
 * What a person may do with what is parked, by its id: of a message {@code m-…}, of a delivery
 * {@code practice/destination/type/key}, of a patient {@code practice/PatNum}. Each is one unit
 * with its row of the audit.
 */
public final class ParkedDesk {
  private static final String HL7 = "accept-hl7";

  private final Store store;
  private final Audit audit;
  private final ParkedMessages messages;
  private final Matching matching;
  private final Dues dues;
  private final FhirContext fhir;

  public ParkedDesk(
      Store store,
      Audit audit,
      ParkedMessages messages,
      Matching matching,
      Dues dues,
      FhirContext fhir) {
    this.store = store;
    this.audit = audit;
    this.messages = messages;
    this.matching = matching;
    this.dues = dues;
    this.fhir = fhir;
  }

  /**
   * A body as it is shown.
   *
   * @param text HL7 v2 by lines, or JSON
   * @param originals how often it was edited
   */
  record Shown(String practice, String kind, boolean masked, String text, int originals) {
    /** Without its content. */
    @Override
    public String toString() {
      return "Shown[" + kind + "]";
    }
  }

  /** An edit is not what was sent, and why. */
  static final class NotTheSame extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotTheSame(String why) {
      super(why);
    }
  }

  private record Delivery(String practice, String destination, String resource, long key) {
    static Optional<Delivery> of(String id) {
      String[] parts = id.split("/", -1);
      return parts.length == 4 && parts[3].matches("\\d{1,18}")
          ? Optional.of(new Delivery(parts[0], parts[1], parts[2], Long.parseLong(parts[3])))
          : Optional.empty();
    }
  }

  /** Lets it go on, with what waits behind it. */
  Outcome release(String id, String who) {
    return store.write(tx -> release(tx, id, who));
  }

  private Outcome release(Transaction tx, String id, String who) {
    Optional<Delivery> delivery = Delivery.of(id);
    if (delivery.isPresent()) {
      return release(tx, delivery.get(), id, who);
    }
    String[] patient = id.split("/", -1);
    if (patient.length == 2 && patient[1].matches("[1-9]\\d{0,17}")) {
      boolean any = false;
      for (String each : ofPatient(tx, patient[0], Long.parseLong(patient[1]))) {
        any |= release(tx, each, who) == Outcome.DONE;
      }
      return any ? Outcome.DONE : Outcome.NOT_PARKED;
    }
    return messages.release(tx, id, who);
  }

  private Outcome release(Transaction tx, Delivery its, String id, String who) {
    if (!dues.release(tx, its.practice(), its.destination(), its.resource(), its.key())) {
      return Outcome.NOT_PARKED;
    }
    audit.record(tx, "release", its.practice(), who, id);
    return Outcome.DONE;
  }

  /**
   * Lets a message go on for the patient that a person has named.
   *
   * @param patNum empty: nobody of those that were shown, a new one
   */
  Outcome match(String id, OptionalLong patNum, String who) {
    return store.write(tx -> matching.match(tx, id, patNum, who));
  }

  private static List<String> ofPatient(Transaction tx, String practice, long patNum) {
    List<String> ids =
        new ArrayList<>(
            tx.sql(
                    """
                    select m.id from message m join work w on w.message_id = m.id and w.state = 'parked'
                      join person p on p.practice = w.practice and p.id = w.person_id
                    where m.practice = ? and m.receipt_end = 'parked' and p.pat_num = ? order by m.seq
                    """)
                .params(practice, patNum)
                .query(String.class)
                .list());
    ids.addAll(
        tx.sql(
                """
                select practice, destination, resource, row_key from due
                where practice = ? and patient_key = ? and state = 'parked' order by destination, resource, row_key
                """)
            .params(practice, patNum)
            .query((row, number) -> Control.delivery(row))
            .list());
    return ids;
  }

  /**
   * All that are parked for a cause.
   *
   * @param cause part of the reason, whatever its case
   * @param practice "" = all
   * @return their ids
   */
  List<String> resubmit(String cause, String practice, String who) {
    return store.write(
        tx -> {
          List<String> done = new ArrayList<>();
          for (String id : parkedFor(tx, cause, practice)) {
            if (release(tx, id, who) == Outcome.DONE) {
              done.add(id);
            }
          }
          return done;
        });
  }

  private static List<String> parkedFor(Transaction tx, String cause, String practice) {
    List<String> ids =
        new ArrayList<>(
            tx.sql(
                    """
                    select id from message where receipt_end = 'parked' and (:practice = '' or practice = :practice)
                      and lower(receipt_reason) like :cause escape '!' order by practice, seq
                    """)
                .param("practice", practice)
                .param("cause", containing(cause))
                .query(String.class)
                .list());
    ids.addAll(
        tx.sql(
                """
                select practice, destination, resource, row_key from due where state = 'parked'
                  and (:practice = '' or practice = :practice) and lower(reason) like :cause escape '!'
                order by practice, destination, resource, row_key
                """)
            .param("practice", practice)
            .param("cause", containing(cause))
            .query((row, number) -> Control.delivery(row))
            .list());
    return ids;
  }

  private static String containing(String text) {
    return "%" + text.toLowerCase(Locale.ROOT).replaceAll("([!%_])", "!$1") + "%";
  }

  /** Gives it up. */
  Outcome drop(String id, String reason, String who) {
    return store.write(
        tx -> {
          Optional<Delivery> delivery = Delivery.of(id);
          if (delivery.isEmpty()) {
            return messages.drop(tx, id, reason, who);
          }
          Delivery its = delivery.get();
          if (!dues.drop(tx, its.practice(), its.destination(), its.resource(), its.key())) {
            return Outcome.NOT_PARKED;
          }
          audit.record(tx, "drop", its.practice(), who, id);
          return Outcome.DONE;
        });
  }

  /**
   * Puts another text in the place of a parked message and reads it from the beginning.
   *
   * @throws NotTheSame if it is another message than the one that is parked
   */
  Outcome edit(String id, String text, String who) {
    return store.write(
        tx -> {
          Optional<Kept> kept = kept(tx, id);
          Optional<byte[]> now = messages.body(tx, id);
          return kept.isEmpty() || now.isEmpty()
              ? Outcome.NOT_PARKED
              : messages.edit(tx, id, edited(kept.get(), now.get(), text), who);
        });
  }

  private byte[] edited(Kept kept, byte[] before, String text) {
    if (!kept.route().equals(HL7)) {
      checkResource(kept, text);
      return text.getBytes(StandardCharsets.UTF_8);
    }
    byte[] after = (text.strip().replaceAll("\\R", "\r") + "\r").getBytes(charset(before));
    MessageHeader was = MessageHeader.read(before);
    try {
      MessageHeader is = MessageHeader.read(after);
      if (!is.sender().equals(was.sender())
          || !is.event().equals(was.event())
          || !is.controlId().equals(was.controlId())) {
        throw new NotTheSame(
            "MSH-3, MSH-4, MSH-9 and MSH-10 have to stay as they are: they say which message it is");
      }
      return after;
    } catch (HeaderProblem e) {
      throw new NotTheSame("this is no HL7 v2 message: " + e.getMessage());
    }
  }

  /** As the façade looks at it: what R4 does not know is refused. */
  private void checkResource(Kept kept, String text) {
    IParser parser = fhir.newJsonParser();
    parser.setParserErrorHandler(new StrictErrorHandler());
    try {
      if (!parser.parseResource(text).fhirType().equals(kept.type())) {
        throw new NotTheSame("it has to stay a " + kept.type());
      }
    } catch (DataFormatException e) {
      // Its text may quote a value.
      throw new NotTheSame("this is no resource of FHIR R4 in JSON, or has what R4 does not know");
    }
  }

  private record Kept(String practice, String route, String type) {}

  private static Optional<Kept> kept(Transaction tx, String id) {
    return tx.sql(
            "select practice, route, type from message where id = ? and receipt_end = 'parked'")
        .params(id)
        .query(Kept.class)
        .optional();
  }

  /**
   * The body of what is parked, or of a delivery what would be sent.
   *
   * @param original 0: as it is; 1: as its sender sent it; 2: after the first edit ...
   * @param clear false: letters and digits are masked
   */
  Optional<Shown> show(String id, int original, boolean clear, String who) {
    return store.write(
        tx -> {
          Optional<Shown> shown =
              Delivery.of(id).isPresent()
                  ? delivery(tx, Delivery.of(id).get(), clear)
                  : message(tx, id, original, clear);
          shown.ifPresent(
              any -> audit.record(tx, clear ? "show" : "show masked", any.practice(), who, id));
          return shown;
        });
  }

  private Optional<Shown> delivery(Transaction tx, Delivery its, boolean clear) {
    return dues.parked(tx, its.practice(), its.destination(), its.resource(), its.key())
        .map(
            text -> new Shown(its.practice(), "fhir", !clear, clear ? text : Masked.json(text), 0));
  }

  private Optional<Shown> message(Transaction tx, String id, int original, boolean clear) {
    Optional<byte[]> body =
        original == 0 ? messages.body(tx, id) : messages.original(tx, id, original);
    return kept(tx, id)
        .flatMap(
            kept ->
                body.map(
                    bytes -> {
                      boolean hl7 = kept.route().equals(HL7);
                      String text = new String(bytes, charset(bytes));
                      String lines = hl7 ? text.replaceAll("\\R", "\n") : text;
                      return new Shown(
                          kept.practice(),
                          hl7 ? "hl7v2" : "fhir",
                          !clear,
                          clear ? lines : hl7 ? Masked.hl7(lines) : Masked.json(lines),
                          ParkedMessages.originals(tx, id));
                    }));
  }

  /** What a text is decoded and encoded by: nothing of it gets lost. */
  private static Charset charset(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return StandardCharsets.UTF_8;
    } catch (CharacterCodingException e) {
      return StandardCharsets.ISO_8859_1;
    }
  }
}
