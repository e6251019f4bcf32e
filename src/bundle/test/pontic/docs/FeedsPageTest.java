package pontic.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pontic.capture.ApiFeed;
import pontic.capture.ApiFeeds;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.house.House;

/** docs/feeds.md says of each feed what a practice without database access has of it. */
final class FeedsPageTest {
  private static final String NO = "**no**";
  private static final Path HOME = House.home();
  private static final List<Feed> FEEDS = FeedFiles.load(HOME.resolve("sql/capture"));
  private static final List<ApiFeed> LISTS = ApiFeeds.load(HOME.resolve("mappings/capture-api"));

  @Test
  void theTableOfBothWaysIsWhatTheFilesSay() throws Exception {
    assertEquals(
        FEEDS.stream().map(FeedsPageTest::row).collect(Collectors.joining("\n")),
        Files.readAllLines(HOME.resolve("docs/feeds.md")).stream()
            .filter(line -> line.startsWith("| `"))
            // Each has its reason.
            .map(line -> line.replaceAll("\\*\\*no\\*\\*: [^|]{10,} \\|", NO + " |"))
            .collect(Collectors.joining("\n")));
  }

  @Test
  void whatTheApiDoesNotShowStandsUnderTheTable() throws Exception {
    assertEquals(
        LISTS.stream()
            .flatMap(list -> list.cannotSee().stream())
            .map(what -> "- " + what)
            .collect(Collectors.joining("\n")),
        Files.readAllLines(HOME.resolve("docs/feeds.md")).stream()
            .filter(line -> line.startsWith("- "))
            .collect(Collectors.joining("\n")));
  }

  private static String row(Feed feed) {
    Optional<ApiFeed> list =
        LISTS.stream()
            .filter(each -> !each.deleted() && each.says().isEmpty())
            .filter(each -> told(each, feed).isPresent())
            .findFirst();
    return "| `"
        + feed.name()
        + "` | "
        + feed.strategy().name().toLowerCase(Locale.ROOT)
        + feed.of().map(of -> (feed.keys().isEmpty() ? " for " + of : "")).orElse("")
        + ", "
        + feed.every()
        + ", "
        + feed.cost().name().toLowerCase(Locale.ROOT)
        + " | "
        + list.map(each -> by(each, feed)).orElse(NO)
        + " | "
        + list.filter(each -> feed.keys().isPresent())
            .flatMap(each -> told(each, feed))
            .map(told -> String.join(", ", new TreeSet<>(told.untold())))
            .orElse("")
        + " |";
  }

  private static Optional<ApiFeed.Told> told(ApiFeed list, Feed feed) {
    return list.told().stream().filter(told -> told.resource().equals(feed.resource())).findFirst();
  }

  private static String by(ApiFeed list, Feed feed) {
    String how =
        list.each().isPresent()
            ? "patient by patient"
            : list.filter().map(name -> "since " + name).orElse("whole");
    if (feed.keys().isPresent() && list.sql().isPresent()) {
      String by = list.filter().isPresent() ? "since its stamps" : "whole";
      return list.path()
          + " with "
          + list.permission().orElseThrow()
          + ", "
          + by
          + ", from "
          + list.since();
    }
    if (feed.keys().isPresent()) {
      return list.path() + ", " + how + ", from " + list.since();
    }
    return isFollowed(list, feed) ? "with " + feed.of().orElseThrow() : NO;
  }

  /**
   * Whether a list tells of the table that a feed follows beside its root's, or of what is gone.
   */
  private static boolean isFollowed(ApiFeed list, Feed feed) {
    Stream<String> looked =
        told(list, feed).orElseThrow().lookups().stream().map(ApiFeed.Lookup::in);
    Stream<String> beside =
        LISTS.stream()
            .filter(other -> told(other, feed).isPresent() && !other.equals(list))
            .map(ApiFeed::name);
    Set<String> names = Stream.concat(looked, beside).collect(Collectors.toSet());
    return list.complete()
            && feed.lines().stream().anyMatch(line -> line.text().contains("row_deleted"))
        || list.sql().filter(sql -> sql.contains(" " + feed.table() + " ")).isPresent()
        || LISTS.stream()
            .filter(other -> names.contains(other.name()))
            .anyMatch(other -> (other.path() + "/").startsWith("/" + feed.table() + "s/"));
  }
}
