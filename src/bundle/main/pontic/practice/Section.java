package pontic.practice;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Keys and values of one level of a file. Every asking that finds nothing usable notes a {@link
 * Problem} and answers a stand-in, so that one pass finds them all; the caller throws the result
 * away if there were any.
 */
final class Section {

  private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)?");

  /** A value as written, and its line. */
  record Written(String text, int line) {}

  private final String file;
  private final int line;
  private final String prefix;
  private final Map<String, Written> scalars;
  private final Map<String, Node> nodes;
  private final Context context;
  private final Set<String> asked = new HashSet<>();

  /**
   * @param flags full key ({@code practices.elm.hl7.port}) → value from the command line, which
   *     goes before the file
   */
  record Context(
      Values values, Map<String, String> flags, Set<String> usedFlags, List<Problem> problems) {

    /** The same without a voice: below a missing section not every key is news. */
    Context muted() {
      return new Context(values, flags, usedFlags, new ArrayList<>());
    }
  }

  private Section(
      String file,
      int line,
      String prefix,
      Map<String, Written> scalars,
      Map<String, Node> nodes,
      Context context) {
    this.file = file;
    this.line = line;
    this.prefix = prefix;
    this.scalars = scalars;
    this.nodes = nodes;
    this.context = context;
  }

  /** The keys of a properties file; {@code prefix} stands before none of them. */
  static Section ofProperties(String file, Map<String, Written> written, Context context) {
    return new Section(file, 0, "", written, Map.of(), context);
  }

  static Section ofYaml(String file, String prefix, MappingNode node, Context context) {
    Map<String, Written> scalars = new HashMap<>();
    Map<String, Node> nodes = new LinkedHashMap<>();
    for (NodeTuple tuple : node.getValue()) {
      int line = tuple.getKeyNode().getStartMark().getLine() + 1;
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        context.problems().add(new Problem(file, line, "a key is not a word", "write key: value"));
        continue;
      }
      if (nodes.put(key.getValue(), tuple.getValueNode()) != null) {
        context
            .problems()
            .add(
                new Problem(
                    file, line, "key " + prefix + key.getValue() + " is there twice", "keep one"));
      }
      if (tuple.getValueNode() instanceof ScalarNode value) {
        scalars.put(key.getValue(), new Written(value.getValue(), line));
      }
    }
    return new Section(file, node.getStartMark().getLine() + 1, prefix, scalars, nodes, context);
  }

  int line(String key) {
    if (scalars.containsKey(key)) {
      return scalars.get(key).line();
    }
    return nodes.containsKey(key) ? nodes.get(key).getStartMark().getLine() + 1 : line;
  }

  void problem(String key, String what, String right) {
    context.problems().add(new Problem(file, line(key), what, right));
  }

  /** The resolved text, if the key has one that is not blank. */
  Optional<String> optional(String key) {
    asked.add(key);
    String full = prefix + key;
    String raw;
    if (context.flags().containsKey(full)) {
      context.usedFlags().add(full);
      raw = context.flags().get(full);
    } else if (scalars.containsKey(key)) {
      raw = scalars.get(key).text();
    } else {
      if (nodes.containsKey(key)) {
        problem(key, full + " is a list or section", "write one value");
      }
      return Optional.empty();
    }
    try {
      return Optional.of(context.values().resolve(raw).trim()).filter(text -> !text.isEmpty());
    } catch (Values.Unresolved unresolved) {
      problem(key, full + ": " + unresolved.getMessage(), unresolved.right());
      return Optional.of("unresolved");
    }
  }

  String text(String key, String otherwise) {
    return optional(key).orElse(otherwise);
  }

  String text(String key) {
    return optional(key)
        .orElseGet(
            () -> {
              problem(key, prefix + key + " is missing or blank", "give it a value");
              return "missing";
            });
  }

  /** A secret that must be there. */
  Secret secret(String key) {
    Optional<String> text = optional(key);
    if (text.isEmpty()) {
      problem(key, prefix + key + " is a blank secret", "give it by {{env:NAME}} or {{file:path}}");
      return new Secret("missing");
    }
    return checked(key, text.get());
  }

  /** A secret that may be left out. */
  Secret optionalSecret(String key) {
    return optional(key).map(text -> checked(key, text)).orElse(Secret.NONE);
  }

  private Secret checked(String key, String text) {
    if (text.startsWith("ENC(")) {
      problem(
          key,
          prefix + key + " is an encrypted text that nothing here opens",
          "give it by {{env:NAME}} or {{file:path}}");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      problem(key, prefix + key + " holds a line break or control character", "one line of text");
    }
    return new Secret(text);
  }

  <T> T parsed(
      String key,
      Optional<T> otherwise,
      Function<String, Optional<T>> parse,
      T standIn,
      String right) {
    Optional<String> text = otherwise.isPresent() ? optional(key) : Optional.of(text(key));
    if (text.isEmpty()) {
      return otherwise.get();
    }
    if (text.get().equals("missing") || text.get().equals("unresolved")) {
      return standIn;
    }
    return parse
        .apply(text.get())
        .orElseGet(
            () -> {
              problem(key, prefix + key + " is \"" + shown(text.get()) + "\"", right);
              return standIn;
            });
  }

  static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() > 60 ? line.substring(0, 60) + "…" : line;
  }

  int number(String key, Optional<Integer> otherwise, int least, int most) {
    return parsed(
        key,
        otherwise,
        text ->
            text.matches("\\d{1,9}")
                ? Optional.of(Integer.parseInt(text)).filter(n -> n >= least && n <= most)
                : Optional.empty(),
        least,
        "write a whole number from " + least + " to " + most);
  }

  int port(String key, Optional<Integer> otherwise) {
    return number(key, otherwise, 0, 65535);
  }

  double factor(String key, double otherwise) {
    return parsed(
        key,
        Optional.of(otherwise),
        text ->
            text.matches("\\d{1,6}(\\.\\d{1,6})?")
                ? Optional.of(Double.parseDouble(text)).filter(n -> n > 0)
                : Optional.empty(),
        1.0,
        "write a number above 0, such as 1.0");
  }

  boolean flag(String key, boolean otherwise) {
    return parsed(
        key,
        Optional.of(otherwise),
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            },
        otherwise,
        "write true or false");
  }

  Duration time(String key, Duration otherwise) {
    return parsed(
        key,
        Optional.of(otherwise),
        Section::time,
        otherwise,
        "write a time above 0 such as 100ms, 60s, 5m; a bare number is milliseconds");
  }

  private static Optional<Duration> time(String text) {
    Matcher matcher = TIME.matcher(text);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      String unit = Optional.ofNullable(matcher.group(2)).orElse("ms");
      Duration time =
          switch (unit) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofMillis(amount);
          };
      return Optional.of(time).filter(t -> !t.isZero());
    }
    try {
      return Optional.of(Duration.parse(text)).filter(t -> !t.isZero() && !t.isNegative());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** A section that must be there. */
  Section section(String key) {
    asked.add(key);
    if (nodes.get(key) instanceof MappingNode node) {
      return ofYaml(file, prefix + key + ".", node, context);
    }
    problem(key, "section " + prefix + key + " is missing", "add it, as in docs/configuration.md");
    return new Section(file, line(key), prefix + key + ".", Map.of(), Map.of(), context.muted());
  }

  /** A section that may be left out; then each of its keys is. */
  Section optionalSection(String key) {
    asked.add(key);
    Node node = nodes.get(key);
    if (node instanceof MappingNode mapping) {
      return ofYaml(file, prefix + key + ".", mapping, context);
    }
    if (node != null && !(node instanceof ScalarNode scalar && scalar.getValue().isBlank())) {
      problem(key, prefix + key + " is no section", "write its keys below it");
    }
    return new Section(file, line(key), prefix + key + ".", Map.of(), Map.of(), context);
  }

  /** The sections of a list; none if the key is not there. */
  List<Section> sections(String key) {
    asked.add(key);
    List<Section> found = new ArrayList<>();
    int position = 0;
    for (Node node : items(key)) {
      String place = prefix + key + "[" + position++ + "].";
      if (node instanceof MappingNode mapping) {
        found.add(ofYaml(file, place, mapping, context));
      } else {
        context
            .problems()
            .add(
                new Problem(
                    file,
                    node.getStartMark().getLine() + 1,
                    place + " is no section",
                    "write - key: value"));
      }
    }
    return found;
  }

  /**
   * The texts of a list, blank ones left out; a single text with commas is a list too (environment,
   * flags).
   */
  List<String> texts(String key) {
    if (!(nodes.get(key) instanceof SequenceNode) || context.flags().containsKey(prefix + key)) {
      return optional(key).map(Section::split).orElse(List.of());
    }
    asked.add(key);
    List<String> found = new ArrayList<>();
    for (Node node : items(key)) {
      int at = node.getStartMark().getLine() + 1;
      if (node instanceof ScalarNode scalar) {
        try {
          found.addAll(split(context.values().resolve(scalar.getValue())));
        } catch (Values.Unresolved unresolved) {
          context
              .problems()
              .add(
                  new Problem(
                      file, at, prefix + key + ": " + unresolved.getMessage(), unresolved.right()));
        }
      } else {
        context
            .problems()
            .add(
                new Problem(
                    file, at, "an entry of " + prefix + key + " is no text", "write - text"));
      }
    }
    return found;
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(",")) {
      if (!part.isBlank()) {
        parts.add(part.trim());
      }
    }
    return parts;
  }

  private List<Node> items(String key) {
    Node node = nodes.get(key);
    if (node instanceof SequenceNode list) {
      return list.getValue();
    }
    if (node != null && !(node instanceof ScalarNode scalar && scalar.getValue().isBlank())) {
      problem(key, prefix + key + " is no list", "write entries that start with -");
    }
    return List.of();
  }

  /** Table → (code → code); empty if the key is not there. */
  Map<String, Map<String, String>> tables(String key) {
    asked.add(key);
    Map<String, Map<String, String>> tables = new LinkedHashMap<>();
    eachSection(
        key,
        all -> {
          for (String table : all.nodes.keySet()) {
            Map<String, String> codes = new LinkedHashMap<>();
            all.eachSection(
                table, one -> one.nodes.keySet().forEach(code -> codes.put(code, one.text(code))));
            tables.put(table, Map.copyOf(codes));
          }
        });
    return tables;
  }

  private void eachSection(String key, Consumer<Section> visitor) {
    Node node = nodes.get(key);
    if (node instanceof MappingNode mapping) {
      visitor.accept(ofYaml(file, prefix + key + ".", mapping, context));
    } else if (node != null
        && !(node instanceof ScalarNode scalar && scalar.getValue().isBlank())) {
      problem(key, prefix + key + " is no section", "write code: code below it");
    }
  }

  /** Notes every key that nobody asked for. */
  void end() {
    Set<String> unknown = new TreeSet<>(scalars.keySet());
    unknown.addAll(nodes.keySet());
    unknown.removeAll(asked);
    for (String key : unknown) {
      problem(
          key,
          "unknown key " + prefix + key,
          "known here: " + asked.stream().sorted().collect(Collectors.joining(", ")));
    }
  }
}
