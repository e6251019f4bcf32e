package pontic.proof;

import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pontic.sandbox.hospital.HospitalMllp;

/**
 * What a receiver of the HL7 messages believes that takes each MSH-10 once, in the words of {@link
 * Truth}. What it refused last it does not believe; what it took and did not answer it does.
 */
final class Hl7Ends {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmssZ");
  private static final Map<String, String> STATUS =
      Map.of(
          "Booked", "booked",
          "Complete", "fulfilled",
          "Noshow", "noshow",
          "Cancelled", "cancelled",
          "Deleted", "deleted");

  private final List<HospitalMllp.Frame> taken;

  /** MSH-10 of what was refused at some time. */
  private final Set<String> refused = new HashSet<>();

  /** By row, in order; the first arrival of each MSH-10. */
  private final Map<String, List<Event>> histories = new LinkedHashMap<>();

  /** One event about one row. */
  private record Event(String trigger, String controlId, Segments message) {}

  Hl7Ends(List<HospitalMllp.Frame> frames) {
    Map<String, String> lastAnswers = new HashMap<>();
    for (HospitalMllp.Frame frame : frames) {
      lastAnswers.put(frame.message().controlId(), frame.answer());
      if (frame.answer().equals("AE")) {
        refused.add(frame.message().controlId());
      }
    }
    taken =
        frames.stream()
            .filter(frame -> !frame.answer().equals("AE"))
            .filter(frame -> !lastAnswers.get(frame.message().controlId()).equals("AE"))
            .toList();
    Set<String> known = new HashSet<>();
    for (HospitalMllp.Frame frame : taken) {
      Segments message = new Segments(frame.message().text());
      if (known.add(message.controlId())) {
        histories
            .computeIfAbsent(row(message), any -> new ArrayList<>())
            .add(new Event(message.trigger(), message.controlId(), message));
      }
    }
  }

  private static String row(Segments message) {
    return switch (message.trigger()) {
      case "A28", "A31" -> message.practice() + "-patient-" + message.part("PID", 3, 1);
      case "A40" -> message.practice() + "-patient-" + message.part("MRG", 1, 1);
      default -> message.practice() + "-appointment-" + message.part("SCH", 2, 1);
    };
  }

  void appointment(
      List<String> found, String id, Map<String, String> row, Map<String, Set<String>> words) {
    Optional<Event> last = last(id);
    String trigger = last.map(Event::trigger).orElse("");
    String status = row.get("status");
    boolean untold = trigger.isEmpty() || trigger.equals("S17") || trigger.equals("S15");
    boolean over =
        status.equals("cancelled") || status.equals("noshow") || status.equals(Truth.NOT_SENT);
    if (over && untold) {
      // A missed or cancelled one that it does not expect is not told (decision 0088).
      if (status.equals(Truth.NOT_SENT) && trigger.equals("S15")) {
        found.add(Told.MISSED + Peers.HL7 + " still has " + id + " as cancelled");
      }
      return;
    }
    if (trigger.equals("S17")) {
      found.add(Told.MISSED + Peers.HL7 + ": " + id + " is " + status + " and there deleted");
      return;
    }
    Told.compare(found, Peers.HL7, id, row, last.map(event -> appointment(event.message())), words);
  }

  void patient(
      List<String> found, String id, Map<String, String> row, Map<String, Set<String>> words) {
    Optional<Event> last = last(id);
    String into = row.get("replacedBy");
    if (into.isEmpty() && row.get("active").equals("false")) {
      // Neither registered nor changed any more (decision 0351); what was told before stays.
      return;
    }
    if (into.isEmpty()) {
      Told.compare(found, Peers.HL7, id, row, last.map(event -> patient(event.message())), words);
    } else if (last.isPresent()
        && !(last.get().trigger().equals("A40")
            && into.equals(
                last.get().message().practice()
                    + "-patient-"
                    + last.get().message().part("PID", 3, 1)))) {
      found.add(Told.MISSED + Peers.HL7 + " does not know that " + id + " was merged into " + into);
    }
  }

  void withoutRow(List<String> found, Set<String> rows) {
    histories.keySet().stream()
        .filter(id -> id.contains("-appointment-") && !rows.contains(id))
        .filter(id -> !last(id).orElseThrow().trigger().equals("S17"))
        .forEach(
            id -> found.add(Told.MISSED + Peers.HL7 + " still has " + id + ", whose row is gone"));
  }

  /**
   * @param own rows of which the hospital spoke first: it may have booked or registered them itself
   */
  void histories(List<String> found, Set<String> own) {
    Map<String, String> contents = new HashMap<>();
    Map<String, String> lastOfRow = new HashMap<>();
    Set<String> known = new HashSet<>();
    for (HospitalMllp.Frame frame : taken) {
      Segments message = new Segments(frame.message().text());
      String controlId = message.controlId();
      String content = content(message);
      String first = contents.putIfAbsent(controlId, content);
      if (first != null && !first.equals(content)) {
        found.add(
            Peers.HL7
                + ": MSH-10 "
                + controlId
                + " of "
                + row(message)
                + " came with two contents");
      }
      if (!known.add(controlId) && !controlId.equals(lastOfRow.get(row(message)))) {
        found.add(
            Peers.HL7 + ": " + controlId + " of " + row(message) + " came again after a newer one");
      }
      lastOfRow.put(row(message), controlId);
    }
    histories.forEach(
        (id, events) -> {
          List<String> triggers = events.stream().map(Event::trigger).toList();
          if (!isLegal(triggers, own.contains(id))) {
            found.add(Peers.HL7 + ": illegal history of " + id + ": " + triggers);
          }
        });
  }

