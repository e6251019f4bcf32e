package pontic.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pontic.capture.ApiFeed;
import pontic.capture.ApiFeeds;
import pontic.capture.Feed;
import pontic.capture.FeedFiles;
import pontic.house.House;
import pontic.record.Kind;

/** docs/feeds.md says of each feed what a practice without database access has of it. */
final class FeedsPageTest {
  private static final String NO = "**no**";
  private static final Path HOME = House.home();
  private static final List<Feed> FEEDS = FeedFiles.load(HOME.resolve("sql/capture"));
  private static final List<ApiFeed> LISTS = ApiFeeds.load(HOME.resolve("mappings/capture-api"));

  /** What a hospital may look for in a dental chart: told by feeds, or with the reason why not. */
  private static final Set<String> LOOKED_FOR =
      Set.of(
          "AllergyIntolerance",
          "Appointment",
          "CarePlan",
          "Claim",
          "ClaimResponse",
          "Communication",
          "Condition",
          "Coverage",
          "DocumentReference",
          "Encounter",
          "Invoice",
          "Location",
          "MedicationRequest",
          "MedicationStatement",
          "Observation",
          "Organization",
          "Patient",
          "PaymentNotice",
          "Practitioner",
          "PractitionerRole",
          "Procedure",
          "Provenance",
          "RelatedPerson",
          "Schedule",
          "ServiceRequest",
          "Slot",
          "Task");

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

  /** By the names of what feeds make; a resource without any must say why. */
  @Test
  void eachResourceNamesItsFeedsOrSaysWhyThereAreNone() throws Exception {
    Pattern row = Pattern.compile("\\| \\*\\*(\\w+)\\*\\* \\| ?([a-z, -]*)\\| (.*) \\|");
    Map<String, String> told = new TreeMap<>();
    for (String line : Files.readAllLines(HOME.resolve("docs/feeds.md"))) {
      Matcher found = row.matcher(line);
      if (found.matches()) {
        assertFalse(found.group(3).isBlank(), line);
        told.put(found.group(1), found.group(2).trim());
      }
    }
    Map<String, Set<String>> made = new TreeMap<>();
    for (Feed feed : FEEDS) {
      Kind kind = new Kind(feed.resource());
      made.computeIfAbsent(kind.fhirType(), type -> new TreeSet<>()).add(kind.name());
    }
    Set<String> unsaid = new TreeSet<>(LOOKED_FOR);
    unsaid.removeAll(told.keySet());
    assertEquals(Set.of(), unsaid, "neither feeds nor a reason");
    told.values().removeIf(String::isEmpty);
    assertEquals(
        made.entrySet().stream()
            .map(each -> each.getKey() + " " + String.join(", ", each.getValue()))
            .collect(Collectors.joining("\n")),
        told.entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue())
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
            .map(FeedsPageTest::untold)
            .orElse("")
        + " |";
  }

  private static Optional<ApiFeed.Told> told(ApiFeed list, Feed feed) {
    return list.told().stream().filter(told -> told.resource().equals(feed.resource())).findFirst();
  }

  /** Columns that the list itself does not tell. */
  private static String untold(ApiFeed.Told told) {
    Set<String> permitted =
        told.lookups().stream()
            .filter(
                lookup ->
                    LISTS.stream()
                        .filter(list -> list.name().equals(lookup.in()))
                        .anyMatch(list -> list.permission().isPresent()))
            .flatMap(lookup -> lookup.columns().keySet().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    return Stream.of(
            String.join(", ", new TreeSet<>(told.untold())),
            permitted.isEmpty() ? "" : "only with ApiQueries: " + String.join(", ", permitted))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("; "));
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
