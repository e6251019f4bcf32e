package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pontic.audit.SqlAudit;
import pontic.house.House;
import pontic.lane.ParkedMessages;
import pontic.opendental.Families.Human;
import pontic.retention.Retention;
import pontic.store.EmbeddedStore;
import pontic.store.Store;

/** What becomes of the late look for a double, and of Pontic's other questions, in vain. */
final class LateLookTownTest {
  private static final int LOOKS = 24;

  @RegisterExtension final EmbeddedStore embedded = new EmbeddedStore();
  private Store store;
  private final Town.Office office = new Town.Office();
  private Town town;

  @BeforeEach
  void open() throws Exception {
    store = embedded.store();
    town = new Town(store, office, Duration.ofSeconds(1));
  }

  @Test
  void aLookThatIsNeverAnsweredIsMadeEachHourForADayAndThenParksItsMessage() throws Exception {
    String repeated = repeated();
    town.missing = request -> request.name().equals("patients.search");
    for (int look = 1; look < LOOKS; look++) {
      look();
      assertEquals("landed", town.end(repeated), "look " + look);
      assertEquals("waiting", watch("state"));
      Duration pause =
          Duration.between(Instant.now(), Instant.ofEpochMilli(Long.parseLong(watch("due_at"))));
      assertTrue(pause.toMinutes() > 58 && pause.toMinutes() < 61, "looked again in " + pause);
    }
    look();
    assertEquals("parked", town.end(repeated));
    String reason = town.text("select receipt_reason from message where id = ?", repeated);
    assertTrue(reason.startsWith("double: ") && reason.contains("HTTP 404"), reason);
    long patNum = office.rows.keySet().iterator().next();
    assertTrue(reason.endsWith("look in Open Dental at PatNum " + patNum), reason);
    assertEquals("done", watch("state"), "so that retention takes it away");

    assertEquals(ParkedMessages.Outcome.DONE, town.release(repeated));
    assertEquals("landed", town.end(repeated), "a person has looked");
    String warnings = town.text("select receipt_warnings from message where id = ?", repeated);
    assertTrue(warnings.contains("look in Open Dental at PatNum " + patNum), warnings);
    age(91);
    new Retention(store, new SqlAudit()).contents(90);
    assertEquals(0, count("select count(*) from work where event = 'watch'"));
  }

  @Test
  void aLookThatFailedOnceFindsTheDoubleWhenItIsMadeAgain() throws Exception {
    String repeated = repeated();
    town.missing = request -> request.name().equals("patients.search");
    look();
    assertEquals("landed", town.end(repeated));
    // The lost request acts after all.
    office.log.add(office.add(town.last.get("patients.post").body(), 1));
    town.missing = request -> false;
    look();
    assertEquals("parked", town.end(repeated));
    String reason = town.text("select receipt_reason from message where id = ?", repeated);
    assertTrue(reason.contains("was created again as"), reason);
  }

  @Test
  void aLookWhoseReadsFailWhileOthersAreServedIsMadeAgainToo() throws Exception {
    String repeated = repeated();
    List<String> others = List.of("Larch", "Rowan", "Hazel", "Quince", "Alder", "Birch", "Cedar");
    for (int read = 0; read < others.size() && looks() == 0; read++) {
      town.misunderstood = request -> request.name().equals("patients.search");
      look();
      town.misunderstood = request -> false;
      store.write(
          tx ->
              tx.sql("update work set due_at = :later where event = 'watch' and due_at < :later")
                  .param("later", tx.now().plusSeconds(60).toEpochMilli())
                  .update());
      String other = town.say(Human.nora(2 + read, others.get(read)), "NORTH");
      until(other, "landed");
    }
    assertEquals(1, looks());
    assertEquals("waiting", watch("state"));
    assertEquals("landed", town.end(repeated));
  }