  /**
   * All of it; if it was refused in between, then without those whom it names beside its row, as
   * they are told in their newest state (decision 0090).
   */
  private String content(Segments message) {
    boolean namesOthers = !Set.of("A28", "A31").contains(message.trigger());
    return refused.contains(message.controlId()) && namesOthers
        ? message.text().replaceAll("\r(PID|AIL|AIP)\\|[^\r]*", "")
        : message.text();
  }

  private static boolean isLegal(List<String> triggers, boolean own) {
    String before = own ? "own" : "";
    for (String trigger : triggers) {
      boolean fits =
          switch (trigger) {
            case "S12" -> Set.of("", "own", "S15", "S17").contains(before);
            case "S13", "S14", "S15" -> Set.of("own", "S12", "S13", "S14").contains(before);
            case "S17" -> Set.of("own", "S12", "S13", "S14", "S15").contains(before);
            case "A28" -> Set.of("", "own", "A40").contains(before);
            case "A31", "A40" -> Set.of("own", "A28", "A31").contains(before);
            default -> false;
          };
      if (!fits) {
        return false;
      }
      before = trigger;
    }
    return true;
  }

  private Optional<Event> last(String id) {
    List<Event> events = histories.getOrDefault(id, List.of());
    return events.isEmpty() ? Optional.empty() : Optional.of(events.get(events.size() - 1));
  }

  private static Map<String, String> appointment(Segments message) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("status", STATUS.getOrDefault(message.part("SCH", 25, 1), ""));
    fields.put("start", instant(message.part("SCH", 11, 4)));
    fields.put("end", instant(message.part("SCH", 11, 5)));
    fields.put("minutes", message.part("SCH", 9, 1));
    fields.put("patient", message.practice() + "-patient-" + message.part("PID", 3, 1));
    String room = message.part("AIL", 3, 2);
    String clinic = message.part("AIL", 3, 1);
    fields.put(
        "location",
        room.isEmpty()
            ? clinic.isEmpty() ? "" : message.practice() + "-clinic-" + clinic
            : message.practice() + "-location-" + room);
    return fields;
  }

  private static String instant(String text) {
    return text.isEmpty() ? "" : OffsetDateTime.parse(text, TIME).toInstant().toString();
  }

  private static Map<String, String> patient(Segments message) {
    Map<String, String> fields = new LinkedHashMap<>();
    String birth = message.part("PID", 7, 1);
    fields.put("family", message.where("PID", 5, 7, "L", 1));
    fields.put(
        "given",
        (message.where("PID", 5, 7, "L", 2) + " " + message.where("PID", 5, 7, "L", 3)).strip());
    fields.put("nickname", message.where("PID", 5, 7, "N", 2));
    fields.put(
        "birth",
        birth.isEmpty()
            ? ""
            : birth.substring(0, 4) + "-" + birth.substring(4, 6) + "-" + birth.substring(6));
    fields.put("home", message.where("PID", 13, 3, "PH", 1));
    fields.put("mobile", message.where("PID", 13, 3, "CP", 1));
    fields.put("email", message.where("PID", 13, 2, "NET", 4));
    fields.put("work", message.where("PID", 14, 2, "WPN", 1));
    fields.put("city", message.part("PID", 11, 3));
    fields.put("deceased", Boolean.toString(message.part("PID", 30, 1).equals("Y")));
    return fields;
  }

  /** A message of ours as fields; HL7's explicit null is no value. */
  private record Segments(String text) {
    String practice() {
      return part("MSH", 3, 1);
    }

    String controlId() {
      return part("MSH", 9, 1);
    }

    String trigger() {
      return part("MSH", 8, 2);
    }

    private String field(String segment, int number) {
      for (String line : text.split("\r")) {
        String[] fields = line.split("\\|", -1);
        if (fields[0].equals(segment) && number < fields.length) {
          return fields[number].equals("\"\"") ? "" : fields[number];
        }
      }
      return "";
    }

    /** A component of the first repetition; fields of MSH are counted from the mark on. */
    String part(String segment, int field, int component) {
      return component(field(segment, field).split("~", -1)[0], component);
    }

    /** A component of the repetition whose other component has this value. */
    String where(String segment, int field, int other, String value, int component) {
      return Arrays.stream(field(segment, field).split("~", -1))
          .filter(each -> component(each, other).equals(value))
          .map(each -> component(each, component))
          .findFirst()
          .orElse("");
    }

    private static String component(String repetition, int number) {
      String[] parts = repetition.split("\\^", -1);
      return number <= parts.length ? parts[number - 1] : "";
    }
  }
}
