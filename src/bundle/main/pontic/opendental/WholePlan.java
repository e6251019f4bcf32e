package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import pontic.lane.ApiRequest;
import pontic.lane.Asked;
import pontic.lane.CallState;
import pontic.lane.Decision;
import pontic.lane.Head;
import pontic.lane.Planner;
import pontic.lane.Purpose;
import pontic.mapping.RowKind;
import pontic.mapping.WriteTerms;
import pontic.mapping.Writes;
import pontic.opendental.ChartPlan.Outcome;
import pontic.person.Asserted;

/**
 * Makes a row that is whole only with its parts, and corrects and deletes what it made (decision
 * 0301). Which part is next is read from Open Dental each time anew, so that no lost answer and no
 * crash leaves a part out or writes it twice; where one cannot be written, the row is taken back as
 * its table says; where it cannot be taken back either, a person is told what stands there.
 */
final class WholePlan {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Times that one part is written, before it is one that Open Dental does not hold. */
  private static final int TRIES = 3;

  private static final String ITEM = "item";
  private static final String KEY = "key";
  private static final String PARTS = "parts";

  /** In the baseline of a delete: why what was written is taken back. */
  private static final String BECAUSE = "because";

  private final Writes table;
  private final Gate gate;
  private final Marker marker;

  WholePlan(Writes table, Gate gate, Marker marker) {
    this.table = table;
    this.gate = gate;
    this.marker = marker;
  }

  /** With a reference for these very words: what is corrected is another row. */
  ChartItem marked(String practice, ChartItem item) {
    String words = item.reference() + item.fields() + item.said().path(PARTS);
    String mark = marker.of(practice, words, item.kind().name() + ".post");
    return new ChartItem(
        item.kind(), item.tag(), item.resource(), mark, mark, item.others(), item.said());
  }

  /**
   * One such row while it is planned.
   *
   * @param item by which its sender means it
   * @param reference that stands in it
   * @param wanted its own fields
   */
  private record Whole(
      Head head, ChartItem item, String reference, ObjectNode wanted, List<String> warnings) {
    RowKind kind() {
      return item.kind();
    }

    RowKind.Parts terms() {
      return kind().parts().orElseThrow();
    }

    JsonNode parts() {
      return item.said().path(PARTS);
    }

    long patNum() {
      return head.person().orElseThrow().patNum();
    }

    /** What its sender said of it last. */
    Optional<Asserted> last() {
      return Optional.ofNullable(head.asserted().get(item.assertion()));
    }

    /** The row that was made of what its sender said last; 0 if there is none. */
    long before() {
      return last().map(said -> said.fields().path(kind().key()).asLong()).orElse(0L);
    }

    /** This message has written something of it. */
    boolean begun() {
      return item.calls(head).stream().anyMatch(call -> call.purpose() == Purpose.CALL);
    }

    /** Writes of it that ended so, oldest first. */
    List<Asked> calls(String name, CallState state) {
      return item.calls(head).stream()
          .filter(call -> call.name().equals(name) && call.is(Purpose.CALL, state))
          .toList();
    }

    Optional<Asked> deleted(long key) {
      return calls(terms().undo().name(), CallState.LANDED).stream()
          .filter(call -> call.baseline().path(KEY).asLong() == key)
          .findFirst();
    }

    /** One that a person has let go on is tried again. */
    Optional<Asked> refused(Stream<String> names) {
      List<String> any = names.toList();
      return item.calls(head).stream()
          .filter(call -> any.contains(call.name()) && call.is(Purpose.CALL, CallState.REFUSED))
          .findFirst();
    }
  }

  Outcome next(
      Head head, ChartItem item, ChartItem marked, ObjectNode wanted, List<String> warnings) {
    Whole whole = new Whole(head, item, marked.reference(), wanted, warnings);
    if (!whole.begun()) {
      Optional<String> off = off(whole);
      if (off.isPresent()) {
        return new Outcome.NotTaken(item.resource() + " was left: " + off.get());
      }
      boolean late =
          whole.last().filter(l -> l.seq(whole.kind().key()) > head.work().seq()).isPresent();
      if (late) {
        return ended(item.resource() + " was left: a newer message of this sender says otherwise");
      }
    }
    return item.said().path("remove").asBoolean() ? removed(whole) : made(whole);
  }

