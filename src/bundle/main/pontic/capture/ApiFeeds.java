package pontic.capture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pontic.lane.Questions;
import pontic.mapping.MappingsInvalid;
import pontic.mapping.Problem;

/** Reads the files of {@code mappings/capture-api}. */
public final class ApiFeeds {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final String SUFFIX = ".yaml";
  private static final Pattern INCLUDE = Pattern.compile("\\s*-- columns ([a-z-]+)");
  private static final Set<String> KEYS =
      Set.of(
          "description",
          "resource",
          "records",
          "path",
          "since",
          "query",
          "sql",
          "permission",
          "key",
          "stamp",
          "filter",
          "order",
          "each",
          "complete",
          "deleted",
          "after",
          "says",
          "remembered",
          "periods",
          "least",
          "columns",
          "untold",
          "lookups",
          "keeps",
          "cannotSee");
  private static final Set<String> RECORD_KEYS = Set.of("columns", "untold", "lookups");

  private ApiFeeds() {}

  /**
   * @throws MappingsInvalid with all that is wrong in the files
   */
  public static List<ApiFeed> load(Path folder) {
    List<Problem> problems = new ArrayList<>();
    List<ApiFeed> feeds = new ArrayList<>();
    for (Path file : files(folder)) {
      String name = "capture-api/" + file.getFileName();
      try {
        feeds.add(feed(folder, stem(file), YAML.readTree(file.toFile())));
      } catch (IOException e) {
        problems.add(new Problem(name, 0, "cannot be read as YAML"));
      } catch (IllegalArgumentException e) {
        problems.add(new Problem(name, 0, e.getMessage()));
      }
    }
    if (problems.isEmpty()) {
      for (ApiFeed feed : feeds) {
        leaning(feed, feeds)
            .ifPresent(
                what -> problems.add(new Problem("capture-api/" + feed.name() + SUFFIX, 0, what)));
      }
    }
    if (!problems.isEmpty()) {
      throw new MappingsInvalid(problems);
    }
    return List.copyOf(feeds);
  }

