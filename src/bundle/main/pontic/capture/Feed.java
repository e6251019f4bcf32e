package pontic.capture;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import pontic.practice.WatchTable;

/**
 * A file in {@code sql/capture} as data: what its rows become, for which offices it holds, how its
 * new rows are found.
 *
 * @param name stem of the file
 * @param resource what the rows become, as {@link pontic.record.Kind#text}
 * @param versions of {@code DataBaseVersion}
 * @param strategy how the cursor moves
 * @param table whose column the cursor follows
 * @param column a change stamp or a growing key
 * @param keys the key of the root's rows, as the statement names it ({@code p.PatNum}), by which
 *     all of them are read when they are compared with the records; empty for a feed whose rows
 *     another one tells too
 * @param of the feed whose records this one tells again, or tells to be gone; empty for a feed that
 *     has {@code keys}
 * @param every polls are made in each so many periods, at least 1: for tables that hardly change
 * @param page most rows of one query, if the office does not grant fewer
 * @param cost what a poll that finds nothing makes the office's server look at
 * @param noise columns of the table whose change moves the stamp and tells nothing; the statement
 *     does not read them
 * @param offByDefault read only where the practice's settings name it
 * @param after feeds whose first load comes before this one's, since its rows point to theirs
 * @param lines of the statement, without comments
 */
