package pontic.opendental;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pontic.house.House;
import pontic.lane.ApiRequest;
import pontic.opendental.Families.Human;
import pontic.store.EmbeddedStore;

/** Something between answers a write with 200, and the office never hears of it. */
final class PageTownTest {
  private static final Human ASH = Human.nora(1, "Ash");
  private static final String NINE = "2027-05-04 09:00:00";
  private static final JsonNode PAGE = TextNode.valueOf("<html>Please log in</html>");
  private static final JsonNode NOTHING = MissingNode.getInstance();

  @RegisterExtension final EmbeddedStore embedded = new EmbeddedStore();
  private final Town.Office office = new Town.Office();
  private Town town;

  @BeforeEach
  void open() throws Exception {
    town = new Town(embedded.store(), office, Duration.ofSeconds(1));
    String booked = town.book(ASH, "NORTH", "book", "PL1", NINE, "");
    town.serve();
    assertEquals("landed", town.end(booked));
  }

  @Test
  void aBreakIsMadeOnceThePageIsGone() throws Exception {
    once("appointments.break", PAGE);
    ended(town.book(ASH, "NORTH", "cancel", "PL1", NINE, ""), "landed");
    assertEquals("Broken", office.appointments.get(1L).path("AptStatus").asText());
    assertEquals(2, asked("appointments.break"));
  }

  @Test
  void aBreakThatIsAnsweredByPagesAloneIsParkedAndNobodyIsToldThatItLanded() throws Exception {
    town.instead = request -> page(request, "appointments.break");
    String cancelled = town.book(ASH, "NORTH", "cancel", "PL1", NINE, "");
    ended(cancelled, "parked");
    assertEquals("Scheduled", office.appointments.get(1L).path("AptStatus").asText());
    String reason = town.text("select receipt_reason from message where id = ?", cancelled);
    assertTrue(reason.contains("it never landed"), reason);
  }

  @ParameterizedTest
  @MethodSource("withoutARow")
  void anUpdateOfAPatientIsMadeOnceTheOfficeIsHeard(JsonNode answer) throws Exception {
    once("patients.put", answer);
    ended(town.say(calling("5035552222"), "NORTH"), "landed");
    assertEquals("5035552222", office.rows.get(1L).path("HmPhone").asText().replaceAll("\\D", ""));
    assertEquals(2, asked("patients.put"));
  }

  @ParameterizedTest
  @MethodSource("withoutARow")
  void soIsAMove(JsonNode answer) throws Exception {
    once("appointments.put", answer);
    String ten = "2027-05-04 10:00:00";
    ended(town.book(ASH, "NORTH", "move", "PL1", ten, ""), "landed");
    assertEquals(ten, office.appointments.get(1L).path("AptDateTime").asText());
    assertEquals(2, asked("appointments.put"));
  }

  static Stream<JsonNode> withoutARow() {
    return Stream.of(PAGE, NOTHING, JsonNodeFactory.instance.objectNode().put("status", "ok"));
  }

  /** open-dental-api.md 1.7: these are answered without a body, and say so in no other way. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "appointments.break",
        "appointments.note",
        "appointments.confirm",
        "allergies.put",
        "medicationpats.put",
        "inssubs.put",
        "allergydefs.post",
        "diseasedefs.post",
        "medications.post",
        "perioexams.delete"
      })
  void whatTheApiAnswersWithoutABodyHasLandedWithoutOneAndNotWithAPage(String name) {
    ApiRequest write = new ApiRequest(name, "PUT", "/x", "/x", Map.of(), NOTHING);
    for (JsonNode nothing : List.of(NOTHING, TextNode.valueOf(""))) {
      assertTrue(Reads.isOfWrite(write, nothing));
    }
    assertFalse(Reads.isOfWrite(write, PAGE));
  }

  private void once(String name, JsonNode answer) {
    AtomicInteger times = new AtomicInteger();
    town.instead =
        request ->
            request.name().equals(name) && times.getAndIncrement() == 0
                ? Optional.of(answer)
                : Optional.empty();
  }

  private static Optional<JsonNode> page(ApiRequest request, String name) {
    return request.name().equals(name) ? Optional.of(PAGE) : Optional.empty();
  }

  private long asked(String name) {
    return town.asked.stream().filter(name::equals).count();
  }

  private void ended(String message, String end) {
    House.until(
        "it has ended",
        () -> {
          town.serve();
          return !town.end(message).isEmpty();
        });
    assertEquals(end, town.end(message));
  }

  private static Human calling(String phone) {
    return ASH.reached(phone, ASH.email(), ASH.street(), ASH.ssn());
  }
}
