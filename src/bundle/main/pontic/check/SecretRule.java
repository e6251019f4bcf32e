package pontic.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Secrets are given by the environment or a file. The keys of the sandbox are no secrets: they are
 * published with it.
 */
final class SecretRule {
  private static final Set<String> SAMPLES =
      Set.of(
          "PonticDevKey0001",
          "ElmCustomerKey01",
          "OakCustomerKey01",
          "ElmFacadeToken01",
          "OakFacadeToken01",
          "pontic-read");

  private static final Pattern KEY =
      Pattern.compile(
          "(?i).*(password|passphrase|secret|token|(developer|customer|api|access|private)-?_?key)");
  private static final Pattern PLACE =
      Pattern.compile("\\{\\{(env:[^{}:]+(?::([^{}]*))?|file:[^{}]*)}}");
  private static final Pattern PROPERTY = Pattern.compile("\\s*([^#=\\s]+)\\s*=\\s*(.*)");

  private SecretRule() {}

  static List<Finding> properties(String name, String text) {
    List<Finding> findings = new ArrayList<>();
    int line = 0;
    for (String each : text.split("\\R", -1)) {
      line++;
      Matcher property = PROPERTY.matcher(each);
      if (property.matches()) {
        value(name, property.group(1), property.group(2).trim(), line, findings);
      }
    }
    return findings;
  }

  static List<Finding> yaml(Document document) {
    List<Finding> findings = new ArrayList<>();
    for (Document.Entry entry : document.entries()) {
      entry
          .text()
          .ifPresent(
              text -> value(document.name(), entry.key(), text.trim(), entry.line(), findings));
    }
    return findings;
  }

  static List<Finding> route(RouteFile file, CatalogRule catalog) {
    List<Finding> findings = new ArrayList<>();
    for (RouteFile.Endpoint endpoint : file.endpoints()) {
      endpoint
          .options()
          .forEach(
              (name, option) -> {
                boolean written =
                    !option.text().isBlank()
                        && !option.text().startsWith("#")
                        && !option.text().matches("\\{\\{[^{}:]+}}");
                if (written && catalog.secret(endpoint.scheme(), name)) {
                  findings.add(finding(file.name(), name, option.line()));
                }
              });
    }
    for (Document.Entry entry : file.document().entries()) {
      boolean header =
          entry.key().equals("name")
              && entry.text().filter(text -> text.equalsIgnoreCase("Authorization")).isPresent();
      if (header) {
        List<String> step = entry.path().subList(0, entry.path().size() - 1);
        Optional<Document.Entry> literal =
            file.document().entries().stream()
                .filter(each -> each.path().size() > step.size())
                .filter(each -> each.path().subList(0, step.size()).equals(step))
                .filter(each -> Set.of("constant", "simple", "expression").contains(each.key()))
                .filter(each -> each.text().filter(SecretRule::literal).isPresent())
                .findFirst();
        literal.ifPresent(each -> findings.add(finding(file.name(), "Authorization", each.line())));
      }
    }
    return findings;
  }

  private static boolean literal(String text) {
    return !text.isBlank() && !text.contains("{{") && !text.contains("${");
  }

  private static void value(
      String file, String key, String text, int line, List<Finding> findings) {
    if (!KEY.matcher(key).matches() || text.isEmpty()) {
      return;
    }
    StringBuilder rest = new StringBuilder();
    boolean clear = false;
    Matcher place = PLACE.matcher(text);
    while (place.find()) {
      String otherwise = Optional.ofNullable(place.group(2)).orElse("");
      clear |= !otherwise.isBlank() && !SAMPLES.contains(otherwise.trim());
      place.appendReplacement(rest, "");
    }
    place.appendTail(rest);
    if (clear || (!rest.toString().isBlank() && !SAMPLES.contains(rest.toString().trim()))) {
      findings.add(finding(file, key, line));
    }
  }

  private static Finding finding(String file, String key, int line) {
    return new Finding(
        file,
        line,
        "the secret " + key + " stands in clear",
        "give it by {{env:NAME}} or {{file:path}}");
  }
}
