package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pontic.opendental.Families.Human;
import pontic.store.KeyVault;
import pontic.store.Store;
import pontic.store.StoreSettings;
import pontic.store.Stores;
import pontic.store.Vault;

/**
 * What waits unbegun may stand in a newer message (decision 0255), and the office ends with the
 * rows of playing each. {@code -Dproof.folds=200} for more seeds, {@code -Dproof.seed=N} for one.
 */
final class FoldTest {
  private static final int SEEDS = 3;
  private static final int LIVES = 16;
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final LocalDateTime NOON = LocalDateTime.of(2027, 5, 4, 12, 0);
  private static final DateTimeFormatter AT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final String NORTH = "NORTH";

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
    Human human = human(1, "Ash", 1);
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
    ObjectNode row = one.office.appointments.get(1L);
    assertEquals(at(2), row.path("AptDateTime").asText());
    assertEquals(
        "crown [ref]\r\nbring the splint [ref]", withoutReferences(row.path("Note").asText()));
  }

  @Test
  void aBookingThatIsCancelledBeforeItWasBegunAsksNothingOfTheOffice() {
    Human human = human(1, "Ash", 1);
    long before = calls();
    String booked = one.book(human, NORTH, "book", "PL1", at(0), "crown");
    String moved = one.book(human, NORTH, "move", "PL1", at(1), "crown");
    String cancelled = one.book(human, NORTH, "cancel", "PL1", at(1), "");
    String twice = one.book(human, NORTH, "cancel", "PL1", at(1), "");
    one.serve();
    stoodForBy(booked, cancelled);
    stoodForBy(moved, cancelled);
    assertEquals("no change", one.end(cancelled));
    assertEquals(before, calls() - patientCallsOf(twice), "no request for it");
    assertEquals(Map.of(), one.office.appointments);
    assertEquals(Map.of(), one.office.rows);
  }

  @Test
  void whatHasBegunIsNotFolded() {
    Human human = human(1, "Ash", 1);
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
    Human human = human(1, "Ash", 1);
    one.say(human, NORTH);
    one.serve();
    String first = one.book(human, NORTH, "book", "PL1", at(0), "crown");
    String between = one.say(human(1, "Ash", 2), NORTH);
    String last = one.book(human, NORTH, "move", "PL1", at(1), "crown");
    one.serve();
    for (String message : List.of(first, between, last)) {
      assertEquals("landed", one.end(message));
    }
  }

  @Test
  void twoSnapshotsOfOneSenderAreOneWriteAndAFieldThatIsSaidAndTakenBackIsNone() {
    one.say(human(1, "Ash", 1), NORTH);
    one.serve();
    int before = one.writes;
    String older = one.say(human(1, "Ash", 2), NORTH);
    String newer = one.say(human(1, "Ash", 3), NORTH);
    one.serve();
    assertEquals(before + 1, one.writes);
    stoodForBy(older, newer);
    assertTrue(one.office.rows.get(1L).path("HmPhone").asText().endsWith("0003"));
    String there = one.say(human(1, "Ash", 4), NORTH);
    String back = one.say(human(1, "Ash", 3), NORTH);
    one.serve();
    assertEquals(before + 1, one.writes);
    stoodForBy(there, back);
    assertEquals("no change", one.end(back));
  }

  /** What the newer meets is not met by the older: it lands, as if nobody had come after it. */
  @Test
  void whatIsRefusedTogetherIsPlayedOneByOne() {
    Human human = human(1, "Ash", 1);
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

  @ParameterizedTest
  @MethodSource("seeds")
  void theOfficeEndsWithTheRowsOfPlayingEach(long seed) {
    Random random = new Random(seed);
    List<List<Step>> lives = new ArrayList<>();
    for (int i = 0; i < LIVES; i++) {
      lives.add(life(random, i));
    }
    List<String> messages = new ArrayList<>();
    while (lives.stream().anyMatch(life -> !life.isEmpty())) {
      List<Step> life = lives.get(random.nextInt(lives.size()));
      if (!life.isEmpty()) {
        Step step = life.remove(0);
        messages.add(step.to(one));
        step.to(each);
      }
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
    assertEquals(patients(each, each), patients(one, each), again);
    Map<String, String> played = appointments(each);
    Map<String, String> folded = appointments(one);
    played.forEach(
        (placer, row) -> {
          boolean unbegun = !folded.containsKey(placer) && row.startsWith("Broken");
          // Booked again after it was cancelled unbegun: it has no note of before.
          if (again(row)) {
            assertEquals(row.split(" visit")[0], folded.get(placer).split(" visit")[0], placer);
          } else if (!unbegun) {
            assertEquals(row, folded.get(placer), () -> placer + "; " + again);
          }
        });
    assertEquals(List.of(), folded.keySet().stream().filter(p -> !played.containsKey(p)).toList());
    assertTrue(one.writes < each.writes, again);
    for (String message : messages) {
      if (one.end(message).equals("superseded by")) {
        String by = one.text("select receipt_reason from message where id = ?", message);
        assertTrue(messages.indexOf(by) > messages.indexOf(message), again);
      }
    }
    assertTrue(one.ends().getOrDefault("superseded by", 0L) > LIVES / 4, () -> one.ends() + again);
    assertEquals(0L, one.ends().getOrDefault("", 0L), again);
    // Else much of it would be held, and two offices to whom nothing happens are alike.
    assertTrue(each.ends().getOrDefault("landed", 0L) > LIVES * 3L, () -> each.ends() + again);
  }

  static LongStream seeds() {
    Long seed = Long.getLong("proof.seed");
    return seed != null
        ? LongStream.of(seed)
        : LongStream.rangeClosed(1, Integer.getInteger("proof.folds", SEEDS));
  }

  private record Step(
      Human human, String sender, String event, String placer, String start, String note) {
    String to(Town town) {
      return placer.isEmpty()
          ? town.say(human, sender)
          : town.book(human, sender, event, placer, start, note);
    }
  }

  private static List<Step> life(Random random, int number) {
    List<Step> life = new ArrayList<>();
    String last = "Of" + (char) ('a' + number);
    String sender = number % 5 == 0 ? "SOUTH" : NORTH;
    int phone = number * 100;
    for (int booking = 0; booking < 3; booking++) {
      for (int i = random.nextInt(4); i > 0; i--) {
        phone = number * 100 + random.nextInt(4);
        String speaks = random.nextInt(6) == 0 ? "WEST" : sender;
        life.add(new Step(human(number, last, phone), speaks, "update", "", "", ""));
      }
      String placer = "PL" + number + "x" + booking;
      Human human = human(number, last, phone);
      int hour = number + booking * 40;
      life.add(new Step(human, sender, "book", placer, at(hour), "visit " + placer));
      for (int i = random.nextInt(4); i > 0; i--) {
        hour++;
        String note = random.nextBoolean() ? "visit " + placer : "change " + i;
        life.add(new Step(human, sender, "move", placer, at(hour), note));
      }
      if (random.nextInt(3) == 0) {
        life.add(new Step(human, sender, "cancel", placer, at(hour), ""));
        if (random.nextInt(3) == 0) {
          life.add(new Step(human, sender, "book", placer, at(hour), "visit " + placer));
        }
      }
    }
    return life;
  }

  /** The front desk changes a phone and breaks a visit, in both offices alike. */
  private void desk(long seed) {
    for (Town town : List.of(one, each)) {
      Random random = new Random(seed);
      String chosen = "Of" + (char) ('a' + random.nextInt(LIVES));
      String phone = "503999" + random.nextInt(9);
      town.office.rows.values().stream()
          .filter(row -> row.path("LName").asText().equals(chosen))
          .forEach(row -> row.put("HmPhone", phone));
    }
  }

  /**
   * By name; those only whom the other town knows to have landed, since who is cancelled before he
   * was begun is not created.
   */
  private static Map<String, String> patients(Town town, Town all) {
    Map<String, String> rows = new TreeMap<>();
    for (JsonNode row : town.office.rows.values()) {
      ObjectNode fields = row.deepCopy();
      fields.remove("PatNum");
      String before = rows.put(row.path("LName").asText(), fields.toString());
      assertEquals(null, before, "one row for each");
    }
    return rows;
  }

  private static boolean again(String row) {
    return row.startsWith("Scheduled") && row.split("visit PL", -1).length > 2;
  }

  private static Map<String, String> appointments(Town town) {
    Map<String, String> rows = new TreeMap<>();
    for (JsonNode row : town.office.appointments.values()) {
      String note = row.path("Note").asText();
      String placer = note.replaceAll("(?s).*?visit (PL\\d+x\\d).*", "$1");
      String patient = town.office.rows.get(row.path("PatNum").asLong()).path("LName").asText();
      String before =
          rows.put(
              placer,
              row.path("AptStatus").asText()
                  + " "
                  + row.path("AptDateTime").asText()
                  + " "
                  + patient
                  + " "
                  + withoutReferences(note));
      assertEquals(null, before, "one row for each");
    }
    return rows;
  }

  private void stoodForBy(String older, String newer) {
    assertEquals("superseded by", one.end(older));
    assertEquals(newer, one.text("select receipt_reason from message where id = ?", older));
  }

  private long calls() {
    return folding.read(tx -> tx.sql("select count(*) from call").query(Long.class).single());
  }

  private long patientCallsOf(String message) {
    return folding.read(
        tx ->
            tx.sql(
                    "select count(*) from call c join work w on w.id = c.work_id where w.message_id = ?")
                .params(message)
                .query(Long.class)
                .single());
  }

  private static String withoutReferences(String note) {
    return note.replaceAll("\\[ref P-[A-Z0-9]+\\]", "[ref]");
  }

  private static String at(int hours) {
    return AT.format(NOON.plusHours(hours));
  }

  private static Human human(int id, String last, int phone) {
    return new Human(
        id,
        last,
        "Nora",
        "",
        LocalDateTime.of(1984, 6, 15, 0, 0).plusDays(id).toLocalDate().toString(),
        "Female",
        String.format("503555%04d", phone),
        "",
        id + " Larch Street",
        "97301",
        "");
  }
}
