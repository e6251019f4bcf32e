package pontic.sandbox.demo;

import static pontic.sandbox.demo.Expect.same;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import pontic.sandbox.hospital.Hospital;

/**
 * The initial load and steps 9 to 12 of the demo: what is done in a practice reaches the peers.
 * Each looks at what came to the peers, and milliseconds are from the act to the arrival there.
 */
final class Outward {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration LONGEST_LOAD = Duration.ofMinutes(12);
  private static final LocalDateTime AT = LocalDateTime.of(2027, 6, 1, 9, 0);
  private static final List<String> PRACTICES = List.of("elm", "oak");

  private final Stage stage;
  private final Engine engine;
  private final Peers peers;
  private final PrintStream out;

  Outward(Stage stage, PrintStream out) {
    this.stage = stage;
    this.engine = new Engine(stage);
    this.peers = new Peers(stage);
    this.out = out;
  }

  /** Before step 1: everything that the practices have goes to every destination once. */
  void load() {
    Instant start = Instant.now();
    long[] said = new long[1];
    stage.until(
        "the first load is done",
        LONGEST_LOAD,
        () -> {
          JsonNode status = stage.status();
          if (Instant.now().toEpochMilli() - said[0] > 5_000) {
            said[0] = Instant.now().toEpochMilli();
            say(progress(status));
          }
          return loaded(status);
        },
        () -> progress(stage.status()));
    JsonNode status = stage.status();
    say(progress(status));
    say("done after " + seconds(Duration.between(start, Instant.now())));
  }

  private static boolean loaded(JsonNode status) {
    for (JsonNode practice : status.path("practices")) {
      Set<String> on = new HashSet<>();
      for (JsonNode feed : practice.path("feeds")) {
        if (feed.path("state").asText().equals("on")) {
          on.add(feed.path("feed").asText());
        }
      }
      if (!on.containsAll(Stage.FEEDS)) {
        return false;
      }
    }
    for (JsonNode destination : status.path("destinations")) {
      if (destination.path("due").asLong() > 0) {
        return false;
      }
    }
    return true;
  }

  /** Rows read from the practices, and what each destination has of them. */
  private static String progress(JsonNode status) {
    long read = 0;
    for (JsonNode practice : status.path("practices")) {
      for (JsonNode feed : practice.path("feeds")) {
        read += feed.path("read").asLong();
      }
    }
    Map<String, long[]> destinations = new TreeMap<>();
    for (JsonNode one : status.path("destinations")) {
      long[] counts =
          destinations.computeIfAbsent(one.path("destination").asText(), name -> new long[2]);
      counts[0] += one.path("delivered").asLong();
      counts[1] += one.path("due").asLong();
    }
    StringBuilder line = new StringBuilder(read + " rows read");
    destinations.forEach(
        (name, counts) ->
            line.append("; ")
                .append(name)
                .append(" has ")
                .append(counts[0])
                .append(", due ")
                .append(counts[1]));
    return line.toString();
  }

  /** 9: what the front desk does is at all three peers, as the event that it is. */
  String frontDesk() {
    peers.untilNothingIsDue();
    out.printf(
        "     %-10s %-8s %-9s %8s %10s %10s%n",
        "front desk", "HL7 v2", "SCH-25", "hl7", "hospital", "registry");
    Instant start = Instant.now();
    long patNum = add("Walker", "Ida", "1984-05-06");
    List<Long> all = new ArrayList<>(told("registers", "ADT^A28", "", "Patient", patNum, start));
    start = Instant.now();
    long kept = book(patNum, 0);
    all.addAll(appointment("books", "S12", "Booked", kept, start, "booked"));
    start = Instant.now();
    String to = AT.plusDays(40).toString();
    desk(Map.of("action", "move", "aptNum", kept, "at", to));
    all.addAll(appointment("moves", "S13", "Booked", kept, start, "booked"));
    start = Instant.now();
    desk(Map.of("action", "complete", "aptNum", kept));
    all.addAll(appointment("completes", "S14", "Complete", kept, start, "fulfilled"));

    start = Instant.now();
    long missed = book(patNum, 1);
    long cancelled = book(patNum, 2);
    long deleted = book(patNum, 3);
    for (long aptNum : List.of(missed, cancelled, deleted)) {
      peers.event("elm", "SIU^S12", aptNum, start);
      for (String peer : Peers.FHIR) {
        peers.resource(peer, "elm", "Appointment", aptNum, start, one -> true);
      }
    }
    start = Instant.now();
    desk(Map.of("action", "break", "aptNum", missed, "breakType", "missed"));
    all.addAll(appointment("missed", "S14", "Noshow", missed, start, "noshow"));
    start = Instant.now();
    desk(Map.of("action", "break", "aptNum", cancelled, "breakType", "cancelled"));
    all.addAll(appointment("cancelled", "S15", "Cancelled", cancelled, start, "cancelled"));
    start = Instant.now();
    desk(Map.of("action", "delete", "aptNum", deleted));
    all.addAll(appointment("deletes", "S17", "Deleted", deleted, start, "entered-in-error"));
    return "each at both FHIR servers and as its HL7 v2 event, after "
        + all.stream().mapToLong(Long::longValue).min().orElseThrow()
        + " to "
        + all.stream().mapToLong(Long::longValue).max().orElseThrow()
        + " ms";
  }