  @Test
  void aMessageThatIsParkedAlreadyKeepsItsReasonAndSaysThatNobodyCouldLook() throws Exception {
    String repeated = repeated();
    store.write(
        tx ->
            tx.sql("update message set receipt_end = 'parked', receipt_reason = 'two fit'")
                .update());
    town.missing = request -> request.name().equals("patients.search");
    for (int look = 1; look <= LOOKS; look++) {
      look();
    }
    assertEquals("two fit", town.text("select receipt_reason from message where id = ?", repeated));
    String warnings = town.text("select receipt_warnings from message where id = ?", repeated);
    assertTrue(warnings.contains("look in Open Dental at PatNum"), warnings);
    assertEquals("done", watch("state"));
  }

  @Test
  void questionsOfPonticsOwnThatComeToNothingAreOverAndPutAgain() throws Exception {
    String landed = town.say(Human.nora(1, "Larch"), "NORTH");
    until(landed, "landed");
    town.missing =
        request ->
            request.name().equals("securitylogs.get") || request.name().equals("securityperms.get");
    for (int time = 1; time <= 2; time++) {
      store.write(tx -> tx.sql("update lane set own_log_at = 1, capabilities_at = 0").update());
      town.watch();
      town.serve();
      for (String event : new String[] {"own-log", "connect"}) {
        String question = " from work where message_id = '' and event = '" + event + "'";
        assertEquals(0, count("select count(*)" + question + " and state <> 'done'"), event);
        int before = event.equals("connect") ? 1 : 0;
        assertEquals(before + time, count("select count(*)" + question), event);
      }
    }
    // Alone, since what is answered next is what the lane says.
    store.write(tx -> tx.sql("update lane set capabilities_at = 0").update());
    town.watch();
    town.serve();
    String said = store.read(tx -> tx.sql("select reason from lane").query(String.class).single());
    assertTrue(said.contains("did not say which version"), said);
  }

  @Test
  void aBookingThatWasGivenUpAndComesLateIsToldOnItsRefusal() throws Exception {
    Human human = Human.nora(1, "Ash");
    String refused = slotTaken(human, OfficeTerms.DoubleBooking.REFUSE);
    assertEquals("refused", town.end(refused));
    assertEquals(1, count("select count(*) from work where event = 'watch'"));
    String reason = town.text("select receipt_reason from message where id = ?", refused);
    // The office ends what it began, after its sender heard no.
    long late = booked(town.last.get("appointments.post").body());
    town.asked.clear();
    look();
    assertEquals(List.of("appointments.search"), town.asked, "one look");
    assertEquals("refused", town.end(refused), "its sender was told so");
    assertEquals(reason, town.text("select receipt_reason from message where id = ?", refused));
    String warnings = town.text("select receipt_warnings from message where id = ?", refused);
    assertTrue(warnings.contains("AptNum [" + late + "] stands by a request"), warnings);
  }

  @Test
  void aBookingThatWasGivenUpAndNeverComesIsNoMatter() throws Exception {
    String refused = slotTaken(Human.nora(1, "Ash"), OfficeTerms.DoubleBooking.REFUSE);
    look();
    assertEquals("done", watch("state"));
    assertEquals("[]", town.text("select receipt_warnings from message where id = ?", refused));
  }

  @Test
  void aParkedBookingThatIsDroppedIsLookedForAllTheSame() throws Exception {
    String parked = slotTaken(Human.nora(1, "Ash"), OfficeTerms.DoubleBooking.PARK);
    assertEquals("parked", town.end(parked));
    assertEquals(ParkedMessages.Outcome.DONE, town.drop(parked));
    long late = booked(town.last.get("appointments.post").body());
    look();
    assertEquals("dropped", town.end(parked));
    String warnings = town.text("select receipt_warnings from message where id = ?", parked);
    assertTrue(warnings.contains("AptNum [" + late + "] stands by a request"), warnings);
  }

  @Test
  void aBookingThatCameLateAndWasTakenByItsMessageIsNoDouble() throws Exception {
    String parked = slotTaken(Human.nora(1, "Ash"), OfficeTerms.DoubleBooking.PARK);
    booked(town.last.get("appointments.post").body());
    assertEquals(ParkedMessages.Outcome.DONE, town.release(parked));
    // Open: it may take it yet.
    town.unreachable = request -> request.name().equals("appointments.search");
    look();
    assertEquals("", town.end(parked));
    town.unreachable = request -> false;
    store.write(
        tx -> {
          tx.sql("update work set due_at = 0 where event <> 'watch'").update();
          return tx.sql("update lane set next_at = 0, state = 'ready'").update();
        });
    until(parked, "landed");
    look();
    assertEquals("done", watch("state"));
    assertEquals("landed", town.end(parked));
    String warnings = town.text("select receipt_warnings from message where id = ?", parked);
    assertTrue(!warnings.contains("stands by a request"), warnings);
  }

