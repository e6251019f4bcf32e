package pontic.proof;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pontic.house.House;
import pontic.house.Office;
import pontic.sandbox.hospital.HospitalMllp;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;

/**
 * What a run left behind: receipts from Pontic's store, everything else from the practices'
 * databases and the destinations.
 *
 * @param broken promises that were not kept, one sentence each
 * @param byEnd messages by the end of their receipt
 * @param sentAgain frames that the hospital sent more than once
 */
record Ends(List<String> broken, Map<String, Integer> byEnd, int sentAgain, Duration took) {
  /** How a doubled appointment is told. */
  static final String DOUBLED = "doubled appointment: ";

  /** End of a message whose words a newer one of its sender took along. */
  static final String FOLDED = "folded into";

  /** On the receipt of a cancellation that came before its booking was begun (decision 0280). */
  private static final String UNBEGUN = "cancelled before anything of it was written";

  private static final Pattern MARKER = Pattern.compile("\\[ref P-[A-Z0-9]{10}\\]");
  private static final int SCHEDULED = 1;
  private static final int BROKEN = 5;

  /**
   * @param answers what the hospital's listener got of the ends of its messages; empty if it is not
   *     told
   */
  static Ends of(
      House house,
      List<Load> loads,
      Path data,
      boolean allEnded,
      Optional<List<HospitalMllp.Frame>> answers,
      int sentAgain,
      Instant start) {
    Examination examination = new Examination(house);
    if (!allEnded) {
      examination.broken.add(
          "not all has come to its end: a message, a delivery or a destination's newest state");
    }
    try (Store store =
        Stores.open(
            StoreSettings.embedded(data.resolve("store")),
            KeyVault.createDemo(data.resolve("demo-keys")).vault())) {
      for (Load load : loads) {
        Map<String, Receipt> receipts = examination.examine(store, load);
        answers.ifPresent(frames -> examination.answers(load, receipts, frames));
      }
      examination.calls(store);
    }
    house
        .api()
        .requests()
        .violations(0)
        .forEach(violation -> examination.broken.add("spacing: " + violation));
    return new Ends(
        List.copyOf(examination.broken),
        examination.byEnd,
        sentAgain,
        Duration.between(start, Instant.now()));
  }

  /** With what else is not as promised. */
  Ends and(List<String> more) {
    List<String> all = new ArrayList<>(broken);
    all.addAll(more);
    return new Ends(List.copyOf(all), byEnd, sentAgain, took);
  }

  long messages() {
    return byEnd.values().stream().mapToLong(Integer::longValue).sum();
  }

  long well() {
    return byEnd.getOrDefault("landed", 0)
        + byEnd.getOrDefault("no change", 0)
        + byEnd.getOrDefault(FOLDED, 0);
  }

  private record Receipt(
      String id, String end, String reason, String warnings, long seq, long endedAt) {
    boolean well() {
      return end.equals("landed") || end.equals("no change") || end.equals(FOLDED);
    }
  }

  private static final class Examination {
    private final House house;
    private final List<String> broken = new ArrayList<>();
    private final Map<String, Integer> byEnd = new TreeMap<>();

    Examination(House house) {
      this.house = house;
    }

    void calls(Store store) {
      rows(
              store,
              "select id, name, state from call where purpose = 'call' and state in ('intent', 'unknown')")
          .forEach(row -> broken.add("a write without an end: " + row));
    }

    /** The receipt of each message. */
    Map<String, Receipt> examine(Store store, Load load) {
      Map<String, Receipt> receipts = receipts(store, load);
      Map<String, List<Load.Message>> byPatient = new LinkedHashMap<>();
      load.messages()
          .forEach(
              message ->
                  byPatient
                      .computeIfAbsent(message.patient().mrn(), mrn -> new ArrayList<>())
                      .add(message));
      Set<String> markers = new HashSet<>();
      byPatient.values().forEach(life -> life(load.practice(), life, receipts, markers));
      return receipts;
    }

