package pontic.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pontic.practice.Problem;

/** Finds file and line in what Camel says about routes that cannot be loaded. */
public final class RouteProblems {
  private static final Pattern FILE = Pattern.compile("([\\w.-]+\\.camel\\.yaml)(?::(\\d+))?");
  private static final Pattern LINE = Pattern.compile("\\bline:? (\\d+)");
  private static final Pattern ID =
      Pattern.compile("(?:route|template)(?: with id)?:? '?\"?([a-z][a-z0-9-]+)");
  private static final Pattern REF = Pattern.compile("\\bref:(\\w+)");
  private static final int LONGEST = 400;

  private RouteProblems() {}

  /**
   * @param home holds routes/
   */
  public static Problem of(Throwable thrown, Path home) {
    List<String> texts = new ArrayList<>();
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      texts.add(String.valueOf(cause.getMessage()));
    }
    String all = String.join("\n", texts);
    Matcher file = FILE.matcher(all);
    Matcher line = LINE.matcher(all);
    Matcher id = ID.matcher(all);
    Optional<String> path =
        file.find()
            ? path(home, file.group(1))
            : id.find() ? stem(home, id.group(1)) : Optional.empty();
    int at = 0;
    if (path.isPresent()) {
      at = line.find() ? Integer.parseInt(line.group(1)) : named(home.resolve(path.get()), all);
    }
    return new Problem(
        path.orElse("routes"), at, shortened(texts), "correct the route; the rest waits with it");
  }

  /** The line of the bean that a route cannot have. */
  private static int named(Path file, String text) {
    Matcher ref = REF.matcher(text);
    if (!ref.find()) {
      return 0;
    }
    try {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).strip().equals("ref: " + ref.group(1))) {
          return i + 1;
        }
      }
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private static String shortened(List<String> texts) {
    String first = texts.get(0);
    String last = texts.get(texts.size() - 1);
    String text = (first.contains(last) ? first : first + ": " + last).replaceAll("\\s+", " ");
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }

  private static Optional<String> path(Path home, String name) {
    return routes(home).stream().filter(file -> file.endsWith("/" + name)).findFirst();
  }

  /** A template's instance has its name and more as its id. */
  private static Optional<String> stem(Path home, String id) {
    return routes(home).stream()
        .filter(
            file -> {
              String stem = file.replaceFirst(".*/", "").replaceFirst("\\.camel\\.yaml$", "");
              return id.equals(stem) || id.startsWith(stem + "-");
            })
        .findFirst();
  }

  private static List<String> routes(Path home) {
    try {
      Map<String, Path> files = Generation.files(home, home.resolve("config"));
      return files.keySet().stream().filter(file -> file.startsWith("routes/")).toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