  /** A booking whose request was lost and found nowhere, and in whose time the desk put another. */
  private String slotTaken(Human human, OfficeTerms.DoubleBooking doubleBooking) throws Exception {
    town = new Town(store, office, Duration.ofSeconds(1), true, doubleBooking, false);
    String registered = town.say(human, "NORTH");
    until(registered, "landed");
    AtomicBoolean lost = new AtomicBoolean();
    town.silent =
        request -> request.name().equals("appointments.post") && lost.compareAndSet(false, true);
    String booking = town.book(human, "NORTH", "book", "PL1", "2027-05-04 12:00:00", "");
    House.until(
        "it is lost",
        () -> {
          town.serve();
          return lost.get();
        });
    office.appointments.put(
        100L,
        (ObjectNode)
            new ObjectMapper()
                .readTree(
                    """
                    {"AptNum": 100, "PatNum": 99, "AptStatus": "Scheduled", "AptDateTime": "2027-05-04 12:00:00",
                     "Op": 1, "Pattern": "/XX/", "ProvNum": 2, "Note": ""}
                    """));
    House.until(
        "it is given up",
        () -> {
          town.serve();
          return !town.end(booking).isEmpty();
        });
    return booking;
  }

  /** The lost request acts after all. */
  private long booked(JsonNode sent) {
    ObjectNode row = sent.deepCopy();
    row.put("AptNum", 101).put("AptStatus", "Scheduled");
    office.appointments.put(101L, row);
    return 101;
  }

  @Test
  void aPatientWhoWasGivenUpAndComesLateIsTold() throws Exception {
    AtomicBoolean lost = new AtomicBoolean();
    town.silent =
        request -> request.name().equals("patients.post") && lost.compareAndSet(false, true);
    Human human = Human.nora(1, "Maple");
    String message = town.say(human, "NORTH");
    House.until(
        "it is lost",
        () -> {
          town.serve();
          return lost.get();
        });
    town.refused = request -> request.name().equals("patients.post");
    until(message, "refused");
    office.log.add(office.add(town.last.get("patients.post").body(), 1));
    look();
    assertEquals("refused", town.end(message));
    String warnings = town.text("select receipt_warnings from message where id = ?", message);
    long patNum = office.rows.keySet().iterator().next();
    assertTrue(warnings.contains("PatNum [" + patNum + "] stands by a request"), warnings);
  }

  /** A patient whose first request was lost, and whose second landed. */
  private String repeated() {
    AtomicBoolean lost = new AtomicBoolean();
    town.silent =
        request -> request.name().equals("patients.post") && lost.compareAndSet(false, true);
    String message = town.say(Human.nora(1, "Maple"), "NORTH");
    until(message, "landed");
    assertEquals(1, count("select count(*) from work where event = 'watch'"));
    return message;
  }

  private void until(String message, String end) {
    House.until(
        message + " is " + end,
        () -> {
          town.serve();
          return town.end(message).equals(end);
        });
  }

  /** Its hour has come. */
  private void look() {
    store.write(
        tx -> {
          tx.sql("update lane set next_at = 0").update();
          return tx.sql("update work set due_at = 0 where event = 'watch' and state = 'waiting'")
              .update();
        });
    town.serve();
  }

  private void age(int days) {
    store.write(
        tx ->
            tx.sql("update work set due_at = due_at - :age")
                .param("age", Duration.ofDays(days).toMillis())
                .update());
  }

  private String watch(String column) {
    return store.read(
        tx ->
            tx.sql("select " + column + " from work where event = 'watch'")
                .query(String.class)
                .single());
  }

  private int looks() {
    return Integer.parseInt(watch("looks"));
  }

  private int count(String sql) {
    return store.read(tx -> tx.sql(sql).query(Integer.class).single());
  }
}
