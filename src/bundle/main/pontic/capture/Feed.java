package pontic.capture;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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
 * @param every polls are made in each so many periods, at least 1: for tables that hardly change
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
    int every,
    boolean offByDefault,
    List<String> after,
    List<Line> lines) {

  private static final Pattern STAMPED = Pattern.compile("where \\((\\w+\\.\\w+) > :#since ");

  /** How new rows are found. */
  public enum Strategy {
    /** Whole-second stamps that the database moves, and that may become visible late. */
    STAMP,
    /** Keys that only grow. */
    KEY,
    /** Nothing tells: all rows are read each time, in the order of their keys. */
    HASH
  }

  /**
   * A line of the statement.
   *
   * @param needs {@code table.column} without which the line is left out; empty if it always stands
   */
  public record Line(String text, Optional<String> needs) {}

  public Feed {
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

  /** The file in {@code sql/capture/clock} that says how far a poll may read. */
  public String clock() {
    return strategy == Strategy.KEY ? table : "now";
  }

  /** The stamp of the root's rows, as the statement names it; empty if they have none. */
  public Optional<String> stamp() {
    return lines.stream()
        .map(line -> STAMPED.matcher(line.text()))
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
                texts.stream()
                        .takeWhile(text -> !isCondition(text))
                        .collect(Collectors.joining("\n"))
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
}
