package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.lane.ApiRequest;
import pontic.lane.ParkedMessages;
import pontic.opendental.Families.Human;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;
import pontic.store.Vault;

/**
 * What waits unbegun may stand in a newer message (decision 0280), and the office ends with the
 * rows of playing each. {@code -Dproof.folds=200} for more seeds, {@code -Dproof.seed=N} for one.
 */
final class FoldTest {
  private static final int SEEDS = 3;
  private static final int PEOPLE = 9;
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 5, 4, 12, 0);
  private static final DateTimeFormatter AT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final String NORTH = "NORTH";
  private static final String UNBEGUN = "cancelled before anything of it was written";

  @TempDir Path folder;
  private Store folding;
  private Store playing;
  private Town one;
  private Town each;

  @BeforeEach
  void open() throws Exception {
    Vault vault = KeyVault.createDemo(folder.resolve("keys")).vault();
    folding =
        Stores.open(
            StoreSettings.embedded(Files.createDirectories(folder.resolve("folding"))), vault);
    playing =
        Stores.open(
            StoreSettings.embedded(Files.createDirectories(folder.resolve("playing"))), vault);
    one = new Town(folding, new Town.Office(), LONG, true);
    each = new Town(playing, new Town.Office(), LONG, false);
    one.serve();
    each.serve();
  }

  @AfterEach
  void close() {
    folding.close();
    playing.close();
  }

  @Test
  void aBookingAndItsMovesThatWaitAreOneWrite() {
    Human human = human(1, 1);
    one.say(human, NORTH);
    one.serve();
    int before = one.writes;
    String booked = one.book(human, NORTH, "book", "PL1", at(0), "crown");
    String moved = one.book(human, NORTH, "move", "PL1", at(1), "crown");
    String again = one.book(human, NORTH, "move", "PL1", at(2), "bring the splint");
    one.serve();
    assertEquals(before + 1, one.writes);
    assertEquals("landed", one.end(again));
    stoodForBy(booked, again);
    stoodForBy(moved, again);
    assertEquals(at(2), one.office.appointments.get(1L).path("AptDateTime").asText());
    assertEquals("crown [ref]\r\nbring the splint [ref]", note(1));
    assertTrue(keys(moved).contains("\"AptNum\":1"), keys(moved));
  }

  /**
   * Whatever the planner is asked when it fails: others go on, and of one patient what is before.
   */
  @Test
  void aDefectThatOneMessageMeetsParksThatOneAloneAndTheLaneGoesOn() {
    one.poison = "poison";
    Human human = human(1, 1);
    Human other = human(2, 2);
    String booked = one.book(human, NORTH, "book", "PL1", at(0), "crown");
    String meets = one.book(human, NORTH, "move", "PL1", at(1), "poison");
    String others = one.book(other, NORTH, "book", "PL2", at(2), "crown");
    one.serve();
    assertEquals("landed", one.end(booked));
    assertEquals("parked", one.end(meets));
    assertEquals("landed", one.end(others));
    assertEquals(at(0), one.office.appointments.get(1L).path("AptDateTime").asText());
    assertEquals(at(2), one.office.appointments.get(2L).path("AptDateTime").asText());
  }

  /** What else is made of a patient counts too: who says less is no snapshot of the same. */
  @Test
  void whoSaysNothingOfWhomToCallDoesNotStandForOneWhoDoes() {
    Human human = human(1, 1);
    one.say(human, NORTH);
    one.serve();
    String calling = one.calling(human, NORTH, "Otto Vale");
    String silent = one.say(human, NORTH);
    String again = one.calling(human, NORTH, "Otto Vale");
    String other = one.calling(human, NORTH, "Una Vale");
    one.serve();
    assertEquals("no change", one.end(calling));
    assertEquals("no change", one.end(silent));
    stoodForBy(again, other);
  }

  @Test
  void aBookingThatIsCancelledBeforeItWasBegunWritesNothing() {
    Human human = human(1, 1);
    String booked = one.book(human, NORTH, "book", "PL1", at(0), "crown");
    String moved = one.book(human, NORTH, "move", "PL1", at(1), "crown");
    String cancelled = one.book(human, NORTH, "cancel", "PL1", at(1), "");
    String twice = one.book(human, NORTH, "cancel", "PL1", at(1), "");
    one.serve();
    stoodForBy(booked, cancelled);
    stoodForBy(moved, cancelled);
    assertEquals("no change", one.end(cancelled));
    assertTrue(warnings(cancelled).contains(UNBEGUN), warnings(cancelled));
    assertEquals("no change", one.end(twice));
    assertEquals(0, one.writes);
    assertEquals(Map.of(), one.office.appointments);
    assertEquals(Map.of(), one.office.rows);
    // The sender may book it again all the same.
    String again = one.book(human, NORTH, "book", "PL1", at(2), "crown");
    one.serve();
    assertEquals("landed", one.end(again));
    assertEquals(at(2), one.office.appointments.get(1L).path("AptDateTime").asText());
    assertEquals("crown [ref]", note(1));
  }

  /**
   * Somebody made it by hand, or a part of the store was lost: a person must hear of the cancel.
   */
  @Test
  void aVisitThatTheOfficeHasAtThatTimeIsNotCancelledUnheard() {
    Human human = human(1, 1);
    one.say(human, NORTH);
    one.serve();
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("AptNum", 1).put("PatNum", 1).put("AptStatus", "Scheduled").put("AptDateTime", at(1));
    one.office.appointments.put(1L, row);
    String booked = one.book(human, NORTH, "book", "PL1", at(0), "crown");
    String moved = one.book(human, NORTH, "move", "PL1", at(1), "crown");
    String cancelled = one.book(human, NORTH, "cancel", "PL1", at(1), "");
    one.serve();
    for (String message : List.of(booked, moved, cancelled)) {
      assertEquals("landed", one.end(message));
    }
    assertEquals("Scheduled", one.office.appointments.get(1L).path("AptStatus").asText());
    assertEquals("Broken", one.office.appointments.get(2L).path("AptStatus").asText());
  }

  @Test
  void whatHasBegunIsNotFolded() {
    Human human = human(1, 1);
    one.misunderstood = request -> request.name().equals("appointments.post");
    one.say(human, NORTH);
    one.serve();
    String booked = one.book(human, NORTH, "book", "PL1", at(0), "crown");
    one.serve();
    String moved = one.book(human, NORTH, "move", "PL1", at(1), "crown");
    String cancelled = one.book(human, NORTH, "cancel", "PL1", at(1), "");
    one.serve();
    for (String message : List.of(booked, moved, cancelled)) {
      assertEquals("", one.end(message), "what the booking did is not known yet");
    }
  }

  @Test
  void nothingIsFoldedAcrossAnothersMessageOrOneOfAnotherKind() {
    Human human = human(1, 1);
    one.say(human, NORTH);
    one.serve();
    String first = one.book(human, NORTH, "book", "PL1", at(0), "crown");
    String between = one.say(human(1, 2), NORTH);
    String last = one.book(human, NORTH, "move", "PL1", at(1), "crown");
    one.serve();
    for (String message : List.of(first, between, last)) {
      assertEquals("landed", one.end(message));
    }
  }

  @Test
  void twoSnapshotsOfOneSenderAreOneWriteAndAFieldThatIsSaidAndTakenBackIsNone() {
    one.say(human(1, 1), NORTH);
    one.serve();
    int before = one.writes;
    String older = one.say(human(1, 2), NORTH);
    String newer = one.say(human(1, 3), NORTH);
    one.serve();
    assertEquals(before + 1, one.writes);
    stoodForBy(older, newer);
    assertTrue(one.office.rows.get(1L).path("HmPhone").asText().endsWith("0003"));
    String there = one.say(human(1, 4), NORTH);
    String back = one.say(human(1, 3), NORTH);
    one.serve();
    assertEquals(before + 1, one.writes);
    stoodForBy(there, back);
    assertEquals("no change", one.end(back));
  }

  /** What the newer meets is not met by the older: it lands, as if nobody had come after it. */
  @Test
  void whatIsRefusedTogetherIsPlayedOneByOne() {
    Human human = human(1, 1);
    one.say(human, NORTH);
    one.serve();
    one.refused = request -> request.body().path("AptDateTime").asText().equals(at(1));
    String booked = one.book(human, NORTH, "book", "PL1", at(0), "crown");
    String moved = one.book(human, NORTH, "move", "PL1", at(1), "crown");
    one.serve();
    assertEquals("landed", one.end(booked));
    assertEquals("refused", one.end(moved));
    assertEquals(at(0), one.office.appointments.get(1L).path("AptDateTime").asText());
  }

  /** What was said by the older only is still the sender's word. */
  @Test
  void aNoteThatOnlyTheOlderSaidIsNotSaidAgain() {
    Human human = human(1, 1);
    one.say(human, NORTH);
    one.book(human, NORTH, "book", "PL1", at(0), "crown");
    one.book(human, NORTH, "move", "PL1", at(1), "");
    one.serve();
    String repeated = one.book(human, NORTH, "move", "PL1", at(1), "crown");
    one.serve();
    assertEquals("no change", one.end(repeated));
    assertEquals("crown [ref]", note(1));
  }

  /** A message that says less is no snapshot: what it does not say was said all the same. */
  @Test
  void aFieldThatTheNewerDoesNotSayIsWritten() {
    Human human = human(1, 1);
    one.say(human, NORTH);
    one.serve();
    String older = one.say(human(1, 1, "ash@example.org"), NORTH);
    String newer = one.say(human(1, 2), NORTH);
    one.serve();
    assertEquals("landed", one.end(older));
    assertEquals("landed", one.end(newer));
    assertEquals("ash@example.org", one.office.rows.get(1L).path("Email").asText());
    assertTrue(one.office.rows.get(1L).path("HmPhone").asText().endsWith("0002"));
  }

  @Test
  void whoeverWaitsForAnAnswerHasItsOwn() {
    Human human = human(1, 1);
    one.say(human, NORTH);
    one.serve();
    one.route = "accept-fhir";
    String older = one.say(human(1, 2), NORTH);
    String newer = one.say(human(1, 3), NORTH);
    one.serve();
    assertEquals("landed", one.end(older));
    assertEquals("landed", one.end(newer));
  }

  /** Others' messages may lie between, and what was read was read for another person. */
  @Test
  void whoTurnsOutToBeSomebodyElseIsPlayedOneByOne() {
    one.say(human(1, 1), NORTH);
    one.serve();
    String older = one.say(human(1, 2), "SOUTH");
    String newer = one.say(human(1, 3), "SOUTH");
    one.serve();
    assertEquals("no change", one.end(older));
    assertEquals("landed", one.end(newer));
    assertEquals(1, one.office.rows.size());
  }

  /** Where nobody can tell what a write did, those that went with it wait with it. */
  @Test
  void whatIsInDoubtHoldsThoseThatWentWithIt() {
    Human human = human(1, 1);
    one.say(human, NORTH);
    one.serve();
    one.misunderstood =
        request -> {
          if (request.name().equals("appointments.post")) {
            ObjectNode row = request.body().deepCopy();
            row.put("AptNum", 1).put("AptStatus", "Scheduled").put("SecUserNumEntry", 0);
            one.office.appointments.put(1L, row.put("Note", "what somebody else wrote"));
            return true;
          }
          return false;
        };
    String booked = one.book(human, NORTH, "book", "PL1", at(0), "crown");
    String moved = one.book(human, NORTH, "move", "PL1", at(1), "crown");
    one.serve();
    String later = one.say(human(1, 2), NORTH);
    one.serve();
    assertEquals("parked", one.end(moved));
    for (String behind : List.of(booked, later)) {
      assertEquals("parked", one.end(behind));
      assertTrue(reason(behind).contains(moved), reason(behind));
    }
    ApiRequest sent = one.last.get("appointments.post");
    one.office.appointments.get(1L).put("Note", sent.body().path("Note").asText());
    assertEquals(ParkedMessages.Outcome.NOT_PARKED, one.release(booked));
    assertEquals(ParkedMessages.Outcome.DONE, one.release(moved));
    one.serve();
    assertEquals("landed", one.end(moved));
    stoodForBy(booked, moved);
    assertEquals("landed", one.end(later));
    assertEquals(1, one.office.appointments.size());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theOfficeEndsWithTheRowsOfPlayingEach(long seed) {
    // Nobody is in anybody's way; SlotLookTest has them meet.
    one.room = human -> human + 1;
    each.room = one.room;
    Random random = new Random(seed);
    List<Lives.Step> steps = Lives.drawn(random, PEOPLE);
    List<String> messages = new ArrayList<>();
    for (Lives.Step step : steps) {
      messages.add(say(one, step));
      say(each, step);
      if (random.nextInt(40) == 0) {
        one.serve();
        each.serve();
        desk(random.nextLong());
      }
    }
    one.serve();
    each.serve();
    String again = "play it again with -Dproof.seed=" + seed;
    assertEquals(List.of(), one.wrong, again);
    Map<String, Integer> places = new HashMap<>();
    messages.forEach(message -> places.put(message, places.size()));
    List<Lives.Step> begun =
        IntStream.range(0, steps.size())
            .filter(i -> !isUnbegun(messages.get(i)))
            .mapToObj(steps::get)
            .toList();
    assertEquals(Lives.played(steps), visits(each), again);
    assertEquals(Lives.played(begun), visits(one), again);
    assertEquals(
        firstBegun(steps, begun, patients(each)), firstBegun(steps, begun, patients(one)), again);
    assertTrue(one.writes < each.writes, again);
    for (String message : messages) {
      if (one.end(message).equals("folded into")) {
        assertTrue(places.get(reason(message)) > places.get(message), again);
      }
    }
    assertTrue(one.ends().getOrDefault("folded into", 0L) > PEOPLE / 4, () -> one.ends() + again);
    assertEquals(0L, one.ends().getOrDefault("", 0L), again);
    // Else much of it would be held, and two offices to whom nothing happens are alike.
    assertTrue(each.ends().getOrDefault("landed", 0L) > PEOPLE * 3L, () -> each.ends() + again);
  }

  static LongStream seeds() {
    Long seed = Long.getLong("proof.seed");
    return seed != null
        ? LongStream.of(seed)
        : LongStream.rangeClosed(1, Integer.getInteger("proof.folds", SEEDS));
  }

  private static String say(Town town, Lives.Step step) {
    Human human = human(step.human(), step.phone());
    return step.aboutPatient()
        ? town.say(human, step.sender())
        : town.book(
            human, step.sender(), step.event(), step.placer(), at(step.hour()), step.note());
  }

  /** Cancelled before anything of it was written, or the booking of such. */
  private boolean isUnbegun(String message) {
    return one.end(message).equals("folded into")
        ? isUnbegun(reason(message))
        : warnings(message).contains(UNBEGUN);
  }

  /**
   * Those of whom the first that was ever said was begun: a booking that was not makes nobody, and
   * whoever speaks next is the first.
   */
  private static Map<String, String> firstBegun(
      List<Lives.Step> steps, List<Lives.Step> begun, Map<String, String> patients) {
    Map<String, String> same = new TreeMap<>(patients);
    for (int human = 0; human < PEOPLE; human++) {
      int number = human;
      Optional<Lives.Step> first = steps.stream().filter(s -> s.human() == number).findFirst();
      Optional<Lives.Step> written = begun.stream().filter(s -> s.human() == number).findFirst();
      if (!first.equals(written)) {
        same.remove(last(number));
      }
    }
    return same;
  }

  /** The front desk changes a phone, in both offices alike. */
  private void desk(long seed) {
    for (Town town : List.of(one, each)) {
      Random random = new Random(seed);
      String chosen = last(random.nextInt(PEOPLE));
      String phone = "503999" + random.nextInt(9);
      town.office.rows.values().stream()
          .filter(row -> row.path("LName").asText().equals(chosen))
          .forEach(row -> row.put("HmPhone", phone));
    }
  }

  /** By name. */
  private static Map<String, String> patients(Town town) {
    Map<String, String> rows = new TreeMap<>();
    for (JsonNode row : town.office.rows.values()) {
      ObjectNode fields = row.deepCopy();
      fields.remove("PatNum");
      String before = rows.put(row.path("LName").asText(), fields.toString());
      assertEquals(null, before, "one row for each");
    }
    return rows;
  }

  private static Map<String, Lives.Visit> visits(Town town) {
    Map<String, Lives.Visit> rows = new TreeMap<>();
    for (JsonNode row : town.office.appointments.values()) {
      String note = row.path("Note").asText();
      String placer = note.replaceAll("(?s).*?visit (PL\\d+x\\d).*", "$1");
      Lives.Visit before =
          rows.put(
              placer,
              new Lives.Visit(
                  row.path("AptStatus").asText(),
                  (int)
                      Duration.between(
                              NOON, LocalDateTime.parse(row.path("AptDateTime").asText(), AT))
                          .toHours(),
                  List.of(note.replaceAll(" ?\\[ref P-[A-Z0-9]+\\]", "").split("\r\n"))));
      assertEquals(null, before, "one row for each");
    }
    return rows;
  }

  private void stoodForBy(String older, String newer) {
    assertEquals("folded into", one.end(older));
    assertEquals(newer, reason(older));
  }

  private String reason(String message) {
    return one.text("select receipt_reason from message where id = ?", message);
  }

  private String warnings(String message) {
    return one.text("select receipt_warnings from message where id = ?", message);
  }

  private String keys(String message) {
    return one.text("select receipt_keys from message where id = ?", message);
  }

  private String note(long aptNum) {
    return one.office
        .appointments
        .get(aptNum)
        .path("Note")
        .asText()
        .replaceAll("\\[ref P-[A-Z0-9]+\\]", "[ref]");
  }

  private static String at(int hours) {
    return AT.format(NOON.plusHours(hours));
  }

  private static String last(int id) {
    return "Of" + (char) ('a' + id / 26) + (char) ('a' + id % 26);
  }

  private static Human human(int id, int phone) {
    return human(id, phone, "");
  }

  private static Human human(int id, int phone, String email) {
    return new Human(
        id,
        last(id),
        "Nora",
        "",
        LocalDate.of(1984, 6, 15).plusDays(id).toString(),
        "Female",
        String.format("503555%04d", phone % 10_000),
        email,
        id + " Larch Street",
        "97301",
        "");
  }
}
