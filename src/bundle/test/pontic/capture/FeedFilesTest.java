package pontic.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pontic.house.House;
import pontic.practice.Practice;
import pontic.record.Kind;
import pontic.sandbox.database.Schema;
import pontic.sandbox.database.SchemaLevel;
import pontic.sandbox.database.Table;

/** What the files of sql/capture may say. */
final class FeedFilesTest {
  private static final List<String> FEED =
      List.of(
          "-- resource: Patient",
          "-- versions: 21.1 to 25.3",
          "-- cursor: stamp patient.DateTStamp",
          "-- keys: p.PatNum",
          "-- every: 1",
          "-- page: 1000",
          "-- cost: scan",
          "-- noise: EstBalance, BalTotal",
          "select p.LName from patient p",
          "where p.PatNum > :#after_key");

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

  @Test
  void freeTextAndMoneyAreReadOnlyWhereThePracticeNamesThem() {
    Set<String> unread =
        Set.of(
            "claim",
            "claim-lines",
            "claim-response",
            "claim-response-lines",
            "commlog",
            "medical-alert");
    assertEquals(unread, unread("all"));
    Set<String> others = new TreeSet<>(unread);
    others.remove("commlog");
    assertEquals(others, unread("all", "commlog"));
  }

  /** Feeds that a practice with these settings does not read. */
  private static Set<String> unread(String... feeds) {
    Practice.Budget usual = Practice.Budget.USUAL;
    Practice.Budget budget =
        new Practice.Budget(
            usual.share(), usual.longestQuery(), usual.page(), usual.quiet(), List.of(feeds));
    Set<String> unread = new TreeSet<>();
    for (Feed feed : FeedFiles.load(House.home().resolve("sql/capture"))) {
      if (!budget.reads(feed.name(), feed.offByDefault())) {
        unread.add(feed.name());
      }
    }
    return unread;
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
        "resource | -- resource: | -- resource",
        "versions | | -- versions",
        "cursor | | -- cursor",
        "cursor | -- cursor: key patientlink.Key | clock/patientlink.sql",
        "keys | | -- keys",
        "keys | -- via: nobody | -- via",
        "keys | -- deletes: some | -- deletes",
        "every | | -- every",
        "every | -- every: 0 | -- every",
        "page | | -- page",
        "page | -- page: all | -- page",
        "cost | | -- cost",
        "cost | -- cost: free | -- cost",
        "noise | | -- noise",
        "noise | -- noise: Balance; Note | -- noise",
        "noise | -- noise: LName | names LName",
        "after | -- after: nobody | 'nobody'",
        "after |   -- columns none | columns/none.sql",
      })
  void aFileThatIsNoFeedIsRefusedByName(String left, String put, String named) throws Exception {
    Files.createDirectories(folder.resolve("clock"));
    Files.writeString(folder.resolve("clock/now.sql"), "select 1");
    List<String> lines = new ArrayList<>(FEED);
    lines.removeIf(line -> line.startsWith("-- " + left + ":"));
    lines.add(0, put == null ? "" : put);
    Files.write(folder.resolve("some.sql"), FEED);
    assertEquals(1, FeedFiles.load(folder).size());
    Files.write(folder.resolve("some.sql"), lines);
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

  /** The oldest level that is supported; what has an index there has it later too. */
  @Test
  void whatAFeedSaysOfCostAndNoiseIsTrueOfTheTablesOfAnOffice() {
    Schema schema = Schema.at(SchemaLevel.of("21.4"));
    Schema newest = Schema.at(SchemaLevel.of("25.3"));
    for (Feed feed : FeedFiles.load(House.home().resolve("sql/capture"))) {
      Table table = schema.table(feed.table());
      boolean indexed =
          table.primaryKey().equalsIgnoreCase(feed.column())
              || table.indexes().stream()
                  .anyMatch(index -> index.columns().get(0).equalsIgnoreCase(feed.column()));
      Feed.Cost cost =
          feed.strategy() == Feed.Strategy.HASH
              ? Feed.Cost.WHOLE
              : indexed ? Feed.Cost.RANGE : Feed.Cost.SCAN;
      assertEquals(cost, feed.cost(), feed.name());
      for (String column : feed.noise()) {
        assertTrue(newest.table(feed.table()).has(column), feed.name() + ": " + column);
      }
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
