package pontic.proof;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the hospital itself said of a row in this run: it need not be told that (decision 0097), and
 * has to be told all else.
 */
final class Words {
  private static final Duration LENGTH = Duration.ofMinutes(30);

  private final Map<String, Map<String, Set<String>>> byRow = new HashMap<>();

  private Words() {}

  static Words of(Load load, Truth truth) {
    Words words = new Words();
    truth
        .patients()
        .forEach(
            (id, row) ->
                load.messages().stream()
                    .filter(message -> isOf(message, row))
                    .forEach(message -> words.patient(id, row, message)));
    truth
        .appointments()
        .forEach(
            (id, row) ->
                load.messages().stream()
                    .filter(message -> isOf(message, truth.patients().get(row.get("patient"))))
                    .filter(message -> isAbout(message, id, row.get("start")))
                    .forEach(message -> words.appointment(id, row, message)));
    return words;
  }

  private static boolean isOf(Load.Message message, Map<String, String> patient) {
    return patient != null
        && message.patient().last().equals(patient.get("family"))
        && message.patient().first().equals(patient.get("given"));
  }

  private static boolean isAbout(Load.Message message, String id, String start) {
    return !start.isEmpty()
        && message.isAboutVisitAt(LocalDateTime.ofInstant(Instant.parse(start), zone(id)));
  }

  /** By field; nothing of a row that the hospital never spoke of. */
  Map<String, Set<String>> of(String id) {
    return byRow.getOrDefault(id, Map.of());
  }

  /** The rows that the hospital spoke of. */
  Set<String> rows() {
    return byRow.keySet();
  }

  private void patient(String id, Map<String, String> row, Load.Message message) {
    String birth = message.patient().birth();
    say(id, "family", message.patient().last());
    say(id, "given", message.patient().first());
    say(
        id,
        "birth",
        birth.substring(0, 4) + "-" + birth.substring(4, 6) + "-" + birth.substring(6));
    say(id, "city", message.patient().city());
    // The office writes a number in its own way.
    if (row.get("home").replaceAll("\\D", "").equals(message.patient().phone())) {
      say(id, "home", row.get("home"));
    }
    // What a new patient has without a word.
    say(id, "active", "true");
    say(id, "deceased", "false");
    for (String nothing :
        new String[] {"nickname", "replacedBy", "replaces", "work", "mobile", "email"}) {
      say(id, nothing, "");
    }
  }

  private void appointment(String id, Map<String, String> row, Load.Message message) {
    String start = row.get("start");
    say(id, "status", message.cancels() ? "cancelled" : "booked");
    say(id, "minutes", Long.toString(LENGTH.toMinutes()));
    say(id, "patient", row.get("patient"));
    if (start.equals(message.at().atZone(zone(id)).toInstant().toString())) {
      say(id, "start", start);
      say(id, "end", Instant.parse(start).plus(LENGTH).toString());
    }
  }

  private static ZoneId zone(String id) {
    return ZoneId.of(id.startsWith("elm-") ? "America/New_York" : "America/Los_Angeles");
  }

  private void say(String id, String field, String value) {
    byRow
        .computeIfAbsent(id, any -> new HashMap<>())
        .computeIfAbsent(field, any -> new TreeSet<>())
        .add(value);
  }
}
