package pontic.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pontic.house.House;

/**
 * What the pages say to type for single tests: the tests are there, and read what they are given.
 */
final class CommandsOfTestsTest {
  private static final Pattern NAMED = Pattern.compile("-Dtest=([A-Za-z0-9,]+)");
  private static final Pattern GIVEN = Pattern.compile("-D((?:proof|storm|pontic)\\.[a-z.]+)=");

  @Test
  void eachTestIsThereAndEachPropertyIsRead() throws Exception {
    List<Path> sources = files("src", ".java");
    Set<String> classes =
        sources.stream()
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toSet());
    String tests =
        sources.stream()
            .filter(file -> file.toString().contains("/test/"))
            .map(CommandsOfTestsTest::read)
            .collect(Collectors.joining());
    Set<String> missing = new TreeSet<>();
    int commands = 0;
    for (Path page : List.of(home().resolve("CONTRIBUTING.md"), home().resolve("README.md"))) {
      commands += look(read(page), classes, tests, missing);
    }
    for (Path page : files("docs", ".md")) {
      commands += look(read(page), classes, tests, missing);
    }
    assertEquals(Set.of(), missing);
    assertFalse(commands < 5, "commands: " + commands);
  }

  private static int look(String page, Set<String> classes, String tests, Set<String> missing) {
    int found = 0;
    for (Matcher m = NAMED.matcher(page); m.find(); found++) {
      for (String name : m.group(1).split(",")) {
        if (!classes.contains(name)) {
          missing.add(name);
        }
      }
    }
    for (Matcher m = GIVEN.matcher(page); m.find(); found++) {
      if (!tests.contains('"' + m.group(1) + '"')) {
        missing.add(m.group(1));
      }
    }
    return found;
  }

  private static Path home() {
    return House.home();
  }

  private static List<Path> files(String folder, String suffix) throws IOException {
    try (Stream<Path> all = Files.walk(home().resolve(folder))) {
      return all.filter(file -> file.toString().endsWith(suffix)).toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
