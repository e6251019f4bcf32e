package pontic.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads {@code codes/*.yaml}: {@code description}, {@code default} ({@code keep}, {@code none},
 * {@code refuse} or a value), {@code ignoreCase} (default false), {@code listed} (default false:
 * codes that are not there are listed), {@code values} ({@code coding}: they are written
 * SYSTEM|CODE) and {@code codes}; a code whose value is {@code ~} is known to become nothing. The
 * file's stem is the table's name.
 */
final class CodeTables {
  private static final Set<String> KEYS =
      Set.of("description", "default", "ignoreCase", "listed", "values", "codes");

  private final List<Problem> problems;
  private final Yaml yaml;

  CodeTables(List<Problem> problems) {
    this.problems = problems;
    this.yaml = new Yaml(problems);
  }

  /**
   * @param prefix how the folder is named in problems
   * @param bases tables over which these are laid: what is a coding there is one here
   */
  Map<String, CodeTable> read(Path folder, String prefix, Map<String, CodeTable> bases) {
    Map<String, CodeTable> tables = new HashMap<>();
    if (!Files.isDirectory(folder)) {
      return tables;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        String stem = file.getFileName().toString().replaceAll("\\.yaml$", "");
        String name = prefix + "/" + file.getFileName();
        yaml.object(file, name, KEYS).ifPresent(node -> table(stem, name, node, bases, tables));
      }
    } catch (IOException e) {
      problems.add(new Problem(prefix, 0, "cannot be read"));
    }
    return tables;
  }

  /**
   * The practice's tables laid over the shipped ones; a table that no mapping can know is a
   * problem.
   */
  Map<String, CodeTable> override(
      Map<String, CodeTable> base, Map<String, CodeTable> own, String prefix) {
    Map<String, CodeTable> merged = new HashMap<>(base);
    own.forEach(
        (name, table) -> {
          if (base.containsKey(name)) {
            merged.put(name, table.over(base.get(name)));
          } else {
            problems.add(
                new Problem(
                    prefix + "/" + name + ".yaml",
                    0,
                    "there is no code table '" + name + "' to override"));
          }
        });
    return merged;
  }

  private void table(
      String stem,
      String file,
      JsonNode node,
      Map<String, CodeTable> bases,
      Map<String, CodeTable> tables) {
    JsonNode rule = node.path("default");
    JsonNode codes = node.path("codes");
    boolean ignoreCase = node.path("ignoreCase").asBoolean(false);
    if (!rule.isValueNode() || rule.isNull()) {
      problems.add(new Problem(file, 0, "'default' must say keep, none, refuse or a value"));
      return;
    }
    if (!codes.isObject()) {
      problems.add(new Problem(file, 0, "'codes' must list codes and their values"));
      return;
    }
    boolean isOwn = bases.containsKey(stem);
    boolean codings = isOwn ? bases.get(stem).codings() : node.has("values");
    if (!node.path("values").asText("coding").equals("coding")
        || (node.has("values") && isOwn && !codings)
        || !node.path("listed").asText("true").matches("true|false")) {
      problems.add(
          new Problem(
              file,
              0,
              "'values' may say coding, where the shipped table says so, and 'listed' true or false"));
      return;
    }
    Map<String, JsonNode> values = new HashMap<>();
    codes
        .fields()
        .forEachRemaining(
            entry -> {
              String code = ignoreCase ? entry.getKey().toLowerCase(Locale.ROOT) : entry.getKey();
              JsonNode value = entry.getValue();
              boolean isNothing = value.isNull();
              if (codings && !isNothing && !CodeTable.isCoding(value.asText())) {
                problems.add(new Problem(file, 0, CodeTable.noCoding(entry.getKey())));
              } else if (!value.isTextual() && !value.isNumber() && !isNothing) {
                problems.add(
                    new Problem(
                        file,
                        0,
                        "the value of code '"
                            + entry.getKey()
                            + "' must be a text or a number, or ~ for nothing"));
              } else if (values.put(
                      code, codings && !isNothing ? CodeTable.coding(value.asText()) : value)
                  != null) {
                problems.add(new Problem(file, 0, "code '" + entry.getKey() + "' stands twice"));
              }
            });
    CodeTable.Rule kind =
        switch (rule.asText()) {
          case "keep" -> CodeTable.Rule.KEEP;
          case "none" -> CodeTable.Rule.NONE;
          case "refuse" -> CodeTable.Rule.REFUSE;
          default -> CodeTable.Rule.VALUE;
        };
    JsonNode otherwise = kind == CodeTable.Rule.VALUE ? rule : NullNode.instance;
    boolean listed = node.path("listed").asBoolean(false);
    tables.put(stem, new CodeTable(stem, kind, otherwise, ignoreCase, listed, codings, values));
  }
}