  /** Why it cannot be written at this practice; half of it is not written either. */
  private Optional<String> off(Whole whole) {
    JsonNode writes = whole.head().capabilities().path("writes");
    return all(whole)
        .filter(name -> writes.path(name).path("left").asBoolean())
        .map(name -> name + " is off: " + writes.path(name).path("reason").asText())
        .findFirst();
  }

  private Stream<String> all(Whole whole) {
    RowKind parts = parts(whole.kind());
    return Stream.of(
        whole.kind().post().orElseThrow().name(),
        whole.terms().undo().name(),
        parts.post().orElseThrow().name(),
        parts.put().orElseThrow().name());
  }

  private RowKind parts(RowKind kind) {
    return table.kind(kind.parts().orElseThrow().in()).orElseThrow();
  }

  private Outcome made(Whole whole) {
    Optional<Asked> undone =
        whole.calls(whole.terms().undo().name(), CallState.LANDED).stream()
            .filter(call -> call.baseline().has(BECAUSE))
            .findFirst();
    if (undone.isPresent()) {
      return new Outcome.Refused(
          undone.get().baseline().path(BECAUSE).asText()
              + "; what had been written of it was deleted again, and nothing of it stands in Open Dental");
    }
    String post = whole.kind().post().orElseThrow().name();
    List<Asked> refused = whole.calls(post, CallState.REFUSED);
    if (!refused.isEmpty()) {
      return new Outcome.Refused(refusal(refused.get(0)));
    }
    List<Asked> posted = whole.calls(post, CallState.LANDED);
    if (!posted.isEmpty()) {
      return parts(whole, posted.get(0).resultKey());
    }
    ChartReads rows = rows(whole, -1);
    Optional<Outcome> unread = unread(whole, rows);
    if (unread.isPresent()) {
      return unread.get();
    }
    RowKind kind = whole.kind();
    List<Long> marked =
        rows.rows().stream()
            .filter(row -> row.path(kind.marker()).asText().contains(whole.reference()))
            .map(row -> row.path(kind.key()).asLong())
            .toList();
    if (marked.size() > 1) {
      return new Outcome.NotTaken(
          whole.item().resource()
              + " was left: "
              + kind.key()
              + " "
              + marked
              + " are the same; nothing tells which is meant");
    }
    // What its sender took back is not there, and a create makes it anew.
    if (whole.item().onlyNew() && !whole.begun() && (whole.before() != 0 || !marked.isEmpty())) {
      long standing = marked.isEmpty() ? whole.before() : marked.get(0);
      return new Outcome.Stands(stands(whole, rows, standing) ? standing : 0);
    }
    boolean repeats = repeats(whole);
    if (!marked.isEmpty()) {
      long key = marked.get(0);
      return repeats
          ? new Outcome.Ended(false, key, Optional.empty(), whole.warnings())
          : parts(whole, key);
    }
    if (repeats) {
      return ended(
          whole.item().resource()
              + " was left: what was made of the same words is no longer in Open Dental, and it is the office's to take away");
    }
    Optional<Outcome> first =
        whole.before() == 0
            ? Optional.empty()
            : untouched(whole, rows, -1, "nothing was written, and " + whole.before() + " stands");
    return first.orElseGet(() -> post(whole, rows.rows()));
  }

  private static boolean repeats(Whole whole) {
    return whole
        .last()
        // As text: a number that was computed is of another class than one that was read.
        .filter(last -> last.fields().path(PARTS).toString().equals(whole.parts().toString()))
        .filter(last -> Settle.same(whole.wanted(), last.fields()))
        .isPresent();
  }

  private Outcome post(Whole whole, List<JsonNode> before) {
    RowKind kind = whole.kind();
    ObjectNode body = JSON.objectNode().put(kind.patient(), whole.patNum());
    whole.wanted().properties().stream()
        .filter(field -> !field.getValue().asText().isEmpty())
        .forEach(field -> body.set(field.getKey(), field.getValue()));
    ObjectNode baseline = baseline(whole).put("marker", whole.reference());
    var keys = baseline.putArray("keys");
    before.forEach(row -> keys.add(row.path(kind.key()).asLong()));
    return write(whole, kind.post().orElseThrow(), 0, body, baseline, false);
  }

