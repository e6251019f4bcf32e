package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import pontic.lane.Asked;
import pontic.lane.Finding;
import pontic.lane.Head;
import pontic.mapping.RowKind;
import pontic.mapping.WriteTerms;
import pontic.mapping.Writes;

/** What an unclear write did, by the probe and evidence that decision 0003 declares for it. */
final class Settle {
  private final Writes table;

  Settle(Writes table) {
    this.table = table;
  }

  Finding examine(Head head, Asked unclear, List<Asked> round) {
    if (unclear.name().startsWith("subscriptions.")) {
      return subscription(unclear, round);
    }
    WriteTerms write =
        table
            .find(unclear.name())
            .orElseThrow(
                () -> new IllegalStateException("no probe is declared for " + unclear.name()));
    return switch (write.probe()) {
      case NEW_PATIENT -> patient(head, unclear, round);
      case READ_BACK ->
          table
              .kindOf(unclear.name())
              .map(kind -> changed(kind, write, unclear, round))
              .orElseGet(() -> fields(unclear, round, readBack(unclear)));
      case MARKED_APPOINTMENT -> appointment(unclear, round);
      case BROKEN -> broken(head, unclear, round);
      case CONFIRMED -> confirmed(unclear, round);
      case APPENDED_NOTE -> noted(unclear, round);
      case ROW -> row(table.kindOf(unclear.name()).orElseThrow(), unclear, round);
      case DEFINITION ->
          definition(head, table.kindOf(unclear.name()).orElseThrow(), unclear, round);
      case PART -> part(table.kindOf(unclear.name()).orElseThrow(), unclear, round);
      case GONE -> gone(table.kindOf(unclear.name()).orElseThrow(), unclear, round);
    };
  }

  private static pontic.lane.ApiRequest readBack(Asked unclear) {
    return unclear.name().startsWith("patients.")
        ? Reads.patient(key(unclear))
        : Reads.appointment(key(unclear));
  }

  /** All rows that the kind's probe reads; or why they are not all. */
  private static Optional<Finding> unread(Asked unclear, ChartReads reads) {
    Optional<pontic.lane.ApiRequest> more = reads.next();
    if (more.isPresent()) {
      return Optional.of(new Finding.Probe(more.get()));
    }
    return reads.gap().map(gap -> unlooked(unclear, gap));
  }

  private static Finding row(RowKind kind, Asked unclear, List<Asked> round) {
    ChartReads reads = new ChartReads(kind, unclear.baseline().path("patNum").asLong(), round);
    Optional<Finding> unread = unread(unclear, reads);
    if (unread.isPresent()) {
      return unread.get();
    }
    JsonNode sent = unclear.request().body();
    String reference = unclear.baseline().path("marker").asText();
    if (!reference.isEmpty()) {
      return reads.rows().stream()
          .filter(row -> row.path(kind.marker()).asText().contains(reference))
          .findFirst()
          .map(row -> row.path(kind.key()).asLong())
          .<Finding>map(
              key ->
                  new Finding.Landed(
                      key,
                      "our reference stands in " + kind.marker() + " of " + kind.key() + " " + key))
          .orElseGet(() -> new Finding.Absent("no row with our reference"));
    }
    Set<Long> before = keys(unclear);
    List<JsonNode> fresh =
        reads.rows().stream()
            .filter(row -> !before.contains(row.path(kind.key()).asLong()))
            .filter(row -> kind.same().stream().allMatch(field -> shown(sent, row, field)))
            .toList();
    if (fresh.isEmpty()) {
      return new Finding.Absent("no new row of that kind");
    }
    List<Long> found = fresh.stream().map(row -> row.path(kind.key()).asLong()).toList();
    Optional<JsonNode> asSent = fresh.stream().filter(row -> asSent(sent, row)).findFirst();
    return asSent
        .<Finding>map(
            row ->
                new Finding.Landed(
                    row.path(kind.key()).asLong(),
                    kind.key()
                        + " "
                        + row.path(kind.key()).asLong()
                        + " is new since the request and has every field as sent"))
        .orElseGet(
            () ->
                new Finding.Doubtful(
                    "a new row of that kind ("
                        + kind.key()
                        + " "
                        + found.stream().map(String::valueOf).collect(Collectors.joining(", "))
                        + "), but not with the fields as sent, after an unclear "
                        + unclear.name(),
                    List.of()));
  }

