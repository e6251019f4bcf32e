package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.Purpose;
import pontic.mapping.RowKind;
import pontic.mapping.WriteTerms;
import pontic.mapping.Writes;

/**
 * The late look whether a write that had to be repeated took effect twice (decision 0003), or one
 * that was looked for in vain and not repeated came late (decision 0436). The other writes cannot:
 * a PUT of the same fields twice is one effect, and a second Break is refused.
 */
final class Doubles {
  private static final Set<String> APPOINTMENTS =
      Set.of("appointments.post", "appointments.planned", "appointments.schedule");

  /** Of definitions, names of companies and plans are not unique, and a list may hold two. */
  private static final Set<WriteTerms.Probe> WATCHED =
      EnumSet.of(WriteTerms.Probe.ROW, WriteTerms.Probe.DEFINITION);

  /** In the body of a look: the write was looked for in vain, and nothing was made instead. */
  private static final String MISSED = "missed";

  private final Writes table;

  Doubles(Writes table) {
    this.table = table;
  }

  /** What to ask later on, as the body of that work; empty if the write cannot double. */
  Optional<JsonNode> later(Head head, Asked write) {
    return write.is(Purpose.CALL, CallState.NOT_LANDED) ? missed(head, write) : twice(head, write);
  }

  /** A note that is there once, and a definition of that name, are what was wanted anyway. */
  private Optional<JsonNode> missed(Head head, Asked write) {
    boolean makes =
        write.name().equals("patients.post")
            || APPOINTMENTS.contains(write.name())
            || table
                .find(write.name())
                .filter(row -> row.probe() == WriteTerms.Probe.ROW)
                .filter(row -> !kind(write.name()).takes().isBlank())
                .isPresent();
    if (!makes) {
      return Optional.empty();
    }
    long patNum = write.baseline().path("patNum").asLong();
    ObjectNode about = about(head, write, patNum, "PatNum");
    return Optional.of(
        about
            .put("key", 0)
            .put(MISSED, true)
            .put("since", write.intentAt().toEpochMilli())
            .set("sent", write.request().body()));
  }

  private Optional<JsonNode> twice(Head head, Asked landed) {
    return switch (landed.name()) {
      case "patients.post" ->
          Optional.of(
              about(head, landed, landed.resultKey(), "PatNum")
                  .set("sent", landed.request().body()));
      case "appointments.post", "appointments.planned", "appointments.schedule" ->
          Optional.of(about(head, landed, landed.resultKey(), "AptNum"));
      case "appointments.note" -> Optional.of(about(head, landed, Settle.key(landed), "AptNum"));
      default ->
          table
              .find(landed.name())
              .filter(write -> WATCHED.contains(write.probe()))
              .map(
                  write ->
                      about(head, landed, landed.resultKey(), kind(landed.name()).key())
                          .set("sent", landed.request().body()));
    };
  }

  private RowKind kind(String write) {
    return table.kindOf(write).orElseThrow();
  }

  /**
   * @param column that the key stands in: where a person looks if the look cannot be made
   */
  private static ObjectNode about(Head head, Asked landed, long key, String column) {
    ObjectNode about = landed.baseline().deepCopy();
    return about
        .put("messageId", head.work().messageId())
        .put("write", landed.name())
        .put("key", key)
        .put("at", key == 0 ? "" : column + " " + key);
  }

  Decision next(Head head) {
    JsonNode about = head.work().bundle();
    return switch (about.path("write").asText()) {
      case "patients.post" -> patients(head, about);
      case "appointments.note" -> notes(head, about);
      case "appointments.post", "appointments.planned", "appointments.schedule" ->
          appointments(head, about);
      default -> rows(kind(about.path("write").asText()), head, about);
    };
  }

  private static Decision rows(RowKind kind, Head head, JsonNode about) {
    ChartReads reads =
        kind.takes().isBlank()
            ? ChartReads.definitions(kind, head, about.path("sent"), head.answeredReads())
            : new ChartReads(kind, about.path("patNum").asLong(), head.answeredReads());
    Optional<ApiRequest> more = reads.next();
    if (more.isPresent()) {
      return new Decision.Ask(more.get());
    }
    Optional<String> gap = reads.gap();
    if (gap.isPresent()) {
      return unlooked(gap.get());
    }
    List<Long> ours =
        keys(reads.rows().stream().filter(row -> isOurs(kind, about, row)), kind.key()).toList();
    if (isMissed(about)) {
      return new Decision.Late(kind.key(), ours, "delete it, or keep it and tell its sender");
    }
    return new Decision.Watched(
        ours.size() > 1, kind.key() + " " + ours + " are the same row twice; delete all but one");
  }

  /** Bears our reference, or is as sent and new since; of a list of the office, has that name. */
  private static boolean isOurs(RowKind kind, JsonNode about, JsonNode row) {
    String marker = about.path("marker").asText();
    if (kind.takes().isBlank()) {
      return ChartItem.isNamed(kind, about.path("sent"), row);
    }
    if (!marker.isEmpty()) {
      return row.path(kind.marker()).asText().contains(marker);
    }
    long key = row.path(kind.key()).asLong();
    boolean stood = false;
    for (JsonNode before : about.path("keys")) {
      stood |= before.asLong() == key;
    }
    return !stood && Settle.asSent(about.path("sent"), row);
  }