public record Feed(
    String name,
    String resource,
    Versions versions,
    Strategy strategy,
    String table,
    String column,
    Optional<String> keys,
    Optional<String> of,
    int every,
    int page,
    Cost cost,
    List<String> noise,
    boolean offByDefault,
    List<String> after,
    List<Line> lines) {

  private static final Pattern BY_STAMP =
      Pattern.compile(
          "where \\((\\w+\\.\\w+) > :#since or \\(\\1 = :#since and (\\w+\\.\\w+) > :#after_key\\)\\) and \\1 <= :#until");
  private static final Pattern FROM = Pattern.compile("^from ", Pattern.MULTILINE);

  /** How new rows are found. */
  public enum Strategy {
    /** Whole-second stamps that the database moves, and that may become visible late. */
    STAMP,
    /** Keys that only grow. */
    KEY,
    /** Nothing tells: all rows are read each time, in the order of their keys. */
    HASH
  }

  /** What a poll that finds nothing makes the office's server look at. */
  public enum Cost {
    /** An index leads to what is new. */
    RANGE,
    /** Where the office has no index of its own, all rows, of which none is told. */
    SCAN,
    /** All rows, which are told to Pontic each time. */
    WHOLE
  }

  /**
   * A line of the statement.
   *
   * @param needs {@code table.column} without which the line is left out; empty if it always stands
   */
  public record Line(String text, Optional<String> needs) {}

  public Feed {
    noise = List.copyOf(noise);
    after = List.copyOf(after);
    lines = List.copyOf(lines);
  }

  /** How far it may read is asked of its own table. */
  public boolean byKey() {
    return strategy == Strategy.KEY;
  }

  /** Its cursor stands at a stamp of its rows. */
  public boolean byStamp() {
    return strategy == Strategy.STAMP;
  }

  /** Whether events of this name tell of rows that it follows. */
  public boolean isHintedBy(WatchTable watched) {
    return switch (watched) {
      // A break is told by its history row.
      case APPOINTMENT -> table.equals("appointment") || table.equals("histappointment");
      case APPOINTMENT_DELETED -> table.equals("histappointment");
      default -> table.equalsIgnoreCase(watched.text());
    };
  }

  /** The file in {@code sql/capture/clock} that says how far a poll may read. */
  public String clock() {
    return strategy == Strategy.KEY ? table : "now";
  }

  /** The stamp of the root's rows, as the statement names it; empty if they have none. */
  public Optional<String> stamp() {
    return lines.stream()
        .map(line -> BY_STAMP.matcher(line.text()))
        .filter(Matcher::lookingAt)
        .map(found -> found.group(1))
        .findFirst();
  }

  /**
   * The statement by which all rows are read in the order of their keys, a page at a time: the same
   * columns, without the condition of the cursor.
   *
   * @param columns {@code table.column} in small letters
   * @return empty if the feed names no keys
   */
  public Optional<String> keyed(Set<String> columns) {
    return keyed(columns, "");
  }

  /** The same, and only rows whose stamp is at or after {@code :#since}, where they have one. */
  public Optional<String> keyedSince(Set<String> columns) {
    return keyed(columns, stamp().map(stamp -> " and " + stamp + " >= :#since").orElse(""));
  }

  private Optional<String> keyed(Set<String> columns, String more) {
    List<String> texts =
        lines.stream()
            .filter(line -> line.needs().map(columns::contains).orElse(true))
            .map(Line::text)
            .toList();
    return keys.filter(key -> texts.stream().anyMatch(Feed::isCondition))
        .map(
            key ->
                BY_STAMP
                        .matcher(
                            texts.stream()
                                .takeWhile(text -> !isCondition(text))
                                .collect(Collectors.joining("\n")))
                        .replaceAll("where $2 > :#after_key and $2 <= :#until_key")
                    + "\nwhere "
                    + key
                    + " > :#after_key and "
                    + key
                    + " <= :#until_key"
                    + more
                    + "\norder by "
                    + key
                    + "\nlimit :#most");
  }

  /**
   * The statement by which the rows of one second are read by their keys: in their order, and
   * without a look at the rest of the table.
   *
   * @param columns {@code table.column} in small letters
   * @return empty if its condition has not the usual form
   */
  public Optional<String> within(Set<String> columns) {
    String statement = statement(columns);
    Matcher condition = BY_STAMP.matcher(statement);
    return condition.find()
        ? Optional.of(
            statement
                .replace(
                    condition.group(),
                    "where "
                        + condition.group(1)
                        + " = :#since and "
                        + condition.group(2)
                        + " > :#after_key and "
                        + condition.group(2)
                        + " <= :#until_key")
                .replace(
                    "order by " + condition.group(1) + ", " + condition.group(2),
                    "order by " + condition.group(2)))
        : Optional.empty();
  }

  /**
   * The statement that says for each range of {@code most} keys, for the rows of one second, their
   * number ({@code number}) and a hash over what the feed reads of its own table ({@code content});
   * {@code lowest} is the range's lowest key.
   *
   * @param columns {@code table.column} in small letters
   * @return empty if its condition has not the usual form
   */
  public Optional<String> sums(Set<String> columns) {
    String statement = statement(columns);
    Matcher condition = BY_STAMP.matcher(statement);
    Matcher from = FROM.matcher(statement);
    if (!condition.find() || !from.find()) {
      return Optional.empty();
    }
    String key = condition.group(2);
    String alias = condition.group(1).substring(0, condition.group(1).indexOf('.') + 1);
    String content =
        Pattern.compile("\\b" + Pattern.quote(alias) + "\\w+")
            .matcher(statement.substring(0, from.start()))
            .results()
            .map(MatchResult::group)
            .distinct()
            .map(column -> "coalesce(" + column + ", 'null')")
            .collect(Collectors.joining(", "));
    // Exclusive or does not mind the order of rows; only a hash like this one may be put into it.
    return Optional.of(
        "select "
            + key
            + " - mod(mod("
            + key
            + ", :#most) + :#most, :#most) as lowest, count(*) as number,\n  bit_xor(cast(conv(left(sha2(concat_ws('|', "
            + key
            + ", "
            + content
            + "), 256), 15), 16, 10) as unsigned)) as content\n"
            + statement
                .substring(from.start(), statement.indexOf("order by " + condition.group(1)))
                .replace(condition.group(), "where " + condition.group(1) + " = :#since")
            + "group by lowest");
  }

  private static boolean isCondition(String line) {
    return line.startsWith("where ");
  }

  /**
   * The statement for an office.
   *
   * @param columns {@code table.column} in small letters
   */
  public String statement(Set<String> columns) {
    return lines.stream()
        .filter(line -> line.needs().map(columns::contains).orElse(true))
        .map(Line::text)
        .collect(Collectors.joining("\n"));
  }

  /** By name: a route asks for it at each step of each poll, and the lines are many. */
  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