  private List<Long> appointment(
      String act, String event, String filler, long aptNum, Instant start, String status) {
    return told(act, "SIU^" + event, filler, "Appointment", aptNum, start, status);
  }

  private List<Long> told(
      String act, String trigger, String filler, String type, long key, Instant start) {
    return told(act, trigger, filler, type, key, start, "");
  }

  /** Waits until all three were told, says and returns their milliseconds. */
  private List<Long> told(
      String act,
      String trigger,
      String filler,
      String type,
      long key,
      Instant start,
      String status) {
    Predicate<JsonNode> fits = resource -> resource.path("status").asText().equals(status);
    List<Long> millis = new ArrayList<>();
    Peers.Told told = peers.event("elm", trigger, key, start);
    same("SCH-25", filler, told.status());
    millis.add(told.millis());
    for (String peer : Peers.FHIR) {
      millis.add(peers.resource(peer, "elm", type, key, start, fits));
    }
    out.printf(
        "     %-10s %-8s %-9s %5d ms %7d ms %7d ms%n",
        act, trigger, told.status(), millis.get(0), millis.get(1), millis.get(2));
    return millis;
  }

  /** 10: every patient row gets a new stamp, and nobody is told anything. */
  String ageing() {
    peers.untilNothingIsDue();
    Map<String, Long> before = unchanged();
    Instant start = Instant.now();
    Map<String, Long> touched = new TreeMap<>();
    for (String practice : PRACTICES) {
      JsonNode answer =
          stage.control().post("/front-desk", Map.of("practice", practice, "action", "touchAll"));
      touched.put(practice, answer.path("rows").asLong());
    }
    stage.until(
        "every touched row was looked at",
        LIMIT,
        () ->
            touched.entrySet().stream()
                .allMatch(one -> suppressed(before, one.getKey()) >= one.getValue()),
        () -> unchanged() + " unchanged in all, before " + before + ", touched " + touched);
    say("rows touched, found unchanged and suppressed: " + touched);
    // Whatever Pontic might have to tell of these rows would go before a change that comes later.
    long patNum = add("Marker", "Ada", "1991-02-03");
    peers.event("elm", "ADT^A28", patNum, start);
    for (String peer : Peers.FHIR) {
      peers.resource(peer, "elm", "Patient", patNum, start, one -> true);
    }
    peers.untilNothingIsDue();
    for (String peer : List.of("hospital", "registry", Peers.HL7)) {
      same("arrivals at " + peer, "1", "" + peers.since(peer, start).size());
    }
    long rows = touched.values().stream().mapToLong(Long::longValue).sum();
    say("to all three came only the patient that was added afterwards");
    return rows + " rows got a new stamp, all of them suppressed; nobody was told anything";
  }

  private Map<String, Long> unchanged() {
    Map<String, Long> counts = new TreeMap<>();
    for (JsonNode practice : stage.status().path("practices")) {
      for (JsonNode feed : practice.path("feeds")) {
        if (feed.path("feed").asText().equals("patient")) {
          counts.put(practice.path("practice").asText(), feed.path("unchanged").asLong());
        }
      }
    }
    return counts;
  }

  private long suppressed(Map<String, Long> before, String practice) {
    return unchanged().get(practice) - before.get(practice);
  }

  /** 11: a merge names both patients, to each in its own way. */
  String merged() {
    Instant start = Instant.now();
    long from = add("Twice", "Nora", "1977-07-07");
    long into = add("Twice", "Nora", "1977-07-08");
    for (long patNum : List.of(from, into)) {
      peers.event("elm", "ADT^A28", patNum, start);
      for (String peer : Peers.FHIR) {
        peers.resource(peer, "elm", "Patient", patNum, start, one -> true);
      }
    }
    peers.untilNothingIsDue();
    Instant act = Instant.now();
    desk(Map.of("action", "merge", "from", from, "into", into));
    stage.until("an A40 has come", LIMIT, () -> !a40(into, act).isEmpty(), () -> "none");
    JsonNode a40 = a40(into, act).get(0);
    same("MRG-1", "" + from, a40.path("merged").asText());
    long hl7 = a40.path("at").asLong() - act.toEpochMilli();
    say("hl7: ADT^A40, PID-3 " + into + ", MRG-1 " + from + " after " + hl7 + " ms");
    List<Long> millis = new ArrayList<>(List.of(hl7));
    for (String peer : Peers.FHIR) {
      long replaced =
          peers.resource(peer, "elm", "Patient", from, act, one -> links(one, "replaced-by", into));
      long replaces =
          peers.resource(peer, "elm", "Patient", into, act, one -> links(one, "replaces", from));
      millis.add(Math.max(replaced, replaces));
      say(
          peer
              + ": Patient "
              + from
              + " replaced-by "
              + into
              + ", "
              + into
              + " replaces "
              + from
              + " after "
              + Math.max(replaced, replaces)
              + " ms");
    }
    return "A40 with MRG-1 and Patient.link both ways, within "
        + millis.stream().mapToLong(Long::longValue).max().orElseThrow()
        + " ms";
  }

