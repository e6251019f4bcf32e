package pontic.practice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts the environment and mounted files into the places that {@code {{…}}} marks in a value. */
final class Values {

  private static final Pattern PLACE = Pattern.compile("\\{\\{([^{}]*)\\}\\}");

  private static final int MOST_BYTES_OF_A_FILE = 64 * 1024;

  private final Map<String, String> environment;
  private final Path secrets;

  Values(Map<String, String> environment, Path secrets) {
    this.environment = environment;
    this.secrets = secrets;
  }

  /** A value that could not be resolved; says what is wrong and what would be right. */
  static final class Unresolved extends Exception {
    private static final long serialVersionUID = 1L;
    private final String right;

    Unresolved(String what, String right) {
      super(what);
      this.right = right;
    }

    String right() {
      return right;
    }
  }

  String resolve(String raw) throws Unresolved {
    Matcher place = PLACE.matcher(raw);
    StringBuilder text = new StringBuilder();
    while (place.find()) {
      place.appendReplacement(text, Matcher.quoteReplacement(one(place.group(1).trim())));
    }
    if (place.appendTail(text).length() > 0 && PLACE.matcher(raw).replaceAll("").contains("{{")) {
      throw new Unresolved(
          "a {{ has no }}", "write {{env:NAME}}, {{env:NAME:default}} or {{file:path}}");
    }
    return text.toString();
  }

  private String one(String place) throws Unresolved {
    if (place.startsWith("env:")) {
      String[] parts = place.substring("env:".length()).split(":", 2);
      String name = parts[0].trim();
      String found = environment.getOrDefault(name, "");
      if (!found.isBlank()) {
        return found;
      }
      if (parts.length == 2) {
        return parts[1];
      }
      throw new Unresolved(
          "environment variable " + name + " is not set",
          "set it, or write {{env:" + name + ":default}}");
    }
    if (place.startsWith("file:")) {
      return file(place.substring("file:".length()).trim());
    }
    throw new Unresolved(
        "{{" + place.split(":", 2)[0] + "…}} is no known place",
        "write {{env:NAME}}, {{env:NAME:default}} or {{file:path}}");
  }

  private String file(String name) throws Unresolved {
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      throw new Unresolved(
          "the path in {{file:…}} is no path", "write a path relative to " + secrets);
    }
    boolean climbs = false;
    for (Path part : path) {
      climbs |= part.toString().equals("..");
    }
    if (name.isBlank() || path.isAbsolute() || climbs) {
      throw new Unresolved(
          "{{file:" + name + "}} leaves its folder",
          "write a path below " + secrets + ", without ..");
    }
    Path target = secrets.resolve(path.normalize());
    try {
      if (!Files.isRegularFile(target)) {
        throw new Unresolved("file " + target + " is not there", "mount it, or correct the path");
      }
      if (Files.size(target) > MOST_BYTES_OF_A_FILE) {
        throw new Unresolved("file " + target + " is too large for a value", "at most 64 KiB");
      }
      return Files.readString(target, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
    } catch (IOException e) {
      throw new Unresolved(
          "file " + target + " cannot be read as text", "let Pontic's user read it, as UTF-8");
    }
  }
}
