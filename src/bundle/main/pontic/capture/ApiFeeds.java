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
import java.util.stream.Stream;
import pontic.mapping.MappingsInvalid;
import pontic.mapping.Problem;

/** Reads the files of {@code mappings/capture-api}. */
public final class ApiFeeds {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final String SUFFIX = ".yaml";
  private static final Set<String> KEYS =
      Set.of(
          "description",
          "resource",
          "path",
          "since",
          "query",
          "key",
          "stamp",
          "filter",
          "order",
          "deleted",
          "after",
          "says",
          "remembered",
          "periods",
          "least",
          "columns",
          "untold",
          "cannotSee");

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
        feeds.add(feed(stem(file), YAML.readTree(file.toFile())));
      } catch (IOException e) {
        problems.add(new Problem(name, 0, "cannot be read as YAML"));
      } catch (IllegalArgumentException e) {
        problems.add(new Problem(name, 0, e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new MappingsInvalid(problems);
    }
    return List.copyOf(feeds);
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ApiFeed feed(String name, JsonNode file) {
    for (Map.Entry<String, JsonNode> entry : file.properties()) {
      if (!KEYS.contains(entry.getKey())) {
        throw new IllegalArgumentException("unknown key '" + entry.getKey() + "'");
      }
    }
    Map<String, String> query = new LinkedHashMap<>();
    file.path("query")
        .properties()
        .forEach(part -> query.put(part.getKey(), part.getValue().asText()));
    Map<String, ApiField> columns = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> column : file.path("columns").properties()) {
      columns.put(column.getKey(), field(column.getKey(), column.getValue()));
    }
    int periods = file.path("periods").asInt();
    if (periods < 1) {
      throw new IllegalArgumentException("periods must be 1 or more");
    }
    return new ApiFeed(
        name,
        needed(file, "resource"),
        needed(file, "path"),
        needed(file, "since"),
        query,
        needed(file, "key"),
        given(file, "stamp"),
        given(file, "filter"),
        given(file, "order"),
        file.path("deleted").asBoolean(),
        texts(file, "after"),
        file.has("says") ? OptionalLong.of(file.path("says").asLong()) : OptionalLong.empty(),
        remembered(file.path("remembered")),
        periods,
        seconds(needed(file, "least")),
        columns,
        texts(file, "untold"),
        texts(file, "cannotSee"));
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
    return switch (kind.asText()) {
      case "text" -> new ApiField.Text();
      case "number" -> new ApiField.Whole();
      case "key" -> new ApiField.Key();
      case "flag" -> new ApiField.Flag();
      default ->
          throw new IllegalArgumentException(
              "column "
                  + column
                  + " must be text, number, key, flag or a list of an enum's members");
    };
  }

  private static Duration seconds(String text) {
    if (!text.matches("\\d{1,6}s")) {
      throw new IllegalArgumentException("least must be seconds, such as 5s");
    }
    return Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
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