  /** The row stands: its parts are read, and the first that is not as it is to be is written. */
  private Outcome parts(Whole whole, long key) {
    RowKind kind = parts(whole.kind());
    WriteTerms post = kind.post().orElseThrow();
    WriteTerms put = kind.put().orElseThrow();
    Optional<Asked> refused = whole.refused(Stream.of(post.name(), put.name()));
    if (refused.isPresent()) {
      return takenBack(whole, key, refusal(refused.get()));
    }
    Reading reading =
        Reading.of(kind, key, whole.head().answeredReads(), writes(whole.head(), kind, key));
    Optional<ApiRequest> more = reading.reads().next();
    if (more.isPresent()) {
      return ask(more.get());
    }
    Optional<String> gap = reading.reads().gap();
    if (gap.isPresent()) {
      return held("what of it stands in Open Dental could not be read: " + gap.get());
    }
    List<JsonNode> stand = reading.rows();
    for (JsonNode part : whole.parts()) {
      Optional<JsonNode> row = place(kind, stand, part);
      if (row.filter(found -> Settle.asSent(part, found)).isPresent()) {
        continue;
      }
      if (tries(kind, whole, key, part) >= TRIES) {
        return takenBack(
            whole, key, "Open Dental holds other values than were sent, at " + at(kind, part));
      }
      Optional<JsonNode> others = row.filter(found -> !own(whole, key).isOwn(found));
      return others.isPresent()
          ? changedByOthers(whole, key, "", at(kind, part), "written over")
          : part(whole, key, part, row);
    }
    return reading.isNewest()
        ? whole(whole, key)
        : ask(new ChartReads(kind, key, List.of()).next().orElseThrow());
  }

  /** Which of its parts stand as this work left them. */
  private OwnParts own(Whole whole, long key) {
    RowKind kind = parts(whole.kind());
    return OwnParts.of(
        kind,
        whole.head(),
        key,
        whole.parts(),
        whole.calls(whole.kind().post().orElseThrow().name(), CallState.LANDED).stream()
            .findFirst(),
        writes(whole.head(), kind, key));
  }

  /** What the office wrote into a row that is still being written is not this message's to lose. */
  private Outcome changedByOthers(
      Whole whole, long key, String because, String where, String lost) {
    return held(
        because
            + "the office has changed "
            + whole.kind().key()
            + " "
            + key
            + " since this message began to write it (at "
            + where
            + "); that would be "
            + lost
            + ", so nothing was");
  }

  private static Outcome held(String reason) {
    return new Outcome.First(new Decision.Hold(reason, List.of()));
  }

  private static long tries(RowKind kind, Whole whole, long key, JsonNode part) {
    return writes(whole.head(), kind, key).stream()
        .filter(call -> isAt(kind, call.baseline().path("part"), part))
        .count();
  }

  private Outcome part(Whole whole, long key, JsonNode part, Optional<JsonNode> row) {
    RowKind kind = parts(whole.kind());
    ObjectNode baseline = baseline(whole).put("whole", key);
    baseline.set("part", part);
    ObjectNode body = JSON.objectNode();
    if (row.isEmpty()) {
      body.put(whole.terms().of(), key);
      body.setAll((ObjectNode) part);
      return write(whole, kind.post().orElseThrow(), 0, body, baseline, true);
    }
    WriteTerms put = kind.put().orElseThrow();
    part.properties().stream()
        .filter(field -> put.takes(field.getKey()))
        .forEach(field -> body.set(field.getKey(), field.getValue()));
    return write(whole, put, row.get().path(kind.key()).asLong(), body, baseline, true);
  }

