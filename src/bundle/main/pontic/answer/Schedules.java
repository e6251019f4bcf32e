package pontic.answer;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import pontic.hl7.MessageHeader;
import pontic.hl7.Segments;
import pontic.lane.Visit;
import pontic.lane.Visits;
import pontic.store.Transaction;
import pontic.store.Vault;

/**
 * Writes down, for who asked for an appointment, how it stands when his request has ended: the
 * segments of the schedule of an SRR, in his separators, with his numbers as he wrote them and ours
 * as SIU tells them. In the unit of the end, so that the answer needs neither the message nor Open
 * Dental when it is made.
 */
public final class Schedules implements Visits {
  /** What they are sealed as. */
  static final String CONTEXT = "answer-schedule";

  private static final String REQUEST = "SRM";

  /** TQ1 came with 2.5. */
  private static final List<String> WITHOUT_TQ1 = List.of("2.3", "2.3.1", "2.4");

  private final Vault vault;
  private final Rooms rooms;
  private final Map<String, ZoneId> zones;

  private record Asked(String header, String body) {}

  /**
   * What an event is called in SCH-6, and its action code (HL7 table 0206).
   *
   * @param reason as SIU says it
   */
  private record Event(String reason, String action) {
    static Event of(String trigger) {
      return switch (trigger) {
        case "S01" -> new Event("BOOK", "A");
        case "S02" -> new Event("MOVE", "U");
        case "S03" -> new Event("MODIFY", "U");
        default -> new Event("CANCEL", "D");
      };
    }
  }

  /**
   * @param zones by practice
   */
  public Schedules(Vault vault, Rooms rooms, Map<String, ZoneId> zones) {
    this.vault = vault;
    this.rooms = rooms;
    this.zones = Map.copyOf(zones);
  }

  @Override
  public void stands(Transaction tx, String practice, String messageId, Visit visit) {
    Optional<Asked> asked =
        tx.sql(
                """
                select a.header, m.body from answer a join message m on m.id = a.message_id
                where a.message_id = :id and m.type like :request and m.body <> ''
                """)
            .param("id", messageId)
            .param("request", REQUEST + "^%")
            .query(Asked.class)
            .optional();
    asked.ifPresent(
        one ->
            tx.sql("update answer set schedule = :schedule where message_id = :id")
                .param(
                    "schedule",
                    vault.seal(
                        CONTEXT,
                        messageId,
                        segments(
                                tx,
                                practice,
                                MessageHeader.read(vault.open("answer", messageId, one.header())),
                                vault.open("message", messageId, one.body()),
                                visit)
                            .getBytes(StandardCharsets.ISO_8859_1)))
                .param("id", messageId)
                .update());
  }

  private String segments(
      Transaction tx, String practice, MessageHeader header, byte[] message, Visit visit) {
    Segments out = new Segments(header);
    Event event = Event.of(header.trigger());
    String start = time(practice, visit.start());
    String end = time(practice, visit.start().plusSeconds(visit.minutes() * 60));
    String minutes = Long.toString(visit.minutes());
    String unit = out.components("min", "", "UCUM");
    String placer = out.given(message, "ARQ", 1, false).stream().findFirst().orElse("");
    out.add(
        "SCH",
        placer,
        out.components(
            Long.toString(visit.number()),
            out.text(practice),
            out.text("urn:pontic:" + practice + ":appointment"),
            "URI"),
        "",
        "",
        "",
        out.components(event.reason(), "", "L"),
        "",
        "",
        minutes,
        unit,
        out.components("", "", "M" + minutes, start, end),
        "",
        "",
        "",
        "",
        "PONTIC",
        "",
        "",
        "",
        "PONTIC",
        "",
        "",
        "",
        "",
        visit.state());
    if (!WITHOUT_TQ1.contains(header.version())) {
      out.add("TQ1", "1", "", "", "", "", "", start, end);
    }
    int patient = 0;
    for (String numbers : out.given(message, "PID", 3, true)) {
      patient++;
      // A name is required: one of unspecified kind, which says nothing.
      out.add(
          "PID",
          Integer.toString(patient),
          "",
          numbers,
          "",
          out.components("", "", "", "", "", "", "U"));
    }
    out.add("RGS", "1", event.action());
    if (visit.operatory() != 0) {
      String operatory = Long.toString(visit.operatory());
      String office = out.text(practice);
      out.add(
          "AIG",
          "1",
          event.action(),
          out.components(operatory, "", "L"),
          out.components("CHAIR", "Dental chair", "L"),
          "",
          "",
          "",
          start,
          "",
          "",
          minutes,
          unit);
      out.add(
          "AIL",
          "1",
          event.action(),
          out.components(
              rooms.clinic(tx, practice, visit.operatory()).map(out::text).orElse(office),
              operatory,
              "",
              office),
          out.components("O", out.text("Provider's office"), "HL70305"),
          "",
          start,
          "",
          "",
          minutes,
          unit);
    }
    people(out, practice, event, visit, List.of(start, "", "", minutes, unit));
    return out.all();
  }

  private static void people(
      Segments out, String practice, Event event, Visit visit, List<String> when) {
    int number = 0;
    if (visit.provider() != 0) {
      number++;
      person(out, practice, event, number, visit.provider(), "D", "Dentist", when);
    }
    if (visit.hygienist() != 0) {
      number++;
      person(out, practice, event, number, visit.hygienist(), "H", "Hygienist", when);
    }
  }

  private static void person(
      Segments out,
      String practice,
      Event event,
      int number,
      long provider,
      String role,
      String roleName,
      List<String> when) {
    String office =
        out.subcomponents(
            out.text(practice), out.text("urn:pontic:" + practice + ":provider"), "URI");
    out.add(
        "AIP",
        Integer.toString(number),
        event.action(),
        out.components(Long.toString(provider), "", "", "", "", "", "", "", office),
        out.components(role, roleName, "L"),
        "",
        when.get(0),
        when.get(1),
        when.get(2),
        when.get(3),
        when.get(4));
  }

  private String time(String practice, Instant at) {
    return DateTimeFormatter.ofPattern("yyyyMMddHHmmssxx", Locale.ROOT)
        .format(at.atZone(zones.get(practice)));
  }
}
