package pontic.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pontic.house.House;

/** What a server would do for a feed's statement, as explain tells it. */
final class PlansTest {
  private static final List<Feed> FEEDS = FeedFiles.load(House.home().resolve("sql/capture"));

  @Test
  void whereAnIndexIsToLeadToWhatIsNewALookAtAllRowsIsWarnedOf() {
    assertEquals(
        Optional.of(
            "each poll looks at all of toothinitial (12000 rows): no index begins with SecDateTEdit"),
        warning("tooth", List.of(), "t ALL - 12000"));
    assertEquals(
        Optional.of(
            "each poll looks at all of toothinitial (12000 rows): its index SecDateTEdit is not used"),
        warning("tooth", List.of("SecDateTEdit"), "t index PRIMARY 12000"));
    assertEquals(Optional.empty(), warning("tooth", List.of("i"), "t range i 12000"));
    assertEquals(Optional.empty(), warning("tooth", List.of(), "t ALL - 900"), "few rows");
  }

  @Test
  void aTableThatAllOfficesReadWholeIsNoneUnlessTheirIndexIsNotUsed() {
    assertEquals(
        Optional.empty(), warning("patient", List.of(), "p ALL - 12000", "<derived2> ALL - 12000"));
    assertEquals(
        Optional.of("each poll looks at all of patient (12000 rows): its index own is not used"),
        warning("patient", List.of("own"), "p ALL - 12000"));
  }

  @Test
  void whatIsLookedUpBesideItIsOnlyReadIfThereIsARow() {
    assertEquals(
        Optional.empty(),
        warning("patient-race", List.of("PRIMARY"), "r range PRIMARY 1", "patientrace ALL - 5000"));
  }

  private static Optional<String> warning(String feed, List<String> indexes, String... plan) {
    Feed its = FEEDS.stream().filter(each -> each.name().equals(feed)).findFirst().orElseThrow();
    return Plans.warning(its, indexes, List.of(plan));
  }
}