    /** The one receipt of each message; repetitions of it end as its duplicates. */
    private Map<String, Receipt> receipts(Store store, Load load) {
      Map<String, List<Receipt>> found = new HashMap<>();
      for (Map<String, Object> row :
          rows(
              store,
              "select id, control_id, receipt_end, receipt_reason, receipt_warnings, seq, ended_at from message where practice = '"
                  + load.practice()
                  + "'")) {
        found
            .computeIfAbsent(String.valueOf(row.get("control_id")), id -> new ArrayList<>())
            .add(
                new Receipt(
                    String.valueOf(row.get("id")),
                    String.valueOf(row.get("receipt_end")),
                    String.valueOf(row.get("receipt_reason")),
                    String.valueOf(row.get("receipt_warnings")),
                    ((Number) row.get("seq")).longValue(),
                    ((Number) row.get("ended_at")).longValue()));
      }
      Map<String, Receipt> one = new HashMap<>();
      for (Load.Message message : load.messages()) {
        List<Receipt> all = found.getOrDefault(message.controlId(), List.of());
        List<Receipt> own = all.stream().filter(r -> !r.end().equals("duplicate of")).toList();
        if (own.size() != 1 || own.get(0).end().isEmpty()) {
          broken.add(message.controlId() + " has not one receipt end but " + all);
        }
        Receipt receipt = own.isEmpty() ? new Receipt("", "lost", "", "", 0, 0) : own.get(0);
        if (!receipt.well() && receipt.reason().isEmpty()) {
          broken.add(message.controlId() + " is " + receipt.end() + " without a reason");
        }
        one.put(message.controlId(), receipt);
        byEnd.merge(receipt.end(), 1, Integer::sum);
      }
      return one;
    }

    /**
     * Each end that is one was told at least once, always in the same bytes, and in the order of
     * the ends.
     */
    void answers(Load load, Map<String, Receipt> receipts, List<HospitalMllp.Frame> frames) {
      Map<String, List<HospitalMllp.Frame>> told = new LinkedHashMap<>();
      frames.forEach(
          frame ->
              told.computeIfAbsent(frame.message().field("MSA", 2), id -> new ArrayList<>())
                  .add(frame));
      for (Load.Message message : load.messages()) {
        Receipt receipt = receipts.get(message.controlId());
        List<HospitalMllp.Frame> answers = told.getOrDefault(message.controlId(), List.of());
        // A double is found after its message has landed.
        boolean parked = receipt.end().equals("parked");
        boolean untold = parked && !receipt.reason().startsWith("double");
        if (untold ? !answers.isEmpty() : !parked && answers.isEmpty()) {
          broken.add(
              message.controlId()
                  + " is "
                  + receipt.end()
                  + " and told "
                  + answers.size()
                  + " times");
        }
        for (HospitalMllp.Frame answer : answers) {
          boolean well = receipt.well() || parked || receipt.end().equals("superseded by");
          String code = answer.message().field("MSA", 1);
          if (!Arrays.equals(answer.bytes(), answers.get(0).bytes())) {
            broken.add(message.controlId() + " is answered in two ways");
          }
          if (!code.equals(well ? "AA" : "AE")) {
            broken.add(message.controlId() + " is " + receipt.end() + " and told " + code);
          }
        }
      }
      long last = 0;
      for (String controlId : told.keySet()) {
        Receipt receipt = receipts.get(controlId);
        if (receipt != null && receipt.endedAt() < last) {
          broken.add(controlId + " ended before the message of which was told before it");
        }
        last = receipt == null ? last : receipt.endedAt();
      }
    }

    private void life(
        String practice,
        List<Load.Message> life,
        Map<String, Receipt> receipts,
        Set<String> markers) {
      List<Load.Message> well =
          life.stream().filter(message -> receipts.get(message.controlId()).well()).toList();
      long last = 0;
      for (Load.Message message : well) {
        Receipt receipt = receipts.get(message.controlId());
        if (receipt.endedAt() < last) {
          broken.add(message.controlId() + " ended before an earlier message of its patient");
        }
        last = receipt.endedAt();
      }
      Office office = house.office(practice);
      List<Map<String, Object>> patients = office.patients(life.get(0).patient());
      boolean held = well.size() < life.size();
      if (patients.size() > 1 || (patients.isEmpty() && !held)) {
        broken.add(
            practice + ": " + patients.size() + " rows of patient " + life.get(0).patient().mrn());
        return;
      }
      if (patients.isEmpty()) {
        return;
      }
      phone(practice, well, patients.get(0), held ? life : well);
      List<Map<String, Object>> rows = office.appointments(life.get(0).patient());
      Map<String, List<Load.Message>> byPlacer = new LinkedHashMap<>();
      life.stream()
          .filter(message -> !message.aboutPatient())
          .forEach(
              message ->
                  byPlacer.computeIfAbsent(message.placer(), p -> new ArrayList<>()).add(message));
      byPlacer.forEach((placer, booking) -> booking(practice, placer, booking, rows, receipts));
      rows.forEach(row -> markers(practice, row, markers));
      long booked =
          well.stream()
              .filter(Load.Message::books)
              .filter(message -> !unbegun(message, receipts))
              .count();
      if (rows.size() > byPlacer.size() || rows.size() < booked) {
        broken.add(
            (rows.size() > byPlacer.size() ? DOUBLED : "lost appointment: ")
                + practice
                + " has "
                + rows.size()
                + " rows for "
                + booked
                + " landed bookings of "
                + life.get(0).patient().mrn());
      }
    }