  /**
   * The lists that are read for these records, and those on which they lean.
   *
   * @param wanted by what a row becomes
   */
  public static List<ApiFeed> wanted(List<ApiFeed> all, Predicate<String> wanted) {
    List<ApiFeed> read = new ArrayList<>();
    Set<String> needed = new TreeSet<>();
    for (ApiFeed feed : all) {
      ApiFeed its = feed.telling(told -> wanted.test(told.resource()));
      if (!its.told().isEmpty()) {
        read.add(its);
        its.told().forEach(told -> told.lookups().forEach(lookup -> needed.add(lookup.in())));
        its.each().ifPresent(each -> needed.addAll(each.when()));
      }
    }
    for (ApiFeed feed : all) {
      if (needed.contains(feed.name())
          && read.stream().noneMatch(its -> its.name().equals(feed.name()))) {
        read.add(feed.telling(told -> false));
      }
    }
    // What nobody leans on is not kept.
    return read.stream()
        .map(its -> needed.contains(its.name()) ? its : its.keepingNothing())
        .toList();
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong with the lists that this one names. */
  private static Optional<String> leaning(ApiFeed feed, List<ApiFeed> all) {
    Map<String, ApiFeed> byName =
        all.stream().collect(Collectors.toMap(ApiFeed::name, Function.identity()));
    List<String> named = new ArrayList<>(feed.after());
    feed.each().ifPresent(each -> named.addAll(each.when()));
    for (ApiFeed.Told told : feed.told()) {
      for (ApiFeed.Lookup lookup : told.lookups()) {
        named.add(lookup.in());
        ApiFeed other = byName.get(lookup.in());
        for (String column : lookup.columns().values()) {
          if (other != null && !other.keeps().containsKey(column)) {
            return Optional.of("list " + lookup.in() + " keeps no " + column);
          }
        }
      }
    }
    return named.stream()
        .filter(name -> !byName.containsKey(name))
        .findFirst()
        .map(name -> "there is no list '" + name + "'");
  }

  private static ApiFeed feed(Path folder, String name, JsonNode file) {
    known(file, KEYS);
    Map<String, String> query = new LinkedHashMap<>();
    file.path("query")
        .properties()
        .forEach(part -> query.put(part.getKey(), part.getValue().asText()));
    int periods = file.path("periods").asInt();
    if (periods < 1) {
      throw new IllegalArgumentException("periods must be 1 or more");
    }
    List<ApiFeed.Told> told = told(file);
    if (told.isEmpty() && !file.has("keeps") && !file.has("sql")) {
      throw new IllegalArgumentException("resource, records, keeps or sql is needed");
    }
    if (file.has("sql") && file.has("filter") != file.has("stamp")) {
      throw new IllegalArgumentException("sql needs both filter and stamp, or none of them");
    }
    if (file.has("sql") && !file.path("path").asText().equals(Questions.STATEMENTS)) {
      throw new IllegalArgumentException(
          "'path' must be " + Questions.STATEMENTS + " where sql stands");
    }
    return new ApiFeed(
        name,
        told,
        needed(file, "path"),
        needed(file, "since"),
        query,
        given(file, "sql").map(sql -> statement(folder, sql)),
        given(file, "permission"),
        needed(file, "key"),
        given(file, "stamp"),
        given(file, "filter"),
        given(file, "order"),
        each(file.path("each")),
        file.path("complete").asBoolean(),
        file.path("deleted").asBoolean(),
        texts(file, "after"),
        file.has("says") ? OptionalLong.of(file.path("says").asLong()) : OptionalLong.empty(),
        remembered(file.path("remembered")),
        periods,
        duration("least", needed(file, "least")),
        fields(file.path("keeps")),
        texts(file, "cannotSee"));
  }

  /**
   * On one line, without comments; for {@code -- columns claim} stand the columns that the database
   * is asked for, without those that not every version has.
   */
  private static String statement(Path folder, String sql) {
    List<String> lines = new ArrayList<>();
    for (String line : sql.lines().toList()) {
      Matcher include = INCLUDE.matcher(line);
      if (!include.matches()) {
        lines.add(line);
        continue;
      }
      Path columns = folder.resolve("../../sql/capture/columns/" + include.group(1) + ".sql");
      try {
        lines.addAll(Files.readAllLines(columns));
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "there is no sql/capture/columns/" + include.group(1) + ".sql");
      }
    }
    return lines.stream()
        .filter(line -> !line.contains("-- needs "))
        .map(line -> line.replaceAll("--.*", "").strip())
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining(" "));
  }

  private static void known(JsonNode node, Set<String> keys) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!keys.contains(entry.getKey())) {
        throw new IllegalArgumentException("unknown key '" + entry.getKey() + "'");
      }
    }
  }

  private static List<ApiFeed.Told> told(JsonNode file) {
    List<ApiFeed.Told> told = new ArrayList<>();
    given(file, "resource").ifPresent(resource -> told.add(told(resource, file)));
    for (Map.Entry<String, JsonNode> record : file.path("records").properties()) {
      known(record.getValue(), RECORD_KEYS);
      told.add(told(record.getKey(), record.getValue()));
    }
    return List.copyOf(told);
  }

  private static ApiFeed.Told told(String resource, JsonNode node) {
    List<ApiFeed.Lookup> lookups = new ArrayList<>();
    for (JsonNode lookup : node.path("lookups")) {
      Map<String, String> columns = new LinkedHashMap<>();
      if (lookup.path("columns").isArray()) {
        texts(lookup, "columns").forEach(column -> columns.put(column, column));
      } else {
        lookup
            .path("columns")
            .properties()
            .forEach(column -> columns.put(column.getKey(), column.getValue().asText()));
      }
      lookups.add(new ApiFeed.Lookup(needed(lookup, "by"), needed(lookup, "in"), columns));
    }
    return new ApiFeed.Told(
        resource, fields(node.path("columns")), texts(node, "untold"), List.copyOf(lookups));
  }

  private static Map<String, ApiField> fields(JsonNode node) {
    Map<String, ApiField> columns = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> column : node.properties()) {
      columns.put(column.getKey(), field(column.getKey(), column.getValue()));
    }
    return columns;
  }

  private static Optional<ApiFeed.Each> each(JsonNode given) {
    return given.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            new ApiFeed.Each(
                needed(given, "parameter"),
                texts(given, "when"),
                duration("again", needed(given, "again"))));
  }

  private static Optional<ApiFeed.Remembered> remembered(JsonNode given) {
    return given.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            new ApiFeed.Remembered(
                needed(given, "column"), needed(given, "when"), given.path("is").asLong()));
  }

  private static ApiField field(String column, JsonNode kind) {
    if (kind.isArray()) {
      List<String> members = new ArrayList<>();
      kind.forEach(member -> members.add(member.asText()));
      return new ApiField.Choice(List.copyOf(members));
    }
    if (kind.isObject()) {
      return new ApiField.Named(needed(kind, "field"), field(column, kind.path("is")));
    }
    return switch (kind.asText()) {
      case "text" -> new ApiField.Text();
      case "number" -> new ApiField.Whole();
      case "fraction" -> new ApiField.Fraction();
      case "key" -> new ApiField.Key();
      case "flag" -> new ApiField.Flag();
      case "past" -> new ApiField.Past();
      case "extension" -> new ApiField.Extension();
      case "there" -> new ApiField.There();
      default ->
          throw new IllegalArgumentException(
              "column "
                  + column
                  + " must be text, number, fraction, key, flag, past, extension, there, a list of an enum's members, or {field: …, is: one of these}");
    };
  }

  private static Duration duration(String key, String text) {
    if (!text.matches("\\d{1,6}[sd]")) {
      throw new IllegalArgumentException(key + " must be seconds or days, such as 5s or 30d");
    }
    long number = Long.parseLong(text.substring(0, text.length() - 1));
    return text.endsWith("d") ? Duration.ofDays(number) : Duration.ofSeconds(number);
  }

  private static String needed(JsonNode file, String key) {
    return given(file, key).orElseThrow(() -> new IllegalArgumentException(key + " is needed"));
  }

  private static Optional<String> given(JsonNode file, String key) {
    return Optional.of(file.path(key).asText()).filter(text -> !text.isBlank());
  }

  private static List<String> texts(JsonNode file, String key) {
    List<String> texts = new ArrayList<>();
    file.path(key).forEach(text -> texts.add(text.asText()));
    return List.copyOf(texts);
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - SUFFIX.length());
  }
}
