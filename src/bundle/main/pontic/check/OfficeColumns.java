package pontic.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pontic.capture.OfficeTables;

/**
 * Tables and columns of statements for an office's database, as far as a table is named beside
 * {@code from} or {@code join} and a column behind that table or its alias. A line that says {@code
 * -- needs table.column} may name what no known version has: each office is asked for it.
 */
final class OfficeColumns {
  private static final Pattern TABLE =
      Pattern.compile("(?i)\\b(?:from|join)\\s+([a-z_]\\w*)(?:\\s+(?:as\\s+)?([a-z_]\\w*))?");

  private static final Pattern DERIVED = Pattern.compile("(?i)\\)\\s*(?:as\\s+)?([a-z_]\\w*)");
  private static final Pattern COMMON = Pattern.compile("(?i)\\b([a-z_]\\w*)\\s+as\\s*\\(");
  private static final Pattern COLUMN = Pattern.compile("\\b([A-Za-z_]\\w*)\\.([A-Za-z_]\\w*)\\b");
  private static final Pattern NEEDS = Pattern.compile("--\\s*needs\\s");

  private static final Set<String> NO_ALIAS =
      Set.of(
          "on",
          "where",
          "left",
          "right",
          "inner",
          "outer",
          "cross",
          "join",
          "natural",
          "using",
          "use",
          "force",
          "ignore",
          "group",
          "order",
          "having",
          "limit",
          "union",
          "straight_join",
          "for",
          "set",
          "then",
          "else",
          "end",
          "when",
          "and",
          "or");

  private final OfficeTables office;

  OfficeColumns(OfficeTables office) {
    this.office = office;
  }

  /**
   * @param bare the text without comments and quoted texts
   * @param around texts that are put together with this one, bare too
   */
  List<Finding> check(String name, String text, String bare, List<String> around) {
    List<Finding> findings = new ArrayList<>();
    List<String> lines = text.lines().toList();
    Set<String> derived = new HashSet<>(found(COMMON, bare));
    Matcher table = TABLE.matcher(bare);
    while (table.find()) {
      String named = table.group(1);
      int line = line(bare, table.start(1));
      if (office.columns(named).isEmpty()
          && !derived.contains(named.toLowerCase(Locale.ROOT))
          && !needs(lines, line)) {
        findings.add(
            new Finding(
                name,
                line,
                "no table " + named + " of Open Dental is known here",
                right(named, office.names())));
      }
    }
    Map<String, Set<String>> tables = new HashMap<>();
    List<String> all = new ArrayList<>(around);
    all.add(bare);
    for (String each : all) {
      derived.addAll(found(COMMON, each));
      derived.addAll(found(DERIVED, each));
      Matcher owner = TABLE.matcher(each);
      while (owner.find()) {
        add(tables, owner.group(1), owner.group(1));
        Optional.ofNullable(owner.group(2))
            .filter(alias -> !NO_ALIAS.contains(alias.toLowerCase(Locale.ROOT)))
            .ifPresent(alias -> add(tables, alias, owner.group(1)));
      }
    }
    derived.forEach(tables::remove);
    Matcher column = COLUMN.matcher(bare);
    while (column.find()) {
      Set<String> of = tables.getOrDefault(column.group(1).toLowerCase(Locale.ROOT), Set.of());
      int line = line(bare, column.start());
      if (!of.isEmpty()
          && of.stream().allMatch(one -> office.columns(one).isPresent())
          && of.stream().noneMatch(one -> office.columns(one).get().contains(column.group(2)))
          && !needs(lines, line)) {
        Set<String> names = new TreeSet<>();
        of.forEach(one -> names.addAll(office.columns(one).get()));
        findings.add(
            new Finding(
                name,
                line,
                String.join(" and ", new TreeSet<>(of)) + " has no column " + column.group(2),
                right(column.group(2), names)));
      }
    }
    return findings;
  }

  private static String right(String written, Set<String> known) {
    return Near.meant(written.toLowerCase(Locale.ROOT), known)
            .map(word -> "write " + word + ", or")
            .orElse("if an office has it,")
        + " end the line with -- needs TABLE.COLUMN";
  }

  private static void add(Map<String, Set<String>> tables, String name, String table) {
    tables
        .computeIfAbsent(name.toLowerCase(Locale.ROOT), key -> new TreeSet<>())
        .add(table.toLowerCase(Locale.ROOT));
  }

  private static Set<String> found(Pattern pattern, String text) {
    Set<String> names = new HashSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1).toLowerCase(Locale.ROOT));
    }
    return names;
  }

  private static boolean needs(List<String> lines, int line) {
    return NEEDS.matcher(lines.get(line - 1)).find();
  }

  private static int line(String text, int position) {
    return 1 + (int) text.substring(0, position).chars().filter(c -> c == '\n').count();
  }
}