    /**
     * A message that a person holds may have taken effect; any later word than the last landed is
     * then fair.
     */
    private void phone(
        String practice,
        List<Load.Message> well,
        Map<String, Object> row,
        List<Load.Message> fair) {
      List<String> wanted = new ArrayList<>();
      for (Load.Message message : fair) {
        if (message.aboutPatient()) {
          if (well.contains(message)) {
            wanted.clear();
          }
          wanted.add(message.patient().phone());
        }
      }
      String stands = String.valueOf(row.get("HmPhone")).replaceAll("\\D", "");
      if (!wanted.isEmpty() && !wanted.contains(stands)) {
        broken.add(
            practice + ": the phone of PatNum " + row.get("PatNum") + " is not the last one sent");
      }
    }

    private void booking(
        String practice,
        String placer,
        List<Load.Message> booking,
        List<Map<String, Object>> rows,
        Map<String, Receipt> receipts) {
      List<Load.Message> begun =
          booking.stream().filter(message -> !unbegun(message, receipts)).toList();
      List<Load.Message> well =
          begun.stream().filter(message -> receipts.get(message.controlId()).well()).toList();
      List<Map<String, Object>> own =
          rows.stream().filter(row -> booking.get(0).isAboutVisitAt(at(row))).toList();
      if (own.size() > 1) {
        broken.add(DOUBLED + practice + " has " + own.size() + " rows for booking " + placer);
      }
      if (begun.isEmpty() && !own.isEmpty()) {
        broken.add(practice + ": booking " + placer + " was cancelled unbegun and has a row");
        return;
      }
      if (own.isEmpty()) {
        if (!well.isEmpty()) {
          broken.add(
              practice
                  + ": booking "
                  + placer
                  + " landed and has no row: "
                  + booking.stream()
                      .map(message -> message.trigger() + " " + receipts.get(message.controlId()))
                      .toList());
        }
        return;
      }
      Map<String, Object> row = own.get(0);
      String note = String.valueOf(row.get("Note"));
      for (Load.Message message : booking) {
        int times = message.note().isEmpty() ? 1 : count(note, message.note());
        boolean landed = well.contains(message);
        if (times > 1 || (landed && times == 0)) {
          broken.add(
              practice
                  + ": the note of "
                  + message.controlId()
                  + " stands there "
                  + times
                  + " times");
        }
      }
      if (well.size() < begun.size() || well.isEmpty()) {
        return;
      }
      Load.Message last = well.get(well.size() - 1);
      if (!at(row).equals(last.at())) {
        broken.add(practice + ": booking " + placer + " does not stand at its last time");
      }
      int status = ((Number) row.get("AptStatus")).intValue();
      if (status != (last.cancels() ? BROKEN : SCHEDULED)) {
        broken.add(
            practice
                + ": booking "
                + placer
                + " has status "
                + status
                + " after "
                + last.trigger());
      }
    }

    /** It, or the cancellation that it was folded into, came before anything was written. */
    private static boolean unbegun(Load.Message message, Map<String, Receipt> receipts) {
      Receipt receipt = receipts.get(message.controlId());
      return receipt.end().equals(FOLDED)
          ? receipts.values().stream()
              .filter(newer -> newer.id().equals(receipt.reason()))
              .anyMatch(newer -> newer.warnings().contains(UNBEGUN))
          : receipt.warnings().contains(UNBEGUN);
    }

    private void markers(String practice, Map<String, Object> row, Set<String> markers) {
      Matcher matcher = MARKER.matcher(String.valueOf(row.get("Note")));
      int found = 0;
      while (matcher.find()) {
        found++;
        if (!markers.add(matcher.group())) {
          broken.add(
              DOUBLED + practice + ": " + matcher.group() + " stands in more than one place");
        }
      }
      if (found == 0) {
        broken.add(practice + ": AptNum " + row.get("AptNum") + " carries no reference");
      }
    }

    private static LocalDateTime at(Map<String, Object> row) {
      return row.get("AptDateTime") instanceof Timestamp at
          ? at.toLocalDateTime()
          : (LocalDateTime) row.get("AptDateTime");
    }

    private static int count(String text, String part) {
      return (text.length() - text.replace(part, "").length()) / part.length();
    }

    private static List<Map<String, Object>> rows(Store store, String sql) {
      return store.read(tx -> tx.sql(sql).query().listOfRows());
    }
  }
}
