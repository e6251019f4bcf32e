package pontic.capture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the feeds of {@code sql/capture}. A file begins with a header of comments ({@code --
 * resource: Patient}); in its select list {@code -- columns patient} stands for the lines of {@code
 * columns/patient.sql}, and a line that ends with {@code -- needs table.column} is left out where
 * the office lacks that column.
 */
public final class FeedFiles {
  private static final Pattern HEADER = Pattern.compile("-- ([a-z]+): (.+)");
  private static final Pattern INCLUDE = Pattern.compile("\\s*-- columns ([a-z-]+)");
  private static final Pattern NEEDS = Pattern.compile("(.*?)\\s*-- needs (\\w+\\.\\w+)\\s*");
  private static final Pattern CURSOR = Pattern.compile("(stamp|key|hash) (\\w+)\\.(\\w+)");
  private static final Set<String> KEYS =
      Set.of(
          "resource",
          "versions",
          "cursor",
          "keys",
          "via",
          "deletes",
          "every",
          "page",
          "cost",
          "noise",
          "after",
          "default");
  private static final Pattern RESOURCE = Pattern.compile("[A-Z][A-Za-z]+(:[a-z][a-z-]{0,30})?");
  private static final Pattern KEY = Pattern.compile("\\w+\\.\\w+");
  private static final String SUFFIX = ".sql";

  private FeedFiles() {}

  /**
   * @param folder {@code sql/capture}
   * @return in order of their names
   * @throws IllegalArgumentException with a line of file and cause for each that is no feed
   */
  public static List<Feed> load(Path folder) {
    List<String> wrong = new ArrayList<>();
    List<Feed> feeds = new ArrayList<>();
    for (Path file : files(folder)) {
      try {
        feeds.add(feed(folder, file));
      } catch (IllegalArgumentException e) {
        wrong.add(e.getMessage());
      }
    }
    if (wrong.isEmpty()) {
      wrong.addAll(together(feeds));
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", wrong));
    }
    return List.copyOf(feeds);
  }

  /** What is wrong with what feeds say of each other. */
  private static List<String> together(List<Feed> feeds) {
    List<String> wrong = new ArrayList<>();
    Set<String> names = feeds.stream().map(Feed::name).collect(Collectors.toSet());
    Map<String, String> keyed = new HashMap<>();
    for (Feed feed : feeds) {
      if (feed.keys().isPresent() && keyed.put(feed.resource(), feed.name()) != null) {
        wrong.add(
            text(feed.name(), "another feed has '-- keys:' for " + feed.resource() + " already"));
      }
    }
    for (Feed feed : feeds) {
      if (feed.of().filter(of -> !of.equals(keyed.get(feed.resource()))).isPresent()) {
        wrong.add(
            text(
                feed.name(),
                "'-- via:' and '-- deletes:' name the feed that has '-- keys:' for "
                    + feed.resource()));
      }
      feed.after().stream()
          .filter(before -> !names.contains(before))
          .forEach(
              before ->
                  wrong.add(text(feed.name(), "there is no feed '" + before + "' to come after")));
    }
    return wrong;
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(SUFFIX))
          .sorted(Comparator.comparing(FeedFiles::stem))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Feed feed(Path folder, Path file) {
    String name = stem(file);
    Map<String, String> header = new HashMap<>();
    List<Feed.Line> lines = new ArrayList<>();
    for (String line : read(file)) {
      Matcher key = HEADER.matcher(line);
      Matcher include = INCLUDE.matcher(line);
      if (lines.isEmpty() && key.matches() && KEYS.contains(key.group(1))) {
        header.put(key.group(1), key.group(2).trim());
      } else if (include.matches()) {
        Path columns = folder.resolve("columns").resolve(include.group(1) + SUFFIX);
        if (!Files.isRegularFile(columns)) {
          throw wrong(name, "there is no columns/" + include.group(1) + SUFFIX);
        }
        read(columns).forEach(column -> line(column).ifPresent(lines::add));
      } else {
        line(line).ifPresent(lines::add);
      }
    }
    Matcher cursor = CURSOR.matcher(header.getOrDefault("cursor", ""));
    if (!cursor.matches()) {
      throw wrong(
          name,
          "its header needs '-- cursor: stamp table.column', or key or hash in place of stamp");
    }
    Feed feed =
        new Feed(
            name,
            Optional.ofNullable(header.get("resource"))
                .filter(resource -> RESOURCE.matcher(resource).matches())
                .orElseThrow(
                    () ->
                        wrong(
                            name,
                            "its header needs '-- resource: Patient', or, with a name of its own, '-- resource: Condition:disease'")),
            Versions.of(header.getOrDefault("versions", ""))
                .orElseThrow(() -> wrong(name, "its header needs '-- versions: 21.1 to 25.3'")),
            Feed.Strategy.valueOf(cursor.group(1).toUpperCase(Locale.ROOT)),
            cursor.group(2),
            cursor.group(3),
            keys(name, header),
            of(name, header, lines),
            whole(name, header, "every", "5"),
            whole(name, header, "page", "1000"),
            cost(name, header),
            noise(name, header, lines),
            isOff(name, header.getOrDefault("default", "on")),
            Stream.of(header.getOrDefault("after", "").split(","))
                .map(String::trim)
                .filter(before -> !before.isEmpty())
                .toList(),
            lines);
    if (feed.keys().isPresent() && feed.keyed(Set.of()).isEmpty()) {
      throw wrong(name, "'-- keys:' needs a line that begins with 'where'");
    }
    if (!Files.isRegularFile(folder.resolve("clock").resolve(feed.clock() + SUFFIX))) {
      throw wrong(name, "there is no clock/" + feed.clock() + SUFFIX + " for its cursor");
    }
    return feed;
  }

