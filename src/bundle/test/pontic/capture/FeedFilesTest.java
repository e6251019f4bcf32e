package pontic.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pontic.house.House;
import pontic.record.Kind;

/** What the files of sql/capture may say. */
final class FeedFilesTest {
  @TempDir Path folder;

  @Test
  void aLineIsLeftOutWithTheColumnThatItNeeds() {
    Feed feed =
        FeedFiles.load(House.home().resolve("sql/capture")).stream()
            .filter(each -> each.name().equals("appointment"))
            .findFirst()
            .orElseThrow();
    assertFalse(feed.statement(Set.of("appointment.secdatetentry")).contains("IsMirrored"));
    assertTrue(feed.statement(Set.of("appointment.secdatetentry")).contains("SecDateTEntry"));
    assertTrue(feed.statement(Set.of("appointment.ismirrored")).contains("a.IsMirrored,"));
    assertFalse(feed.statement(Set.of()).contains("--"));
  }

  @Test
  void everyFeedHasItsRowInTheDocs() throws Exception {
    Pattern first = Pattern.compile("\\| ([a-z-]+) \\|.*");
    assertEquals(
        FeedFiles.load(House.home().resolve("sql/capture")).stream()
            .map(Feed::name)
            .sorted()
            .toList(),
        Files.readAllLines(House.home().resolve("docs/feeds.md")).stream()
            .map(first::matcher)
            .filter(Matcher::matches)
            .map(row -> row.group(1))
            .filter(name -> !name.equals("feed"))
            .toList());
  }

  /** The rest of its condition stays: a break that is not told yet is in no sum. */
  @Test
  void theRowsOfOneSecondAreReadAndSummedByKeysWithTheRestOfTheCondition() {
    Feed feed =
        FeedFiles.load(House.home().resolve("sql/capture")).stream()
            .filter(each -> each.name().equals("appointment"))
            .findFirst()
            .orElseThrow();
    String within = feed.within(Set.of()).orElseThrow();
    assertTrue(
        within.contains(
            "where a.DateTStamp = :#since and a.AptNum > :#after_key and a.AptNum <= :#until_key\n"
                + "  and (a.AptStatus <> 5 or "),
        within);
    assertTrue(within.contains("\norder by a.AptNum\nlimit :#most"), within);
    String sums = feed.sums(Set.of()).orElseThrow();
    assertTrue(sums.contains("where a.DateTStamp = :#since\n  and (a.AptStatus <> 5 or "), sums);
    assertTrue(sums.contains("coalesce(a.AptDateTime, 'null')"), sums);
    assertFalse(sums.contains("IsMirrored"), sums);
    assertTrue(sums.endsWith("group by lowest"), sums);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-- resource: Patient/-- cursor: stamp patient.DateTStamp | -- versions",
        "-- versions: 21.1 to 25.3/-- cursor: stamp patient.DateTStamp | -- resource",
        "-- resource: Patient/-- versions: 21.1 to 25.3 | -- cursor",
        "-- resource: Patient/-- versions: 21.1 to 25.3/-- cursor: key patientlink.Key | clock/patientlink.sql",
        "-- resource: Patient/-- versions: 21.1 to 25.3/-- cursor: stamp p.S/-- after: nobody | 'nobody'",
        "-- resource: Patient/-- versions: 21.1 to 25.3/-- cursor: stamp p.S/-- every: 0 | -- every",
        "-- resource: Patient/-- versions: 21.1 to 25.3/-- cursor: stamp p.S/  -- columns none | columns/none.sql",
      })
  void aFileThatIsNoFeedIsRefusedByName(String lines, String named) throws Exception {
    Files.createDirectories(folder.resolve("clock"));
    Files.writeString(folder.resolve("clock/now.sql"), "select 1");
    Files.write(folder.resolve("some.sql"), List.of((lines + "/select 1").split("/")));
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> FeedFiles.load(folder));
    assertTrue(refused.getMessage().startsWith("sql/capture/some.sql: "), refused.getMessage());
    assertTrue(refused.getMessage().contains(named), refused.getMessage());
  }

  @Test
  void theRowsOfAFeedAreReadByTheirKeysWithTheVeryColumnsOfItsPolls() {
    for (Feed feed : FeedFiles.load(pontic.house.House.home().resolve("sql/capture"))) {
      feed.keyed(Set.of())
          .ifPresent(
              keyed -> {
                String poll = feed.statement(Set.of());
                String key = feed.keys().orElseThrow();
                String condition = poll.substring(poll.indexOf("\nwhere ") + 1).split("\n")[0];
                assertEquals(
                    poll.substring(0, poll.indexOf("\nwhere "))
                        .replace(
                            condition,
                            "where " + key + " > :#after_key and " + key + " <= :#until_key"),
                    keyed.substring(0, keyed.indexOf("\nwhere ")));
                assertTrue(keyed.contains(key + " > :#after_key"), keyed);
                assertEquals(feed.byStamp(), feed.stamp().isPresent(), feed.name());
                assertEquals(
                    feed.stamp()
                        .map(
                            stamp ->
                                keyed.replace("\norder", " and " + stamp + " >= :#since\norder"))
                        .orElse(keyed),
                    feed.keyedSince(Set.of()).orElseThrow());
              });
    }
  }

  @Test
  void theRowsOfEachResourceThatIsToldAreComparedByTheKeysOfOneFeed() {
    List<Feed> feeds = FeedFiles.load(House.home().resolve("sql/capture"));
    for (Feed feed : feeds) {
      String mapping = "mappings/outbound/" + new Kind(feed.resource()).name() + ".jslt";
      if (Files.exists(House.home().resolve(mapping))) {
        assertEquals(
            1,
            feeds.stream()
                .filter(each -> each.resource().equals(feed.resource()))
                .filter(each -> each.keys().isPresent())
                .count(),
            feed.resource());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"21.1.0.0,true", "25.3.36.0,true", "25.4.1.0,false", "20.5.9.0,false", "new,false"})
  void aFeedHoldsForItsLinesOfVersions(String version, boolean holds) {
    assertEquals(holds, Versions.of("21.1 to 25.3").orElseThrow().hold(version));
  }
}