  private List<JsonNode> a40(long survivor, Instant since) {
    return peers.events("elm", "ADT", survivor, since).stream()
        .filter(one -> one.path("trigger").asText().equals("ADT^A40"))
        .toList();
  }

  private static boolean links(JsonNode patient, String type, long other) {
    for (JsonNode link : patient.path("link")) {
      if (link.path("type").asText().equals(type)
          && link.path("other")
              .path("reference")
              .asText()
              .equals("Patient/" + Peers.id("elm", "Patient", other))) {
        return true;
      }
    }
    return false;
  }

  /** 12: the hospital's own words go to the registry alone; what Open Dental adds comes back. */
  String echo() throws IOException {
    peers.untilNothingIsDue();
    Hospital.Patient patient = Hospital.Patient.numbered(1201);
    Instant start = Instant.now();
    say(Hospital.adt("A28", "echo-1", patient), "echo-1");
    long patNum = Long.parseLong(stage.offices().patients("elm", patient).get(0).get("PatNum"));
    long registry = peers.resource("registry", "elm", "Patient", patNum, start, one -> true);
    spared(patNum, start);
    say("hospital's A28: the registry has it after " + registry + " ms, the hospital nothing");

    start = Instant.now();
    say(Hospital.adt("A31", "echo-2", patient.withPhone("5035550199")), "echo-2");
    registry =
        peers.resource(
            "registry", "elm", "Patient", patNum, start, one -> one.toString().contains("0199"));
    spared(patNum, start);
    say("hospital's A31: the registry has it after " + registry + " ms, the hospital nothing");

    start = Instant.now();
    byte[] booking =
        new String(
                Hospital.siu("S12", "echo-3", patient, "PL-echo", AT.plusDays(60), 30, ""),
                StandardCharsets.UTF_8)
            .replaceAll("AIP\\|[^\r]*\r", "")
            .getBytes(StandardCharsets.UTF_8);
    say(booking, "echo-3");
    long aptNum = Long.parseLong(stage.offices().appointments("elm", patient).get(0).get("AptNum"));
    Map<String, Long> millis = new LinkedHashMap<>();
    for (String peer : Peers.FHIR) {
      millis.put(
          peer,
          peers.resource(
              peer,
              "elm",
              "Appointment",
              aptNum,
              start,
              one -> one.path("participant").toString().contains("Practitioner/")));
    }
    millis.put(Peers.HL7, peers.event("elm", "SIU^S14", aptNum, start).millis());
    say("hospital's S12 names no provider; Open Dental chose one: it comes back, in ms " + millis);
    return "what the hospital said does not come back, the provider that Open Dental chose does";
  }

  private void say(byte[] message, String controlId) throws IOException {
    same("answer", "AA", engine.acknowledged("elm", message));
    same("end", "landed", engine.ended("elm", List.of(controlId)).get(0).end());
  }

  /** Once nothing is due any more, neither server of the hospital was told of this patient. */
  private void spared(long patNum, Instant since) {
    peers.untilNothingIsDue();
    String id = Peers.id("elm", "Patient", patNum);
    same("told to the hospital", "0", "" + peers.of("hospital", "Patient", id, since).size());
    same("told to its engine", "0", "" + peers.events("elm", "ADT", patNum, since).size());
  }

  private long add(String last, String first, String birth) {
    return desk(Map.of(
            "action",
            "addPatient",
            "fields",
            Map.of("LName", last, "FName", first, "Birthdate", birth)))
        .path("PatNum")
        .asLong();
  }

  private long book(long patNum, int day) {
    return desk(Map.of(
            "action",
            "book",
            "patNum",
            patNum,
            "op",
            1,
            "provNum",
            1,
            "at",
            AT.plusDays(day).toString(),
            "minutes",
            30))
        .path("AptNum")
        .asLong();
  }

  private JsonNode desk(Map<String, Object> action) {
    Map<String, Object> body = new LinkedHashMap<>(action);
    body.put("practice", "elm");
    return stage.control().post("/front-desk", body);
  }

  private void say(String line) {
    out.println("     " + line);
  }

  private static String seconds(Duration duration) {
    return String.format(java.util.Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