  /** All parts stand as they are to be; what was made of earlier words goes. */
  private Outcome whole(Whole whole, long key) {
    long before = whole.before();
    if (before != 0 && before != key && whole.deleted(before).isEmpty()) {
      Optional<Asked> refused = whole.refused(Stream.of(whole.terms().undo().name()));
      if (refused.isPresent()) {
        return held(
            "%s %d was to be deleted, since %d stands for it, and both stand in the patient's chart: %s"
                .formatted(whole.kind().key(), before, key, refusal(refused.get())));
      }
      // Writing the new one took its time: what the office wrote into the old one meanwhile is seen
      // only by reads behind the last part.
      int last = lastWrite(whole);
      ChartReads rows = rows(whole, last);
      if (rows.next().isPresent()) {
        return ask(rows.next().get());
      }
      if (rows.gap().isPresent()) {
        return held(
            "%s %d and %d both stand in the patient's chart; whether the office has changed %d could not be read: %s"
                .formatted(whole.kind().key(), before, key, before, rows.gap().get()));
      }
      if (stands(whole, rows, before)) {
        Optional<Outcome> touched =
            untouched(
                whole,
                rows,
                last,
                "nothing was deleted, and "
                    + before
                    + " and "
                    + key
                    + " both stand in the patient's chart");
        return touched.orElseGet(() -> delete(whole, before, baseline(whole)));
      }
    }
    boolean landed = !whole.item().calls(whole.head()).isEmpty();
    return new Outcome.Ended(landed, key, Optional.of(said(whole, key)), whole.warnings());
  }

  /** A part cannot be written: what stands is deleted, unless somebody else did. */
  private Outcome takenBack(Whole whole, long key, String because) {
    RowKind kind = whole.kind();
    ChartReads rows = rows(whole, lastWrite(whole));
    Optional<Asked> refused = whole.refused(Stream.of(whole.terms().undo().name()));
    if (rows.next().isPresent()) {
      return ask(rows.next().get());
    }
    if (rows.gap().isEmpty() && !stands(whole, rows, key)) {
      return new Outcome.Refused(
          because + "; " + kind.key() + " " + key + " was deleted in Open Dental meanwhile");
    }
    if (rows.gap().isPresent() || refused.isPresent()) {
      return held(
          because
              + "; it could not be deleted again either: "
              + refused.map(this::refusal).orElseGet(() -> rows.gap().orElseThrow()));
    }
    ChartReads stand = new ChartReads(parts(kind), key, reads(whole, lastWrite(whole)));
    if (stand.next().isPresent()) {
      return ask(stand.next().get());
    }
    if (stand.gap().isPresent()) {
      return held(
          because
              + "; it was not deleted again, since what of it stands in Open Dental could not be read: "
              + stand.gap().get());
    }
    OwnParts own = own(whole, key);
    boolean isAsWritten =
        rows.rows().stream()
            .filter(row -> row.path(kind.key()).asLong() == key)
            .allMatch(row -> Settle.asSent(fields(kind, whole.wanted()), row));
    Optional<String> others =
        isAsWritten
            ? stand.rows().stream()
                .filter(row -> !own.isOwn(row))
                .findFirst()
                .map(row -> at(parts(kind), row))
            : Optional.of(kind.name());
    if (others.isPresent()) {
      return changedByOthers(whole, key, because + "; ", others.get(), "deleted with it");
    }
    // Which rows there were: of those, once they are gone, there is to be no record.
    ObjectNode baseline = baseline(whole).put(BECAUSE, because);
    var gone = baseline.putArray("gone");
    stand.rows().forEach(row -> gone.add(row.path(parts(kind).key()).asLong()));
    return delete(whole, key, baseline);
  }

  private Outcome delete(Whole whole, long key, ObjectNode baseline) {
    return write(
        whole, whole.terms().undo(), key, MissingNode.getInstance(), baseline.put(KEY, key), false);
  }

  /** What was entered in error, or called off, and was written here, goes. */
  private Outcome removed(Whole whole) {
    long before = whole.before();
    if (before == 0) {
      return new Outcome.Ended(false, 0, Optional.empty(), List.of());
    }
    if (whole.deleted(before).isPresent()) {
      return new Outcome.Ended(true, before, Optional.of(said(whole, 0)), whole.warnings());
    }
    Optional<Asked> refused = whole.refused(Stream.of(whole.terms().undo().name()));
    if (refused.isPresent()) {
      return new Outcome.Refused(refusal(refused.get()));
    }
    ChartReads rows = rows(whole, -1);
    Optional<Outcome> unread = unread(whole, rows);
    if (unread.isPresent()) {
      return unread.get();
    }
    if (!stands(whole, rows, before)) {
      return new Outcome.Ended(false, 0, Optional.of(said(whole, 0)), whole.warnings());
    }
    return untouched(whole, rows, -1, "nothing was written, and " + before + " stands")
        .orElseGet(() -> delete(whole, before, baseline(whole)));
  }