  private static Finding changed(RowKind kind, WriteTerms write, Asked unclear, List<Asked> round) {
    ChartReads reads = new ChartReads(kind, unclear.baseline().path("patNum").asLong(), round);
    Optional<Finding> unread = unread(unclear, reads);
    if (unread.isPresent()) {
      return unread.get();
    }
    long key = unclear.baseline().path("key").asLong();
    return reads.rows().stream()
            .filter(row -> kind.single() || row.path(kind.key()).asLong() == key)
            .anyMatch(row -> same(unclear.request().body(), row))
        ? new Finding.Landed(key, "read back: every field as sent")
        : new Finding.Absent("read back: not as sent");
  }

  /** Of the row that Pontic made there is one part of each kind and place, whoever wrote it. */
  private static Finding part(RowKind kind, Asked unclear, List<Asked> round) {
    ChartReads reads = new ChartReads(kind, unclear.baseline().path("whole").asLong(), round);
    Optional<Finding> unread = unread(unclear, reads);
    if (unread.isPresent()) {
      return unread.get();
    }
    JsonNode part = unclear.baseline().path("part");
    return reads.rows().stream()
        .filter(row -> asSent(part, row))
        .findFirst()
        .<Finding>map(
            row ->
                new Finding.Landed(
                    row.path(kind.key()).asLong(), "the part has every field as sent"))
        .orElseGet(() -> new Finding.Absent("no part of that kind and place as sent"));
  }

  private static Finding gone(RowKind kind, Asked unclear, List<Asked> round) {
    ChartReads reads = new ChartReads(kind, unclear.baseline().path("patNum").asLong(), round);
    Optional<Finding> unread = unread(unclear, reads);
    if (unread.isPresent()) {
      return unread.get();
    }
    long key = unclear.baseline().path("key").asLong();
    return reads.rows().stream().noneMatch(row -> row.path(kind.key()).asLong() == key)
        ? new Finding.Landed(key, kind.key() + " " + key + " no longer stands in the list")
        : new Finding.Absent(kind.key() + " " + key + " still stands in the list");
  }

  private static Finding definition(Head head, RowKind kind, Asked unclear, List<Asked> round) {
    ChartReads reads = ChartReads.definitions(kind, head, unclear.request().body(), round);
    Optional<Finding> unread = unread(unclear, reads);
    if (unread.isPresent()) {
      return unread.get();
    }
    JsonNode sent = unclear.request().body();
    return reads.rows().stream()
        .filter(row -> ChartItem.isNamed(kind, sent, row))
        .findFirst()
        .<Finding>map(
            row ->
                new Finding.Landed(
                    row.path(kind.key()).asLong(), "the name stands in the office's list"))
        .orElseGet(() -> new Finding.Absent("the name does not stand in the office's list"));
  }

  /** As sent, in what the list shows. */
  static boolean asSent(JsonNode sent, JsonNode row) {
    return sent.properties().stream().allMatch(field -> shown(sent, row, field.getKey()));
  }

  private static boolean shown(JsonNode sent, JsonNode row, String field) {
    return !row.has(field)
        || FieldMerge.text(sent.path(field)).equals(FieldMerge.text(row.path(field)));
  }

