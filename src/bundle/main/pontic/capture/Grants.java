package pontic.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code show grants} says of an account. */
final class Grants {
  /** GRANT SELECT, INSERT (`a`, `b`) ON `elm`.* TO … */
  private static final Pattern GRANT =
      Pattern.compile("GRANT (.+?) ON (.+?) TO .*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern COLUMNS = Pattern.compile("\\([^)]*\\)");

  private static final Set<String> READS =
      Set.of(
          "USAGE",
          "SELECT",
          "SHOW VIEW",
          "SHOW DATABASES",
          "PROCESS",
          "REPLICATION CLIENT",
          "BINLOG MONITOR",
          "SLAVE MONITOR",
          "REPLICA MONITOR");

  private Grants() {}

  /** What goes beyond reading; what is not understood, as a role, may. */
  static List<String> writing(List<String> grants) {
    List<String> writing = new ArrayList<>();
    for (String grant : grants) {
      Matcher parts = GRANT.matcher(grant);
      if (!parts.matches()) {
        writing.add("a role or something else that is no plain grant");
        continue;
      }
      Stream.of(COLUMNS.matcher(parts.group(1)).replaceAll("").split(","))
          .map(right -> right.trim().toUpperCase(Locale.ROOT))
          .filter(right -> !READS.contains(right))
          .map(right -> right + " on " + parts.group(2))
          .forEach(writing::add);
    }
    return writing;
  }
}