  /**
   * Whether what was made of earlier words is still as it was made: what the office has written
   * into it is not the sender's to delete.
   *
   * @param after only reads behind this request count
   * @param stands what is said of it if the office has changed it
   * @return what is to be done first; empty if it is untouched or gone
   */
  private Optional<Outcome> untouched(Whole whole, ChartReads rows, int after, String stands) {
    long before = whole.before();
    RowKind kind = parts(whole.kind());
    Optional<JsonNode> row =
        rows.rows().stream()
            .filter(each -> each.path(whole.kind().key()).asLong() == before)
            .findFirst();
    if (row.isEmpty()) {
      return Optional.empty();
    }
    ChartReads reads = new ChartReads(kind, before, reads(whole, after));
    Optional<ApiRequest> more = reads.next();
    if (more.isPresent()) {
      return Optional.of(ask(more.get()));
    }
    ObjectNode said = fields(whole.kind(), whole.last().orElseThrow().fields());
    JsonNode parts = whole.last().orElseThrow().fields().path(PARTS);
    boolean untouched =
        reads.gap().isEmpty()
            && Settle.asSent(said, row.get())
            && stream(parts)
                .allMatch(
                    part ->
                        place(kind, reads.rows(), part)
                            .filter(r -> Settle.asSent(part, r))
                            .isPresent())
            && reads.rows().stream()
                .allMatch(
                    each ->
                        stream(parts).anyMatch(part -> isAt(kind, each, part))
                            || isNothing(kind, each));
    return untouched
        ? Optional.empty()
        : Optional.of(
            held(
                "the office has changed "
                    + whole.kind().key()
                    + " "
                    + before
                    + " since it was written, and what its sender says now would delete that; "
                    + stands));
  }

  /** The row's own of these. */
  private static ObjectNode fields(RowKind kind, JsonNode said) {
    ObjectNode fields = said.deepCopy();
    return fields.retain(kind.fields().keySet());
  }

  /** A part that holds no value: the API writes such beside others. */
  static boolean isNothing(RowKind kind, JsonNode row) {
    return kind.put().orElseThrow().fields().stream()
        .allMatch(field -> row.path(field).asLong(-1) <= 0);
  }

  /** All rows of the patient, as read behind this request. */
  private static ChartReads rows(Whole whole, int after) {
    return new ChartReads(whole.kind(), whole.patNum(), reads(whole, after));
  }

  private static List<Asked> reads(Whole whole, int after) {
    return whole.head().answeredReads().stream().filter(read -> read.ordinal() > after).toList();
  }

  /** Place of the last write of it among the requests; -1 if there is none. */
  private static int lastWrite(Whole whole) {
    return whole.item().calls(whole.head()).stream().mapToInt(Asked::ordinal).max().orElse(-1);
  }

  private static Optional<Outcome> unread(Whole whole, ChartReads rows) {
    Optional<ApiRequest> more = rows.next();
    if (more.isPresent()) {
      return Optional.of(ask(more.get()));
    }
    return rows.gap()
        .<Outcome>map(
            gap ->
                new Outcome.NotTaken(
                    whole.item().resource()
                        + " was left: the patient's "
                        + whole.kind().name()
                        + " could not be read: "
                        + gap));
  }

  private static boolean stands(Whole whole, ChartReads rows, long key) {
    return rows.rows().stream().anyMatch(row -> row.path(whole.kind().key()).asLong() == key);
  }

  private static ObjectNode baseline(Whole whole) {
    return JSON.objectNode()
        .put(ITEM, whole.item().tag())
        .put("patNum", whole.patNum())
        .put(PARTS, whole.parts().size());
  }

  /** What its sender has said of it, and what was made of that. */
  private static ObjectNode said(Whole whole, long key) {
    ObjectNode said = key == 0 ? JSON.objectNode() : whole.wanted().deepCopy();
    said.set(PARTS, key == 0 ? JSON.arrayNode() : whole.parts());
    return said.put(whole.kind().key(), key);
  }