  /** Two alike are no harm: the next look takes one away. */
  private static Finding subscription(Asked unclear, List<Asked> round) {
    List<Asked> pages = named(round, "subscriptions.get");
    Optional<Integer> more = Reads.nextPage(pages);
    if (more.isPresent()) {
      return new Finding.Probe(Reads.subscriptions(more.get()));
    }
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      return unlooked(unclear, gap.get());
    }
    List<JsonNode> rows = Reads.rows(pages, "SubscriptionNum");
    boolean landed =
        switch (unclear.name()) {
          case "subscriptions.post" ->
              rows.stream().anyMatch(row -> same(unclear.request().body(), row));
          case "subscriptions.put" ->
              rows.stream()
                  .filter(row -> row.path("SubscriptionNum").asLong() == key(unclear))
                  .anyMatch(row -> same(unclear.request().body(), row));
          default ->
              rows.stream().noneMatch(row -> row.path("SubscriptionNum").asLong() == key(unclear));
        };
    return landed
        ? new Finding.Landed(0, "the list of subscriptions shows it")
        : new Finding.Absent("the list of subscriptions does not show it");
  }

  private static Finding patient(Head head, Asked unclear, List<Asked> round) {
    JsonNode sent = unclear.request().body();
    List<Asked> pages = named(round, "patients.search");
    Optional<Integer> more = Reads.nextPage(pages);
    if (more.isPresent()) {
      return new Finding.Probe(Reads.patientsBornOn(sent.path("Birthdate").asText(), more.get()));
    }
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      return unlooked(unclear, gap.get());
    }
    Set<Long> before = keys(unclear);
    List<JsonNode> fresh =
        Reads.rows(pages, "PatNum").stream()
            .filter(row -> !before.contains(row.path("PatNum").asLong()))
            .filter(row -> !row.path("PatStatus").asText().equals("Deleted"))
            .filter(row -> Likeness.equal(sent, row, "LName") && Likeness.equal(sent, row, "FName"))
            .toList();
    if (fresh.isEmpty()) {
      return new Finding.Absent("no new patient of that name and birth date");
    }
    List<Long> found = fresh.stream().map(row -> row.path("PatNum").asLong()).toList();
    if (found.size() > 1) {
      return new Finding.Doubtful(
          "several new patients of that name and birth date after an unclear patients.post", found);
    }
    long patNum = found.get(0);
    return head.capabilities().path("reads").path("securitylogs").path("on").asBoolean()
        ? byAuditLog(round, sent, fresh.get(0))
        : byFields(sent, fresh.get(0), "this office keeps no securitylogs for the API");
  }

  private static Finding unlooked(Asked unclear, String gap) {
    return new Finding.Doubtful(
        "Open Dental did not say what became of an unclear " + unclear.name() + " (" + gap + ")",
        List.of());
  }

  /** The weaker evidence, where the API does not name those that our key created. */
  private static Finding byFields(JsonNode sent, JsonNode row, String because) {
    long patNum = row.path("PatNum").asLong();
    return same(sent, row)
        ? new Finding.Landed(
            patNum,
            "PatNum "
                + patNum
                + " is new since the request and has every field as sent ("
                + because
                + ")")
        : new Finding.Doubtful(
            "a new patient of that name and birth date, but not with the fields as sent, after an unclear patients.post",
            List.of(patNum));
  }

  private static Finding byAuditLog(List<Asked> round, JsonNode sent, JsonNode row) {
    long patNum = row.path("PatNum").asLong();
    List<Asked> logs = named(round, "securitylogs.get");
    boolean ours =
        logs.stream()
            .flatMap(page -> StreamSupport.stream(page.answer().spliterator(), false))
            .anyMatch(entry -> entry.path("PatNum").asLong() == patNum);
    if (ours) {
      return new Finding.Landed(
          patNum, "the API's securitylog says that our key created PatNum " + patNum);
    }
    Optional<Integer> more = Reads.nextPage(logs);
    if (more.isPresent()) {
      return new Finding.Probe(Reads.patientsCreatedByUs(more.get()));
    }
    return Reads.gap(logs)
        .map(gap -> byFields(sent, row, "the API's securitylogs: " + gap))
        .orElseGet(
            () ->
                new Finding.Absent(
                    "PatNum "
                        + patNum
                        + " has that name and birth date, but our key did not create it"));
  }

  private static Finding fields(Asked unclear, List<Asked> round, pontic.lane.ApiRequest probe) {
    if (round.isEmpty()) {
      return new Finding.Probe(probe);
    }
    Asked read = round.get(round.size() - 1);
    return read.status() == 200 && same(unclear.request().body(), read.answer())
        ? new Finding.Landed(0, "read back: every field as sent")
        : new Finding.Absent("read back: not as sent");
  }

  private static Finding appointment(Asked unclear, List<Asked> round) {
    List<Asked> pages = named(round, "appointments.search");
    Optional<Integer> more = Reads.nextPage(pages);
    if (more.isPresent()) {
      return new Finding.Probe(
          Reads.appointmentsOf(unclear.baseline().path("patNum").asLong(), more.get()));
    }
    Optional<String> gap = Reads.gap(pages);
    if (gap.isPresent()) {
      return unlooked(unclear, gap.get());
    }
    String marker = unclear.baseline().path("marker").asText();
    JsonNode sent = unclear.request().body();
    Set<Long> before = keys(unclear);
    List<JsonNode> rows = Reads.rows(pages, "AptNum");
    for (JsonNode row : rows) {
      if (row.path("Note").asText().contains(marker)) {
        long aptNum = row.path("AptNum").asLong();
        return new Finding.Landed(aptNum, "our reference stands in the note of AptNum " + aptNum);
      }
    }
    for (JsonNode row : rows) {
      long aptNum = row.path("AptNum").asLong();
      boolean fits =
          !before.contains(aptNum)
              && FieldMerge.text(row.path("AptDateTime"))
                  .equals(FieldMerge.text(sent.path("AptDateTime")))
              && row.path("Op").asLong() == sent.path("Op").asLong();
      if (fits && row.has("SecUserNumEntry") && row.path("SecUserNumEntry").asLong() == 0) {
        return new Finding.Doubtful(
            "AptNum "
                + aptNum
                + " was made by no member of staff at that time and place, but without our reference",
            List.of());
      }
    }
    return new Finding.Absent("no appointment with our reference");
  }

  private static Finding broken(Head head, Asked unclear, List<Asked> round) {
    long aptNum = key(unclear);
    List<Asked> reads = named(round, "appointments.get");
    if (reads.isEmpty()) {
      return new Finding.Probe(Reads.appointment(aptNum));
    }
    Asked read = reads.get(0);
    if (read.status() != 200) {
      return new Finding.Landed(
          0, "AptNum " + aptNum + " is no longer there; the office deleted it");
    }
    if (!read.answer().path("AptStatus").asText().equals("Broken")) {
      return new Finding.Absent("AptNum " + aptNum + " is not broken");
    }
    if (!head.capabilities().path("reads").path("histappointments").path("on").asBoolean()) {
      return new Finding.Landed(
          0,
          "AptNum "
              + aptNum
              + " is broken (this office keeps no history for the API to say by whom)");
    }
    List<Asked> history = named(round, "histappointments.get");
    if (history.isEmpty()) {
      return new Finding.Probe(Reads.history(aptNum));
    }
    boolean byApi =
        StreamSupport.stream(history.get(0).answer().spliterator(), false)
            .anyMatch(
                row ->
                    row.path("ApptSource").asText().equalsIgnoreCase("API")
                        && Set.of("Cancelled", "Missed")
                            .contains(row.path("HistApptAction").asText()));
    return new Finding.Landed(
        0,
        byApi
            ? "the appointment's history says that the API broke AptNum " + aptNum
            : "AptNum " + aptNum + " is broken, by the office; nothing was left to do");
  }

  private static Finding confirmed(Asked unclear, List<Asked> round) {
    if (round.isEmpty()) {
      return new Finding.Probe(Reads.appointment(key(unclear)));
    }
    Asked read = round.get(0);
    return read.status() == 200
            && FieldMerge.text(read.answer().path("Confirmed"))
                .equals(FieldMerge.text(unclear.request().body().path("defNum")))
        ? new Finding.Landed(0, "read back: Confirmed is the definition that was sent")
        : new Finding.Absent("read back: Confirmed is another");
  }

  private static Finding noted(Asked unclear, List<Asked> round) {
    if (round.isEmpty()) {
      return new Finding.Probe(Reads.appointment(key(unclear)));
    }
    Asked read = round.get(0);
    return read.status() == 200
            && read.answer()
                .path("Note")
                .asText()
                .contains(unclear.baseline().path("marker").asText())
        ? new Finding.Landed(0, "our reference stands in the note")
        : new Finding.Absent("our reference does not stand in the note");
  }

  private static List<Asked> named(List<Asked> round, String name) {
    return round.stream().filter(read -> read.name().equals(name)).toList();
  }

  private static Set<Long> keys(Asked unclear) {
    Set<Long> keys = new HashSet<>();
    unclear.baseline().path("keys").forEach(key -> keys.add(key.asLong()));
    return keys;
  }

  /** The key that stands in the path of a PUT. */
  static long key(Asked unclear) {
    return Long.parseLong(unclear.request().path().split("/")[2]);
  }

  static boolean same(JsonNode sent, JsonNode row) {
    for (Map.Entry<String, JsonNode> field : sent.properties()) {
      String wanted = FieldMerge.text(field.getValue());
      String stands = FieldMerge.text(row.path(field.getKey()));
      boolean cleared = wanted.isEmpty() && FieldMerge.empty(stands);
      if (!wanted.equals(stands) && !cleared) {
        return false;
      }
    }
    return true;
  }
}