  private static Decision patients(Head head, JsonNode about) {
    JsonNode sent = about.path("sent");
    List<Asked> pages = head.reads("patients.search");
    Optional<Integer> more = Reads.nextPage(pages);
    if (more.isPresent()) {
      return new Decision.Ask(Reads.patientsBornOn(sent.path("Birthdate").asText(), more.get()));
    }
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      return unlooked(gap.get());
    }
    long ours = about.path("key").asLong();
    Set<Long> others = new HashSet<>();
    about.path("keys").forEach(key -> others.add(key.asLong()));
    others.add(ours);
    List<JsonNode> fresh =
        Reads.rows(pages, "PatNum").stream()
            .filter(row -> !others.contains(row.path("PatNum").asLong()))
            .filter(row -> !row.path("PatStatus").asText().equals("Deleted"))
            .filter(row -> Likeness.equal(sent, row, "LName") && Likeness.equal(sent, row, "FName"))
            .toList();
    if (fresh.isEmpty()) {
      return isMissed(about) ? late(List.of()) : new Decision.Watched(false, "");
    }
    boolean logged = head.capabilities().path("reads").path("securitylogs").path("on").asBoolean();
    List<Asked> logs = head.reads("securitylogs.get");
    Optional<Integer> moreLogs = logged ? Reads.nextPage(logs) : Optional.empty();
    if (moreLogs.isPresent()) {
      return new Decision.Ask(Reads.patientsCreatedByUs(moreLogs.get()));
    }
    List<Long> doubles;
    if (logged && Reads.gap(logs).isEmpty()) {
      Set<Long> created = new HashSet<>();
      logs.stream()
          .flatMap(page -> StreamSupport.stream(page.answer().spliterator(), false))
          .forEach(row -> created.add(row.path("PatNum").asLong()));
      doubles = keys(fresh.stream(), "PatNum").filter(created::contains).toList();
    } else {
      doubles = keys(fresh.stream().filter(row -> Settle.same(sent, row)), "PatNum").toList();
    }
    if (isMissed(about)) {
      return late(doubles);
    }
    return new Decision.Watched(
        !doubles.isEmpty(), "PatNum " + ours + " was created again as " + doubles + "; merge them");
  }

  private static Decision late(List<Long> patients) {
    return new Decision.Late("PatNum", patients, "merge it with whom the message means");
  }

  private static boolean isMissed(JsonNode about) {
    return about.path(MISSED).asBoolean();
  }

  private static Decision appointments(Head head, JsonNode about) {
    List<Asked> pages = head.reads("appointments.search");
    Optional<Integer> more = Reads.nextPage(pages);
    if (more.isPresent()) {
      return new Decision.Ask(Reads.appointmentsOf(about.path("patNum").asLong(), more.get()));
    }
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      return unlooked(gap.get());
    }
    String marker = about.path("marker").asText();
    if (isMissed(about)) {
      return late(about, Reads.rows(pages, "AptNum"), marker);
    }
    List<Long> ours =
        keys(
                Reads.rows(pages, "AptNum").stream()
                    // When the desk gives a planned one its time the copy bears our reference too.
                    .filter(row -> row.path("NextAptNum").asLong() != about.path("key").asLong())
                    .filter(row -> row.path("Note").asText().contains(marker)),
                "AptNum")
            .toList();
    return new Decision.Watched(
        ours.size() > 1, "AptNum " + ours + " carry the same reference; cancel all but one");
  }

  private static Decision late(JsonNode about, List<JsonNode> rows, String marker) {
    Set<Long> before = new HashSet<>();
    about.path("keys").forEach(key -> before.add(key.asLong()));
    List<JsonNode> ours =
        rows.stream()
            .filter(row -> row.path("Note").asText().contains(marker))
            .filter(row -> !before.contains(row.path("AptNum").asLong()))
            // What is broken takes up nobody's time.
            .filter(row -> !row.path("AptStatus").asText().equals("Broken"))
            .toList();
    Set<Long> plans = keys(ours.stream(), "AptNum").collect(Collectors.toSet());
    return new Decision.Late(
        "AptNum",
        keys(
                // When the desk gives a planned one its time the copy bears our reference too.
                ours.stream().filter(row -> !plans.contains(row.path("NextAptNum").asLong())),
                "AptNum")
            .toList(),
        "cancel it, or keep it and tell its sender");
  }

  private static Decision notes(Head head, JsonNode about) {
    long aptNum = about.path("key").asLong();
    List<Asked> reads = head.reads("appointments.get");
    if (reads.isEmpty()) {
      return new Decision.Ask(Reads.appointment(aptNum));
    }
    int status = reads.get(0).status();
    // One that is gone holds no note.
    if (status != 200 && status != 404) {
      return unlooked("HTTP " + status);
    }
    String note = reads.get(0).answer().path("Note").asText();
    String marker = about.path("marker").asText();
    return new Decision.Watched(
        note.indexOf(marker) != note.lastIndexOf(marker),
        "the note of AptNum " + aptNum + " holds the same reference twice; delete one of the two");
  }

  /** The lane asks again later. */
  private static Decision unlooked(String gap) {
    return new Decision.Hold("the rows could not be read: " + gap, List.of());
  }

  private static Stream<Long> keys(Stream<JsonNode> rows, String key) {
    return rows.map(row -> row.path(key).asLong());
  }
}