  private static Optional<String> keys(String name, Map<String, String> header) {
    Optional<String> keys = Optional.ofNullable(header.get("keys"));
    if (keys.filter(text -> !KEY.matcher(text).matches()).isPresent()) {
      throw wrong(name, "'-- keys:' takes the key of its rows as the statement names it: p.PatNum");
    }
    return keys;
  }

  private static boolean isOff(String name, String text) {
    if (!text.equals("on") && !text.equals("off")) {
      throw wrong(name, "'-- default:' is on or off");
    }
    return text.equals("off");
  }

  /** Whose records it tells: its own, by their keys, or those of another feed. */
  private static Optional<String> of(
      String name, Map<String, String> header, List<Feed.Line> lines) {
    boolean deletes = lines.stream().anyMatch(line -> line.text().contains("row_deleted"));
    long ways = Stream.of("keys", "via", "deletes").filter(header::containsKey).count();
    if (ways != 1 || deletes != header.containsKey("deletes")) {
      throw wrong(
          name,
          "its header needs '-- keys: a.AllergyNum', or '-- via:' with the feed whose records it tells again, or, if it has row_deleted, '-- deletes:' with the feed whose records are gone");
    }
    return Optional.ofNullable(header.getOrDefault("via", header.get("deletes")));
  }

  private static int whole(String name, Map<String, String> header, String key, String example) {
    String text = header.getOrDefault(key, "");
    if (!text.matches("[1-9]\\d{0,3}")) {
      throw wrong(
          name, "its header needs '-- " + key + ": " + example + "', a number from 1 to 9999");
    }
    return Integer.parseInt(text);
  }

  private static Feed.Cost cost(String name, Map<String, String> header) {
    return Stream.of(Feed.Cost.values())
        .filter(cost -> cost.name().toLowerCase(Locale.ROOT).equals(header.get("cost")))
        .findFirst()
        .orElseThrow(
            () -> wrong(name, "its header needs '-- cost: range', or scan or whole in its place"));
  }

  private static List<String> noise(
      String name, Map<String, String> header, List<Feed.Line> lines) {
    String text = header.getOrDefault("noise", "");
    if (!text.matches("none|\\w+(, \\w+)*")) {
      throw wrong(
          name,
          "its header needs '-- noise: none', or columns whose change tells nothing in its place");
    }
    List<String> columns = text.equals("none") ? List.of() : List.of(text.split(", "));
    for (String column : columns) {
      Pattern read = Pattern.compile("\\." + column + "\\b");
      if (lines.stream().anyMatch(line -> read.matcher(line.text()).find())) {
        throw wrong(name, "'-- noise:' names " + column + ", which the statement reads");
      }
    }
    return columns;
  }

  private static Optional<Feed.Line> line(String line) {
    if (line.isBlank() || line.trim().startsWith("--")) {
      return Optional.empty();
    }
    Matcher needs = NEEDS.matcher(line);
    return Optional.of(
        needs.matches()
            ? new Feed.Line(needs.group(1), Optional.of(needs.group(2).toLowerCase(Locale.ROOT)))
            : new Feed.Line(line, Optional.empty()));
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static IllegalArgumentException wrong(String feed, String what) {
    return new IllegalArgumentException(text(feed, what));
  }

  private static String text(String feed, String what) {
    return "sql/capture/" + feed + SUFFIX + ": " + what;
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - SUFFIX.length());
  }
}
