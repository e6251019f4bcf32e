package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pontic.house.House;
import pontic.lane.ParkedMessages;
import pontic.opendental.Families.Human;
import pontic.seam.Seam;
import pontic.store.EmbeddedStore;
import pontic.store.Store;
import pontic.understand.NotUnderstood;

/** What becomes of those that wait for a parked message, or stand in it, when it is edited. */
final class EditedTownTest {
  private static final Human ASH = Human.nora(1, "Ash");
  private static final String NOON = "2027-05-04 12:00:00";

  @RegisterExtension final EmbeddedStore embedded = new EmbeddedStore();
  private Store store;
  private final Town.Office office = new Town.Office();
  private Town town;

  @BeforeEach
  void open() throws Exception {
    store = embedded.store();
    town = new Town(store, office, Duration.ofSeconds(1));
    String registered = town.say(ASH, "NORTH");
    town.serve();
    assertEquals("landed", town.end(registered));
  }

  @Test
  void whatWaitsBehindItGoesOnIfTheNewTextCannotBeRead() throws Exception {
    List<String> waiting = editedBefore();
    town.reads((understand, read) -> understand.failed(read, new NotUnderstood("no PID")));
    goOn(waiting, "refused");
  }

  @Test
  void whatWaitsBehindItGoesOnIfTheNewTextHarmsTheMapping() throws Exception {
    List<String> waiting = editedBefore();
    town.reads(
        (understand, read) -> understand.failed(read, new IllegalStateException("a defect")));
    goOn(waiting, "parked");
  }

  @Test
  void whatWaitsBehindItGoesOnIfTheNewTextIsKeptBack() throws Exception {
    List<String> waiting = editedBefore();
    town.reads(
        (understand, read) ->
            understand.keptBack(read, List.of(new Seam.Kept(0, "step-1")), "understand"));
    goOn(waiting, "no change");
  }

  @Test
  void whatWaitsBehindItGoesOnIfTheNewTextMeansNothing() throws Exception {
    List<String> waiting = editedBefore();
    town.reads("nothing");
    goOn(waiting, "no change");
  }

  /** A booking whose time is taken was edited; two of the same patient wait behind it. */
  private List<String> editedBefore() throws Exception {
    taken();
    String first = town.book(ASH, "NORTH", "book", "PL1", NOON, "");
    town.serve();
    assertEquals("parked", town.end(first));
    String second = town.book(ASH, "NORTH", "book", "PL2", "2027-05-05 12:00:00", "");
    String third = town.book(ASH, "NORTH", "book", "PL3", "2027-05-06 12:00:00", "");
    town.serve();
    assertEquals("parked", town.end(second));
    assertEquals("parked", town.end(third));
    assertEquals(ParkedMessages.Outcome.DONE, town.edit(first));
    return List.of(first, second, third);
  }

  private void goOn(List<String> messages, String end) {
    town.serve();
    assertEquals(end, town.end(messages.get(0)));
    assertEquals("landed", town.end(messages.get(1)));
    assertEquals("landed", town.end(messages.get(2)));
    assertEquals(
        List.of("2027-05-05 12:00:00", "2027-05-06 12:00:00"),
        office.appointments.values().stream()
            .filter(row -> row.path("AptNum").asLong() != 100)
            .map(row -> row.path("AptDateTime").asText())
            .toList());
  }

  /** One was lost on its way, so both stay together when they are parked (Lane.unfolded). */
  @Test
  void whatStoodInItGoesOnByItself() throws Exception {
    AtomicBoolean lost = new AtomicBoolean();
    town.silent =
        request -> request.name().equals("appointments.post") && lost.compareAndSet(false, true);
    String booked = town.book(ASH, "NORTH", "book", "PL1", "2027-05-04 10:00:00", "");
    String moved = town.book(ASH, "NORTH", "move", "PL1", NOON, "");
    House.until(
        "it is lost",
        () -> {
          town.serve();
          return lost.get();
        });
    taken();
    House.until(
        "it is parked",
        () -> {
          town.serve();
          return town.end(moved).equals("parked");
        });
    assertEquals("parked", town.end(booked), "it stands in the other");

    assertEquals(ParkedMessages.Outcome.DONE, town.edit(moved));
    assertEquals("", town.end(booked), "it goes on");
    office.appointments.remove(100L);
    town.reads("move");
    House.until(
        "both have their end",
        () -> {
          town.serve();
          return !town.end(booked).isEmpty() && !town.end(moved).isEmpty();
        });
    assertEquals("landed", town.end(moved));
    assertTrue(List.of("landed", "folded into").contains(town.end(booked)), town.end(booked));
    assertEquals(
        List.of(NOON),
        office.appointments.values().stream()
            .map(row -> row.path("AptDateTime").asText())
            .toList());
    long open =
        store.read(
            tx ->
                tx.sql("select count(*) from work where event <> 'watch' and state <> 'done'")
                    .query(Long.class)
                    .single());
    assertEquals(0, open);
  }

  /** The desk puts another there. */
  private void taken() throws Exception {
    office.appointments.put(
        100L,
        (ObjectNode)
            new ObjectMapper()
                .readTree(
                    """
                    {"AptNum": 100, "PatNum": 99, "AptStatus": "Scheduled", "AptDateTime": "2027-05-04 12:00:00",
                     "Op": 1, "Pattern": "/XX/", "ProvNum": 2, "Note": ""}
                    """));
  }
}
