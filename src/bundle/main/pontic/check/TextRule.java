package pontic.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values that are texts although somebody takes them for something else. Where a step keeps a value
 * Simple compares nothing by itself: {@code ${body.empty} == false} is the text "true == false"
 * unless {@code resultType: boolean} says that it is a condition. Seen in a shipped route (decision
 * 0195), where it held for ever.
 */
final class TextRule {
  private static final Set<String> KEEPS =
      Set.of("setProperty", "setHeader", "setVariable", "setBody", "transform", "headers");

  /** Words of people are operators only behind a function and before a value. */
  private static final Pattern COMPARES =
      Pattern.compile(
          "\\s(==|=~|!=|!=~|>=?|<=?|~~|!~~|&&|\\|\\|)\\s"
              + "|§ (!?(?:contains|regex|in|is|range|startsWith|endsWith)) (?:§|'')");

  private static final Pattern FUNCTION = Pattern.compile("\\$\\{[^{}]*}");
  private static final Pattern QUOTED = Pattern.compile("'[^']*'|\"[^\"]*\"");

  /** {@code ${exchangeProperty.count} > 5}. */
  private static final Pattern LATER =
      Pattern.compile(
          "\\$\\{(?:exchangeProperty|header|headers|variable)[.:]([\\w-]+)}\\s*(?:==|!=|>=?|<=?)\\s*(true|false|-?\\d+(?:\\.\\d+)?)(?=\\s|$)");

  private TextRule() {}

  /** A value that is a text, by the name under which it is kept. */
  private record Kept(String name, int line) {}

  static List<Finding> check(RouteFile file) {
    List<Finding> findings = new ArrayList<>();
    Map<String, Kept> texts = new HashMap<>();
    List<Document.Entry> entries = file.document().entries();
    for (Document.Entry entry : entries) {
      Optional<String> text = Expressions.simple(entry);
      if (text.isEmpty() || entry.key().equals("method") || entry.key().equals("message")) {
        continue;
      }
      if (isKept(entry)) {
        kept(file, entry, text.get(), texts, findings);
      } else {
        later(file, text.get(), entry, texts, findings);
      }
    }
    return findings;
  }

  private static void kept(
      RouteFile file,
      Document.Entry entry,
      String text,
      Map<String, Kept> texts,
      List<Finding> findings) {
    if (beside(file, entry, "resultType").isPresent()) {
      return;
    }
    String shape = shape(text);
    Matcher compares = COMPARES.matcher(shape);
    if (compares.find()) {
      findings.add(
          new Finding(
              file.name(),
              Document.line(entry.value()),
              "this keeps a text and compares nothing: " + compares.group().replaceAll("[§' ]", ""),
              "add resultType: boolean beside expression:, or compare where it is asked for"));
    } else if (!shape.strip().equals("§")) {
      named(file, entry)
          .ifPresent(name -> texts.put(name, new Kept(name, Document.line(entry.value()))));
    }
  }

  private static void later(
      RouteFile file,
      String text,
      Document.Entry entry,
      Map<String, Kept> texts,
      List<Finding> findings) {
    Matcher later = LATER.matcher(text);
    while (later.find()) {
      Kept kept = texts.get(later.group(1));
      if (kept != null) {
        boolean isCondition = later.group(2).matches("true|false");
        findings.add(
            new Finding(
                file.name(),
                kept.line(),
                kept.name()
                    + " is a text and is compared with "
                    + later.group(2)
                    + " in line "
                    + Document.line(entry.value()),
                "add resultType: "
                    + (isCondition ? "boolean" : "long")
                    + " beside expression:, or let it be one ${…} alone"));
      }
    }
  }

  /** The text with § for each function, which alone is kept as what it is, and '' for quotes. */
  private static String shape(String text) {
    String left = text;
    for (String before = ""; !before.equals(left); ) {
      before = left;
      left = FUNCTION.matcher(left).replaceAll("§");
    }
    return QUOTED.matcher(left).replaceAll("''");
  }

  private static boolean isKept(Document.Entry entry) {
    return KEEPS.contains(holder(entry));
  }

  /** The key whose value the text is: setProperty, when, filter … */
  private static String holder(Document.Entry entry) {
    for (int i = entry.path().size() - 2; i >= 0; i--) {
      String key = entry.path().get(i);
      if (!key.matches("\\d+|expression|simple")) {
        return key;
      }
    }
    return "";
  }

  /** The key beside the text, below {@code simple}. */
  private static Optional<String> beside(RouteFile file, Document.Entry entry, String key) {
    if (!entry.key().equals("expression")) {
      return Optional.empty();
    }
    return value(file, entry.path().subList(0, entry.path().size() - 1), key);
  }

  private static Optional<String> named(RouteFile file, Document.Entry entry) {
    for (int i = entry.path().size() - 1; i > 0; i--) {
      Optional<String> name = value(file, entry.path().subList(0, i), "name");
      if (name.isPresent()) {
        return name;
      }
      if (KEEPS.contains(entry.path().get(i - 1))) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static Optional<String> value(RouteFile file, List<String> above, String key) {
    return file.document().entries().stream()
        .filter(each -> each.key().equals(key))
        .filter(each -> each.path().size() == above.size() + 1)
        .filter(each -> each.path().subList(0, above.size()).equals(above))
        .findFirst()
        .flatMap(Document.Entry::text);
  }
}
