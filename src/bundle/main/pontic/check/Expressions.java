package pontic.check;

import java.util.Optional;
import java.util.Set;

/** Where texts in the language Simple stand in a route file. */
final class Expressions {
  private static final Set<String> PREDICATES =
      Set.of("filter", "when", "onWhen", "validate", "completionPredicate", "retryWhile");

  private Expressions() {}

  /** The text, if the key holds one: simple, its expression, a log's message, a bean's method. */
  static Optional<String> simple(Document.Entry entry) {
    boolean below = entry.key().equals("expression") && entry.above().equals("simple");
    boolean log = entry.key().equals("message") && entry.above().equals("log");
    boolean method = entry.key().equals("method");
    return entry.text().filter(text -> entry.key().equals("simple") || below || log || method);
  }

  /** Whether the text has to be true or false. */
  static boolean predicate(Document.Entry entry) {
    for (int i = entry.path().size() - 2; i >= 0; i--) {
      String key = entry.path().get(i);
      if (!key.matches("\\d+|expression|simple")) {
        return PREDICATES.contains(key);
      }
    }
    return false;
  }
}