  private Outcome write(
      Whole whole, WriteTerms terms, long key, JsonNode body, ObjectNode baseline, boolean yields) {
    List<String> held =
        Stream.of(whole.kind().tells(), parts(whole.kind()).tells())
            .filter(kind -> !kind.isBlank())
            .toList();
    String path = terms.path().replaceAll("\\{\\w+}", Long.toString(key));
    return new Outcome.First(
        gate.write(
            whole.head(),
            new ApiRequest(terms.name(), terms.method(), terms.path(), path, Map.of(), body),
            baseline,
            new Decision.Half(held, yields)));
  }

  private String refusal(Asked call) {
    return "Open Dental refused " + call.name() + ": " + gate.words(call);
  }

  private static Outcome ask(ApiRequest request) {
    return new Outcome.First(new Decision.Ask(request));
  }

  private static Outcome ended(String warning) {
    return new Outcome.Ended(false, 0, Optional.empty(), List.of(warning));
  }

  private static Optional<JsonNode> place(RowKind kind, List<JsonNode> rows, JsonNode part) {
    return rows.stream().filter(row -> isAt(kind, row, part)).findFirst();
  }

  static boolean isAt(RowKind kind, JsonNode row, JsonNode part) {
    return kind.same().stream()
        .allMatch(
            field ->
                FieldMerge.text(row.path(field))
                    .equalsIgnoreCase(FieldMerge.text(part.path(field))));
  }

  /** Kind and place of a part: numbers of teeth, no value. */
  private static String at(RowKind kind, JsonNode part) {
    return String.join(
        " ", kind.same().stream().map(field -> FieldMerge.text(part.path(field))).toList());
  }

  /**
   * The parts of a row as they stand: the newest whole reading, and what landed since.
   *
   * @param since landed writes behind it
   */
  private record Reading(RowKind kind, ChartReads reads, List<Asked> since) {

    /**
     * @param writes landed, oldest first
     */
    static Reading of(RowKind kind, long key, List<Asked> asked, List<Asked> writes) {
      List<Asked> pages = new ChartReads(kind, key, asked).pages();
      // Pages belong together if no write lies between them.
      long newest = -1;
      List<Asked> together = new ArrayList<>();
      for (Asked page : pages) {
        long before = writes.stream().filter(write -> write.ordinal() < page.ordinal()).count();
        if (before != newest) {
          newest = before;
          together.clear();
        }
        together.add(page);
      }
      int last = together.isEmpty() ? -1 : together.get(together.size() - 1).ordinal();
      return new Reading(
          kind,
          new ChartReads(kind, key, together),
          writes.stream().filter(write -> write.ordinal() > last).toList());
    }

    /** Nothing was written since. */
    boolean isNewest() {
      return since.isEmpty() && !reads.pages().isEmpty();
    }

    List<JsonNode> rows() {
      List<JsonNode> rows = new ArrayList<>(reads.rows());
      for (Asked write : since) {
        JsonNode part = write.baseline().path("part");
        long key =
            write.resultKey() == 0
                ? place(kind, rows, part).map(row -> row.path(kind.key()).asLong()).orElse(0L)
                : write.resultKey();
        rows.removeIf(row -> isAt(kind, row, part));
        rows.add(((ObjectNode) part.deepCopy()).put(kind.key(), key));
      }
      return rows;
    }
  }

  /** What stands half written, by its keys and how many of its parts; "" if nothing does. */
  String visible(Head head) {
    List<String> visible = new ArrayList<>();
    for (RowKind kind : table.withParts()) {
      RowKind parts = parts(kind);
      written(head, kind)
          .forEach(
              (key, of) -> {
                Reading reading = reading(head, parts, key);
                Set<String> places = new HashSet<>();
                reading.rows().stream()
                    .filter(row -> !isNothing(parts, row))
                    .forEach(row -> places.add(at(parts, row)));
                visible.add(
                    kind.key()
                        + " "
                        + key
                        + " stands in the patient's chart with "
                        + Math.min(places.size(), of)
                        + " of "
                        + of
                        + " measures");
              });
    }
    return String.join("; ", visible);
  }

