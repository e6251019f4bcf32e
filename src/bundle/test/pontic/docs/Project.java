package pontic.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of the project, as the tests of this package read them. */
final class Project {

  static final Path HOME = Path.of("..", "..").toAbsolutePath().normalize();

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static final Pattern ENVIRONMENT = Pattern.compile("\\{\\{env:([A-Z0-9_]+)");

  private Project() {}

  static String text(String path) throws IOException {
    return Files.readString(HOME.resolve(path));
  }

  static JsonNode yaml(String path) throws IOException {
    return YAML.readTree(HOME.resolve(path).toFile());
  }

  /** Every document of a file with several. */
  static List<JsonNode> documents(Path file) throws IOException {
    return YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile()).readAll();
  }

  /** The files below a folder whose name ends so, as paths from the project's folder. */
  static List<String> files(String folder, String end) throws IOException {
    try (Stream<Path> all = Files.walk(HOME.resolve(folder))) {
      return all.filter(Files::isRegularFile)
          .map(file -> HOME.relativize(file).toString())
          .filter(file -> file.endsWith(end))
          .sorted()
          .toList();
    }
  }

  /** Every variable that the shipped config or the process itself reads. */
  static Set<String> environment() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String file : files("config", "")) {
      ENVIRONMENT.matcher(text(file)).results().map(found -> found.group(1)).forEach(names::add);
    }
    yaml("docs/keys.yaml").path("outside").forEach(key -> names.add(key.path("key").asText()));
    return names;
  }

  /** Everything in a text that looks like one of our variables. */
  static Set<String> variablesIn(String text) {
    Set<String> found = new TreeSet<>();
    Pattern.compile("\\bPONTIC_[A-Z0-9_]*[A-Z0-9]")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .forEach(found::add);
    return found;
  }
}
