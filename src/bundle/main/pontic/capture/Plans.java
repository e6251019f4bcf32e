package pontic.capture;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether an office's server would carry a feed's statement out as the feed's file expects it. */
final class Plans {
  /** Of fewer rows the whole table is as quick as an index. */
  static final long FEW = 1000;

  private static final Pattern LINE = Pattern.compile("(\\S+) (?:ALL|index) \\S+ (\\d+)");

  private Plans() {}

  /**
   * The cursor's own table, read whole at each poll where an index is to lead to what is new: in a
   * feed whose {@code cost} is a range, and in any other where the office has such an index.
   *
   * @param indexes of the office that begin with the cursor's column
   * @param lines as {@link OfficeProbe#plan} tells them
   * @return in words; empty if it is not
   */
  static Optional<String> warning(Feed feed, List<String> indexes, List<String> lines) {
    if (feed.cost() != Feed.Cost.RANGE && indexes.isEmpty()) {
      return Optional.empty();
    }
    String root = alias(feed);
    String reason =
        indexes.isEmpty()
            ? "no index begins with " + feed.column()
            : "its index " + indexes.get(0) + " is not used";
    return lines.stream()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .filter(line -> line.group(1).equals(root) && Long.parseLong(line.group(2)) > FEW)
        .map(
            line ->
                "each poll looks at all of %s (%s rows): %s"
                    .formatted(feed.table(), line.group(2), reason))
        .findFirst();
  }

  /** How the statement names the cursor's table; the table itself if it does not say. */
  private static String alias(Feed feed) {
    Pattern from =
        Pattern.compile(
            "\\b(?:from|join) "
                + Pattern.quote(feed.table())
                + " (?!where|join|on|left|group)(\\w+)");
    return feed.lines().stream()
        .map(line -> from.matcher(line.text()))
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .findFirst()
        .orElse(feed.table());
  }
}