  /** Rows that this work wrote and did not delete again, with how many parts make them whole. */
  private Map<Long, Integer> written(Head head, RowKind kind) {
    String post = kind.post().orElseThrow().name();
    String undo = kind.parts().orElseThrow().undo().name();
    Set<String> writes = names(parts(kind));
    Map<Long, Integer> written = new LinkedHashMap<>();
    for (Asked call : head.calls()) {
      JsonNode baseline = call.baseline();
      if (!call.is(Purpose.CALL, CallState.LANDED)) {
        continue;
      }
      if (call.name().equals(post)) {
        written.put(call.resultKey(), baseline.path(PARTS).asInt());
      } else if (writes.contains(call.name())) {
        written.put(baseline.path("whole").asLong(), baseline.path(PARTS).asInt());
      } else if (call.name().equals(undo)) {
        written.remove(baseline.path(KEY).asLong());
      }
    }
    return written;
  }

  private static Set<String> names(RowKind parts) {
    return Set.of(parts.post().orElseThrow().name(), parts.put().orElseThrow().name());
  }

  /** As far as it was ever read. */
  private static Reading reading(Head head, RowKind parts, long key) {
    return Reading.of(
        parts,
        key,
        head.calls().stream().filter(call -> call.is(Purpose.PLAN, CallState.ANSWERED)).toList(),
        writes(head, parts, key));
  }

  private static List<Asked> writes(Head head, RowKind parts, long key) {
    return head.calls().stream()
        .filter(call -> call.is(Purpose.CALL, CallState.LANDED))
        .filter(call -> names(parts).contains(call.name()))
        .filter(call -> call.baseline().path("whole").asLong() == key)
        .toList();
  }

  /**
   * Of what is whole now: its row counts as read once it was read after the last part was, each
   * part once it was read after its own write. Of what was deleted again: nothing was there.
   */
  List<Planner.Reread> reread(Head head) {
    List<Planner.Reread> all = new ArrayList<>();
    for (RowKind kind : table.withParts()) {
      written(head, kind).keySet().forEach(key -> reread(head, kind, key, all));
      for (Asked call : head.calls()) {
        boolean undone =
            call.name().equals(kind.parts().orElseThrow().undo().name())
                && call.is(Purpose.CALL, CallState.LANDED)
                && call.baseline().has(BECAUSE);
        if (undone) {
          told(all, kind, call.baseline().path(KEY).asLong(), head.now(), true);
          call.baseline()
              .path("gone")
              .forEach(part -> told(all, parts(kind), part.asLong(), head.now(), true));
        }
      }
    }
    return all;
  }

  private void reread(Head head, RowKind kind, long key, List<Planner.Reread> all) {
    RowKind parts = parts(kind);
    Reading reading = reading(head, parts, key);
    List<Asked> pages = reading.reads().pages();
    told(all, kind, key, pages.isEmpty() ? head.now() : pages.get(0).intentAt(), false);
    Map<Long, Instant> written = new LinkedHashMap<>();
    // What came with the row itself stood before anything was read of it.
    head.calls().stream()
        .filter(call -> call.name().equals(kind.post().orElseThrow().name()))
        .filter(call -> call.is(Purpose.CALL, CallState.LANDED) && call.resultKey() == key)
        .forEach(
            post ->
                reading
                    .rows()
                    .forEach(
                        row -> written.put(row.path(parts.key()).asLong(), after(head, post))));
    for (Asked write : writes(head, parts, key)) {
      place(parts, reading.rows(), write.baseline().path("part"))
          .ifPresent(row -> written.put(row.path(parts.key()).asLong(), after(head, write)));
    }
    written.forEach((part, until) -> told(all, parts, part, until, false));
  }

  /** When the request behind this one began, by when it was known what this one did. */
  private static Instant after(Head head, Asked call) {
    return head.calls().stream()
        .filter(other -> other.ordinal() > call.ordinal())
        .filter(other -> !other.parentId().equals(call.id()))
        .map(Asked::intentAt)
        .findFirst()
        .orElse(head.now());
  }

  private static void told(
      List<Planner.Reread> all, RowKind kind, long key, Instant until, boolean gone) {
    if (!kind.tells().isBlank() && key != 0) {
      all.add(new Planner.Reread(kind.tells(), key, until, gone));
    }
  }

  private static Stream<JsonNode> stream(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }
}
