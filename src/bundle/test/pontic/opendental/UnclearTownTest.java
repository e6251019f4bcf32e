package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pontic.audit.SqlAudit;
import pontic.house.House;
import pontic.lane.Planner.Meaning;
import pontic.lane.Restored;
import pontic.opendental.Families.Human;
import pontic.receipt.Receipts;
import pontic.store.EmbeddedStore;
import pontic.store.Store;
import pontic.store.StoreAround;
import pontic.store.StoreSettings;
import pontic.store.Stores;
import pontic.store.Vault;

/**
 * What a lane does where it cannot know: texts that nobody documents, and a store that is older.
 */
final class UnclearTownTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @RegisterExtension final EmbeddedStore embedded = new EmbeddedStore();
  private Vault vault;
  private Store store;
  private final Town.Office office = new Town.Office();

  @BeforeEach
  void open() throws Exception {
    vault = embedded.vault();
    store = embedded.store();
  }

  @Test
  void aTextThatNobodyKnowsStopsItsOwnPatientAndNoKindOfWrite() throws Exception {
    // Long enough that the first is unclear all the while.
    Town town = new Town(store, office, LONG);
    town.misunderstood =
        request ->
            request.name().equals("patients.post")
                && request.body().path("LName").asText().equals("Bad");
    String bad = town.say(Human.nora(1, "Bad"), "NORTH");
    town.serve();
    assertEquals("", town.end(bad), "unclear, and its patient waits");
    List<String> others = new ArrayList<>();
    for (String other : List.of("Larch", "Rowan", "Hazel", "Quince")) {
      others.add(town.say(Human.nora(2 + others.size(), other), "NORTH"));
    }
    town.serve();
    others.forEach(other -> assertEquals("landed", town.end(other), "the same kind of write"));
    assertEquals("", town.end(bad));
  }

  @Test
  void itIsRefusedOnceItHasProvablyFailedThreeTimesAndWasWrittenToNobody() throws Exception {
    Town town = new Town(store, office, Duration.ofSeconds(1));
    town.misunderstood = request -> request.name().equals("patients.post");
    String bad = town.say(Human.nora(1, "Bad"), "NORTH");
    House.until(
        "it is given up",
        () -> {
          town.serve();
          return !town.end(bad).isEmpty();
        });
    assertEquals("refused", town.end(bad));
    assertTrue(
        town.text("select receipt_reason from message where id = ?", bad)
            .contains("3 times with a text that Pontic does not know"));
    assertEquals(0, office.rows.size());
  }

  /** open-dental-api.md 1.7: what is documented, one by one. */
  @Test
  void whatIsDocumentedIsPermanentAndAnOfficeThatIsAwayIsNot() throws Exception {
    JsonNode shipped =
        new ObjectMapper(new YAMLFactory())
            .readTree(Town.MAPPINGS.resolve("opendental/answers.yaml").toFile());
    List<String> away = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    shipped.path("away").forEach(text -> away.add(text.asText()));
    shipped.path("refused").forEach(text -> refused.add(text.asText()));
    Answers answers = new Answers(away, refused);
    for (String text :
        List.of(
            "Patient not found",
            "Appointment not found",
            "procCode not found",
            "Priority not found",
            "Dx not found",
            "Provider not found",
            "Medication not found",
            "MedicationPat not found.",
            "MedicationPatNum is required.",
            "No Medication with that genericName was found",
            "Clinic not found",
            "Schedule not found",
            "PatNum is required",
            "Document not found",
            "Mount not found",
            "No documents exist for this patient",
            "Description is required",
            "An AllergyDef with that name already exists",
            "DiseaseName is required",
            "A DiseaseDef with that name already exists",
            "DateTStamp format must be yyyy-MM-dd HH:mm:ss",
            "Patient has been deleted",
            "Patient does not exist",
            "InsSub does not exist",
            "Can't delete InsSub because PatPlans are still attached.",
            "Claim not found",
            "Procedure not found.")) {
      assertEquals(Meaning.REFUSED, answers.meaning(400, TextNode.valueOf(text)), text);
      assertEquals(Meaning.REFUSED, answers.meaning(400, TextNode.valueOf('"' + text + '"')), text);
    }
    assertEquals(
        Meaning.OFFICE_AWAY,
        answers.meaning(400, TextNode.valueOf("The eConnector is not running.")));
    assertEquals(Meaning.UNCLEAR, answers.meaning(400, TextNode.valueOf("Local API. Something.")));
  }

  /** The copy is made while three messages wait; then they land, and the copy takes its place. */
  @Test
  void anOlderStoreLooksFirstAndMakesNothingTwice() throws Exception {
    Human human = Human.nora(1, "Ash");
    Town before = new Town(store, office, LONG, false);
    before.serve();
    String registered = before.say(human, "NORTH");
    String booked =
        before.book(human, "NORTH", "book", "PL1", "2027-05-04 12:00:00", "Bring the splint");
    String moved =
        before.book(human, "NORTH", "move", "PL1", "2027-05-04 14:00:00", "Bring two splints");
    Path copy = Files.createDirectories(embedded.folder().resolve("restored")).resolve("state.db");
    store.copy(copy);
    before.serve();
    for (String message : List.of(registered, booked, moved)) {
      assertEquals("landed", before.end(message));
    }
    String rows = office.rows.toString();
    String appointments = office.appointments.toString();

    try (Store older =
        Stores.open(StoreSettings.embedded(embedded.folder().resolve("restored")), vault)) {
      Town after = new Town(older, office, LONG);
      after.knows(before);
      Restored restored = new Restored(older, new SqlAudit(), new Receipts("test"));
      restored.settleFirst(List.of(Town.terms(LONG)));
      after.serve();
      assertEquals("", after.end(registered), "nothing before the API is done with what was sent");
      assertTrue(
          older.read(tx -> tx.sql("select next_at from lane").query(Long.class).single())
              > older.read(tx -> tx.now().toEpochMilli()),
          "a whole limit from the start");
      older.write(tx -> tx.sql("update lane set next_at = 0").update());
      restored.settleFirst(List.of(Town.terms(LONG)));
      after.serve();
      for (String message : List.of(registered, booked, moved)) {
        assertFalse(after.end(message).isEmpty(), "ended");
        assertTrue(
            after
                .text("select receipt_warnings from message where id = ?", message)
                .contains("the store was restored from a copy of"));
      }
      assertEquals(List.of(), after.wrong);
      assertEquals(
          1L,
          (long)
              older.read(
                  tx ->
                      tx.sql("select count(*) from audit where action = 'restored'")
                          .query(Long.class)
                          .single()),
          "once");
    }
    assertEquals(rows, office.rows.toString());
    assertEquals(appointments, office.appointments.toString());
  }

  /** The copy is made before the booking; the hospital sends all of it again as it is told to. */
  @Test
  void aBookingThatIsSentAgainAfterItsVisitWasMovedIsNotMadeTwice() throws Exception {
    Human human = Human.nora(1, "Ash");
    Town before = new Town(store, office, LONG);
    before.say(human, "NORTH");
    before.serve();
    Path copy = copy();
    before.book(human, "NORTH", "book", "PL1", "2027-05-04 09:00:00", "");
    before.serve();
    before.book(human, "NORTH", "move", "PL1", "2027-05-04 10:00:00", "");
    before.serve();
    ObjectNode visit = office.appointments.get(1L);
    assertEquals("2027-05-04 10:00:00", visit.path("AptDateTime").asText());

    try (Store older = Stores.open(StoreSettings.embedded(copy), vault)) {
      Town after = restored(older, before);
      String booked = after.book(human, "NORTH", "book", "PL1", "2027-05-04 09:00:00", "");
      after.serve();
      String moved = after.book(human, "NORTH", "move", "PL1", "2027-05-04 10:00:00", "");
      after.serve();
      assertEquals(1, office.appointments.size(), "no second row");
      assertEquals("parked", after.end(booked));
      assertEquals("parked", after.end(moved));
      String reason = reason(after, booked);
      assertTrue(
          reason.startsWith(
              "the patient has AptNum 1 with a reference of Pontic that this store does not know"),
          reason);

      // A person says by the note that this is the visit.
      String note = visit.path("Note").asText();
      visit.put("Note", note + " " + Marker.in(reason));
      after.release(booked);
      after.serve();
      assertEquals("landed", after.end(booked), reason(after, booked));
      assertEquals("no change", after.end(moved), reason(after, moved));
      assertEquals(1, office.appointments.size());
      assertEquals("2027-05-04 10:00:00", visit.path("AptDateTime").asText());

      // It is known now, and whatever else is booked is not held.
      String another = after.book(human, "NORTH", "book", "PL2", "2027-05-05 09:00:00", "");
      after.serve();
      assertEquals("landed", after.end(another), reason(after, another));
      assertEquals(2, office.appointments.size());
    }
  }

  @Test
  void aBookingBesideAVisitOfTheLostPartIsMadeOnceAPersonTookItsReferenceAway() throws Exception {
    Human human = Human.nora(1, "Ash");
    Town before = new Town(store, office, LONG);
    before.book(human, "NORTH", "book", "PL0", "2027-05-03 09:00:00", "");
    before.serve();
    Path copy = copy();
    before.book(human, "NORTH", "book", "PL1", "2027-05-04 09:00:00", "");
    before.serve();
    // The desk copies the visit that the store knows, with its note.
    ObjectNode copied = office.appointments.get(1L).deepCopy();
    copied.put("AptNum", 3).put("AptDateTime", "2027-11-03 09:00:00");
    office.appointments.put(3L, copied);

    try (Store older = Stores.open(StoreSettings.embedded(copy), vault)) {
      Town after = restored(older, before);
      String other = after.book(human, "NORTH", "book", "PL2", "2027-05-05 09:00:00", "");
      after.serve();
      assertEquals("parked", after.end(other));
      assertTrue(reason(after, other).startsWith("the patient has AptNum 2 with"));
      office.appointments.get(2L).put("Note", "");
      after.release(other);
      after.serve();
      assertEquals("landed", after.end(other), reason(after, other));
      assertEquals(4, office.appointments.size());
    }
  }

  @Test
  void soIsAPlanThatIsSentAgain() throws Exception {
    Human human = Human.nora(1, "Ash");
    Town before = new Town(store, office, LONG);
    before.say(human, "NORTH");
    before.serve();
    Path copy = copy();
    ObjectNode planned = office.appointments.computeIfAbsent(7L, key -> row(key, 1));
    planned.put("AptStatus", "Planned").put("AptDateTime", "0001-01-01 00:00:00");
    planned.put("Note", "[ref P-0123456789]");

    try (Store older = Stores.open(StoreSettings.embedded(copy), vault)) {
      Town after = restored(older, before);
      after.kind = 3;
      String again = after.book(human, "NORTH", "book", "PL1", "", "");
      after.serve();
      assertEquals("parked", after.end(again));
      assertTrue(
          reason(after, again).startsWith("the patient has AptNum 7 with a reference of Pontic"),
          reason(after, again));
      assertFalse(after.asked.contains("appointments.planned"));
    }
  }

  private static ObjectNode row(long aptNum, long patNum) {
    return JsonNodeFactory.instance.objectNode().put("AptNum", aptNum).put("PatNum", patNum);
  }

  @Test
  void whatIsBookedAndCancelledAgainBeforeAnythingIsWrittenIsNotTakenForUnbegun() throws Exception {
    Human human = Human.nora(1, "Ash");
    Town before = new Town(store, office, LONG);
    before.say(human, "NORTH");
    before.serve();
    Path copy = copy();
    before.book(human, "NORTH", "book", "PL1", "2027-05-04 09:00:00", "");
    before.serve();
    office.appointments.get(1L).put("AptDateTime", "2027-05-04 10:00:00");

    try (Store older = Stores.open(StoreSettings.embedded(copy), vault)) {
      Town after = restored(older, before);
      String booked = after.book(human, "NORTH", "book", "PL1", "2027-05-04 09:00:00", "");
      String cancelled = after.book(human, "NORTH", "cancel", "PL1", "2027-05-04 09:00:00", "");
      after.serve();
      assertEquals("parked", after.end(booked), reason(after, booked));
      assertEquals("parked", after.end(cancelled), reason(after, cancelled));
      office.appointments.get(1L).put("Note", "x " + Marker.in(reason(after, booked)));
      after.release(booked);
      after.serve();
      assertEquals("landed", after.end(cancelled), reason(after, cancelled));
      assertEquals("Broken", office.appointments.get(1L).path("AptStatus").asText());
      assertEquals(1, office.appointments.size());
    }
  }

  /** S15 and S13 wait when the copy is made, and land; then the desk has the last word. */
  @Test
  void whatWaitedInTheCopyDoesNotUndoWhatTheDeskDidAfterIt() throws Exception {
    Human human = Human.nora(1, "Ash");
    Human other = Human.nora(2, "Larch");
    Town before = booked(human, other);
    String cancelled = before.book(human, "NORTH", "cancel", "PL1", "2027-05-04 09:00:00", "");
    String moved = before.book(other, "NORTH", "move", "PL2", "2027-05-05 10:00:00", "");
    Path copy = copy();
    before.serve();
    assertEquals("landed", before.end(cancelled));
    assertEquals("landed", before.end(moved));

    try (Store older = Stores.open(StoreSettings.embedded(copy), vault)) {
      Town after = deskThenRestored(older, before);
      assertEquals("parked", after.end(cancelled), reason(after, cancelled));
      assertEquals("no change", after.end(moved), reason(after, moved));
      asTheDeskLeftThem();
      assertTrue(
          reason(after, cancelled).startsWith("AptNum 1 was changed after "),
          reason(after, cancelled));
      // A person makes it so, and it ends as it says.
      office.appointments.get(1L).put("AptStatus", "Broken");
      after.release(cancelled);
      after.serve();
      assertEquals("no change", after.end(cancelled), reason(after, cancelled));
    }
  }

  @Test
  void norDoesWhatIsSentAgain() throws Exception {
    Human human = Human.nora(1, "Ash");
    Human other = Human.nora(2, "Larch");
    Town before = booked(human, other);
    Path copy = copy();
    before.book(human, "NORTH", "cancel", "PL1", "2027-05-04 09:00:00", "");
    before.book(other, "NORTH", "move", "PL2", "2027-05-05 10:00:00", "");
    before.serve();

    try (Store older = Stores.open(StoreSettings.embedded(copy), vault)) {
      Town after = deskThenRestored(older, before);
      String cancelled = after.book(human, "NORTH", "cancel", "PL1", "2027-05-04 09:00:00", "");
      String moved = after.book(other, "NORTH", "move", "PL2", "2027-05-05 10:00:00", "");
      after.serve();
      assertEquals("parked", after.end(cancelled), reason(after, cancelled));
      assertEquals("parked", after.end(moved), reason(after, moved));
      asTheDeskLeftThem();
    }
  }

  @Test
  void whatTheLostPartDidNotTouchIsMovedAndBrokenAsEver() throws Exception {
    Human human = Human.nora(1, "Ash");
    Human other = Human.nora(2, "Larch");
    Town before = booked(human, other);
    Path copy = copy();
    try (Store older = Stores.open(StoreSettings.embedded(copy), vault)) {
      Town after = restored(older, before);
      // The desk moves it now, and the message that comes then is newer.
      stamped(1, "2027-05-04 15:00:00", Instant.now().plusSeconds(2));
      // What was changed in the lost part stands where its sender wanted it.
      stamped(2, "2027-05-05 09:00:00", Instant.now().minusSeconds(1));
      String cancelled = after.book(human, "NORTH", "cancel", "PL1", "2027-05-04 09:00:00", "");
      String moved = after.book(other, "NORTH", "move", "PL2", "2027-05-05 10:00:00", "");
      after.serve();
      assertEquals("landed", after.end(cancelled), reason(after, cancelled));
      assertEquals("landed", after.end(moved), reason(after, moved));
    }
  }

  /** Each has a visit at nine. */
  private Town booked(Human human, Human other) throws Exception {
    Town before = new Town(store, office, LONG);
    before.book(human, "NORTH", "book", "PL1", "2027-05-04 09:00:00", "");
    before.book(other, "NORTH", "book", "PL2", "2027-05-05 09:00:00", "");
    before.serve();
    assertEquals(2, office.appointments.size());
    return before;
  }

  /** Long after the copy the desk gives both another time, and it is later still. */
  private Town deskThenRestored(Store older, Town before) throws Exception {
    for (String longAgo :
        List.of(
            "update store_copy set taken_at = taken_at - 36000000",
            "update message set accepted_at = accepted_at - 36000000",
            "update call set intent_at = intent_at - 36000000")) {
      older.write(tx -> tx.sql(longAgo).update());
    }
    Instant desk = Instant.now().minus(Duration.ofHours(1));
    stamped(1, "2027-05-04 15:00:00", desk);
    stamped(2, "2027-05-05 15:00:00", desk);
    return restored(older, before);
  }

  private void stamped(long aptNum, String time, Instant changed) {
    office
        .appointments
        .get(aptNum)
        .put("AptStatus", "Scheduled")
        .put("AptDateTime", time)
        .put(
            "DateTStamp",
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")
                .format(changed.atOffset(ZoneOffset.UTC)));
  }

  private void asTheDeskLeftThem() {
    for (long aptNum = 1; aptNum <= 2; aptNum++) {
      ObjectNode visit = office.appointments.get(aptNum);
      assertEquals("Scheduled", visit.path("AptStatus").asText());
      assertTrue(visit.path("AptDateTime").asText().endsWith("15:00:00"), visit.toString());
    }
  }

  /** The folder of a store that is as this one is now. */
  private Path copy() throws Exception {
    Path place = Files.createDirectories(embedded.folder().resolve("restored"));
    store.copy(place.resolve("state.db"));
    return place;
  }

  /** As if the API had been given its time. */
  private Town restored(Store older, Town before) throws Exception {
    Town after = new Town(older, office, LONG);
    after.knows(before);
    new Restored(older, new SqlAudit(), new Receipts("test"))
        .settleFirst(List.of(Town.terms(LONG)));
    older.write(tx -> tx.sql("update lane set next_at = 0").update());
    after.serve();
    return after;
  }

  private static String reason(Town town, String message) {
    return town.text("select receipt_reason from message where id = ?", message);
  }

  @Test
  void whatAnotherInstallationCreatesWithOurKeysIsCountedAndNotWhatWeDo() throws Exception {
    Town town = new Town(store, office, LONG);
    town.serve();
    // Two hundred and more from before: they prove nothing.
    for (int i = 0; i < 205; i++) {
      office.log.add(100_000L + i);
    }
    looked(town);
    assertEquals(0L, foreign());
    town.say(Human.nora(1, "Ours"), "NORTH");
    town.serve();
    looked(town);
    assertEquals(0L, foreign());
    office.log.add(200_000L);
    town.say(Human.nora(2, "Larch"), "NORTH");
    town.serve();
    looked(town);
    assertEquals(1L, foreign());
    looked(town);
    assertEquals(1L, foreign(), "once");
  }

  @Test
  void aLookAtAPracticeAtRestWritesNothing() throws Exception {
    AtomicInteger units = new AtomicInteger();
    Town town = new Town(new StoreAround(store, units::incrementAndGet), office, LONG);
    town.say(Human.nora(1, "Rest"), "NORTH");
    town.serve();
    town.watch();
    int before = units.get();
    town.watch();
    assertEquals(before, units.get(), "asked lately, and answered");
    store.write(tx -> tx.sql("update lane set capabilities_at = 0").update());
    town.watch();
    assertEquals(before + 1, units.get(), "to be asked again");
    town.serve();
    before = units.get();
    store.write(tx -> tx.sql("update lane set state = 'offline'").update());
    town.watch();
    assertEquals(before + 1, units.get(), "an office that is away is looked at each time");
  }

  /** An hour later. */
  private void looked(Town town) {
    store.write(tx -> tx.sql("update lane set own_log_at = 1").update());
    town.watch();
    town.serve();
  }

  private long foreign() {
    return store.read(
        tx ->
            tx.sql("select coalesce(sum(n), 0) from tally where what = 'foreign'")
                .query(Long.class)
                .single());
  }
}
