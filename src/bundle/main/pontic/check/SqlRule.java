package pontic.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pontic.capture.FeedFiles;
import pontic.capture.OfficeTables;
import pontic.store.ScratchTables;

/**
 * Statements only read, name parameters that somebody gives, and are SQL. Those for the store are
 * prepared against its tables; of those for an office the grammar, and tables and columns by the
 * list of what any version has, since no office is at hand.
 */
final class SqlRule {
  private static final Pattern WRITES =
      Pattern.compile(
          "(?i)(?<![.\\w])(?<!\\bas"
              + " )(insert|update|delete|replace\\s+into|merge|drop|alter|create|truncate|grant|revoke|lock|call|load\\s+data|into\\s+(out|dump)file|set|do|handler|rename|attach|pragma|vacuum)\\b");

  /** Office databases are MariaDB or MySQL; what only they know is no fault. */
  private static final Set<String> OFFICE_ONLY =
      Set.of(
          "interval",
          "div",
          "mod",
          "regexp",
          "rlike",
          "use",
          "force",
          "ignore",
          "straight_join",
          "using",
          "separator",
          "sounds",
          "xor",
          "binary",
          "collate",
          "sql_no_cache",
          "unsigned",
          "signed",
          "rollup",
          "lateral",
          "index",
          "partition");

  private static final Pattern PARAMETER = Pattern.compile(":#(\\$?\\{?[A-Za-z_][\\w.]*}?)");
  private static final Pattern NEAR = Pattern.compile("near \"([^\"]*)\": syntax error.*");
  private static final Pattern FILE_OF_FEED = Pattern.compile("sql/capture/([^:]+): (.*)");

  /**
   * How a file is used by a route.
   *
   * @param store whether it runs on Pontic's own store
   * @param parameters names that the route gives it; empty if a bean's result may give any
   */
  private record Use(boolean store, Optional<Set<String>> parameters) {}

  private static final Pattern QUOTED = Pattern.compile("'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`");
  private static final Pattern LINE_COMMENT = Pattern.compile("(?m)--.*$");
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/");
  private static final Pattern INCLUDE = Pattern.compile("(?m)^\\s*-- columns ([a-z-]+)\\s*$");

  private final ScratchTables tables;
  private final OfficeColumns office;

  SqlRule(ScratchTables tables, OfficeTables office) {
    this.tables = tables;
    this.office = new OfficeColumns(office);
  }

  List<Finding> check(Path home, List<RouteFile> routes, Set<String> feedParameters) {
    List<Finding> findings = new ArrayList<>();
    Map<String, Use> uses = uses(home, routes, findings);
    Map<String, List<String>> around = around(home);
    for (String name : Folder.files(home, "sql")) {
      if (!name.endsWith(".sql")) {
        findings.add(
            new Finding(name, 0, "the file is not read", "name it ….sql, or take it away"));
        continue;
      }
      Optional<String> text = Document.text(home.resolve(name), name, findings);
      if (text.isPresent()) {
        boolean feed = name.startsWith("sql/capture/");
        Use use =
            feed
                ? new Use(false, Optional.of(feedParameters))
                : uses.getOrDefault(name, new Use(false, Optional.empty()));
        if (!name.startsWith("sql/capture/columns/")) {
          statement(home, name, text.get(), use, findings);
        } else {
          words(name, text.get(), findings);
        }
        if (feed || uses.containsKey(name) && !use.store()) {
          findings.addAll(
              office.check(
                  name, text.get(), bare(text.get()), around.getOrDefault(name, List.of())));
        }
      }
    }
    if (Files.isDirectory(home.resolve("sql/capture"))) {
      feeds(home, findings);
    } else {
      findings.add(new Finding("sql/capture", 0, "there is no such folder", "put the feeds there"));
    }
    return findings;
  }

  /**
   * By the name of a file: bare texts of the feeds that take it for their columns, or of the
   * columns that it takes.
   */
  private static Map<String, List<String>> around(Path home) {
    List<Finding> unheard = new ArrayList<>();
    Map<String, String> feeds = new TreeMap<>();
    for (String file : Folder.files(home, "sql/capture")) {
      Document.text(home.resolve(file), file, unheard).ifPresent(text -> feeds.put(file, text));
    }
    Map<String, List<String>> around = new TreeMap<>();
    feeds.forEach(
        (file, text) -> {
          Matcher include = INCLUDE.matcher(text);
          while (include.find()) {
            String columns = "sql/capture/columns/" + include.group(1) + ".sql";
            around.computeIfAbsent(columns, name -> new ArrayList<>()).add(bare(text));
            around
                .computeIfAbsent(file, name -> new ArrayList<>())
                .add(bare(feeds.getOrDefault(columns, "")));
          }
        });
    return around;
  }

  private static Map<String, Use> uses(Path home, List<RouteFile> routes, List<Finding> findings) {
    Map<String, Use> uses = new TreeMap<>();
    for (RouteFile route : routes) {
      for (RouteFile.Endpoint endpoint : route.endpoints()) {
        Matcher file =
            Pattern.compile("(?:resource:)?file:\\{\\{pontic\\.home}}/(sql/.*)")
                .matcher(endpoint.rest());
        if (!endpoint.scheme().equals("sql") || !file.matches()) {
          continue;
        }
        String name = file.group(1);
        if (name.contains("{{")) {
          continue;
        }
        if (isDynamic(name) ? noneLike(home, name) : !Files.isRegularFile(home.resolve(name))) {
          findings.add(
              new Finding(
                  route.name(),
                  endpoint.line(),
                  "there is no file " + name,
                  Near.right(name, Folder.files(home, "sql"))));
        }
        RouteFile.Option source = endpoint.options().get("dataSource");
        boolean store = source != null && source.text().equals("#storeReader");
        uses.merge(
            name,
            new Use(store, given(route, endpoint)),
            (one, other) -> one.store() ? one : other);
      }
    }
    return uses;
  }

  private static boolean isDynamic(String name) {
    return name.contains("${");
  }

  /** Whether no file could be meant by {@code sql/capture/${header.feed}.sql}. */
  private static boolean noneLike(Path home, String name) {
    Pattern like =
        Pattern.compile(
            Stream.of(name.split("\\$\\{[^}]*}", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("[^/]+")));
    return Folder.files(home, "sql").stream().noneMatch(file -> like.matcher(file).matches());
  }

  /** Headers that are set before, unless a bean made the body: that may be a map of parameters. */
  private static Optional<Set<String>> given(RouteFile route, RouteFile.Endpoint endpoint) {
    Set<String> names = new TreeSet<>();
    for (RouteFile.Step step : route.steps()) {
      if (step.line() >= endpoint.line()) {
        break;
      }
      if (Set.of("bean", "setBody", "transform", "setHeaders", "unmarshal").contains(step.kind())) {
        return Optional.empty();
      }
      if (step.kind().equals("setHeader")) {
        Document.text(step.body(), "name").ifPresent(names::add);
      }
    }
    return Optional.of(names);
  }

  private void statement(Path home, String name, String text, Use use, List<Finding> findings) {
    int before = findings.size();
    words(name, text, findings);
    String bare = bare(text);
    Matcher first = Pattern.compile("\\S+").matcher(bare);
    if (!first.find()) {
      findings.add(new Finding(name, 1, "there is no statement", "write one select"));
      return;
    }
    if (!Set.of("select", "with", "(select").contains(first.group().toLowerCase(Locale.ROOT))
        && findings.size() == before) {
      findings.add(
          new Finding(
              name, line(bare, first.start()), "the statement is no select", "begin with select"));
    }
    if (use.parameters().isPresent()) {
      Matcher parameter = PARAMETER.matcher(bare);
      while (parameter.find()) {
        if (!use.parameters().get().contains(parameter.group(1))) {
          findings.add(
              new Finding(
                  name,
                  line(bare, parameter.start()),
                  "nobody gives the parameter :#" + parameter.group(1),
                  use.parameters().get().isEmpty()
                      ? "set a header of this name before the step"
                      : Near.right(parameter.group(1), use.parameters().get())));
        }
      }
    }
    if (findings.size() == before) {
      grammar(home, name, text, use.store(), findings);
    }
  }

  private static void words(String name, String text, List<Finding> findings) {
    String bare = bare(text);
    Matcher write = WRITES.matcher(bare);
    if (write.find()) {
      findings.add(
          new Finding(
              name,
              line(bare, write.start()),
              "the statement may write: " + write.group(1).toLowerCase(Locale.ROOT),
              "only select; Open Dental is written through its API alone"));
    }
    int end = bare.indexOf(';');
    if (end >= 0 && !bare.substring(end + 1).isBlank()) {
      findings.add(
          new Finding(
              name, line(bare, end), "there is more than one statement", "one statement a file"));
    }
    int quote = bare.indexOf('\'');
    if (quote >= 0) {
      findings.add(
          new Finding(name, line(bare, quote), "a quote is not closed", "write ' at its end"));
    }
  }

  private void grammar(Path home, String name, String text, boolean store, List<Finding> findings) {
    String sql = prepared(home, name, text);
    Optional<String> fault = tables.fault(sql);
    if (fault.isEmpty()) {
      return;
    }
    Matcher near = NEAR.matcher(fault.get());
    boolean syntax = near.matches();
    boolean half = fault.get().contains("incomplete input");
    if (!store
        && !half
        && (!syntax || OFFICE_ONLY.contains(near.group(1).toLowerCase(Locale.ROOT)))) {
      return;
    }
    findings.add(
        new Finding(
            name,
            half ? (int) text.stripTrailing().lines().count() : place(sql, fault.get()),
            half
                ? "the statement ends too early"
                : "this is no SQL that can be carried out: " + fault.get(),
            syntax
                ? "correct it at or before " + near.group(1)
                : half ? "complete it" : "compare with the tables of the store"));
  }

  /** The first line with which the same fault appears. */
  private int place(String sql, String fault) {
    StringBuilder begin = new StringBuilder();
    int number = 0;
    for (String line : sql.split("\n", -1)) {
      number++;
      begin.append(line).append('\n');
      if (tables.fault(begin.toString()).filter(fault::equals).isPresent()) {
        return number;
      }
    }
    Matcher word = Pattern.compile(": ([\\w.]+)").matcher(fault);
    int at = word.find() ? sql.indexOf(word.group(1)) : -1;
    return at < 0 ? 1 : line(sql, at);
  }

  /** As it reaches the database; lines keep their numbers. */
  private static String prepared(Path home, String name, String text) {
    StringBuilder sql = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      Matcher include = Pattern.compile("\\s*-- columns ([a-z-]+)\\s*").matcher(line);
      sql.append(include.matches() ? columns(home, include.group(1)) : line).append('\n');
    }
    return PARAMETER
        .matcher(bareOfComments(sql.toString()))
        .replaceAll("?")
        .replaceAll("(?i)\\binterval\\s+(\\d+|\\?)\\s+[a-z_]+", "0");
  }

  private static String columns(Path home, String name) {
    Path file = home.resolve("sql/capture/columns/" + name + ".sql");
    List<Finding> unheard = new ArrayList<>();
    return Document.text(file, name, unheard)
        .map(text -> bareOfComments(text).replaceAll("\\s+", " "))
        .orElse("1");
  }

  private static void feeds(Path home, List<Finding> findings) {
    try {
      FeedFiles.load(home.resolve("sql/capture"));
    } catch (IllegalArgumentException e) {
      String.valueOf(e.getMessage()).lines().forEach(line -> feed(home, line, findings));
    } catch (java.io.UncheckedIOException e) {
      // What cannot be read was told when its text was.
    }
  }

  private static void feed(Path home, String told, List<Finding> findings) {
    Matcher file = FILE_OF_FEED.matcher(told);
    if (file.matches()) {
      String name = "sql/capture/" + file.group(1);
      String[] parts = parts(file.group(2));
      findings.add(new Finding(name, header(home.resolve(name), parts[0]), parts[0], parts[1]));
    } else {
      findings.add(
          new Finding("sql/capture", 0, told, "see decisions 0092 and 0190 for what a feed says"));
    }
  }

  private static String[] parts(String what) {
    Matcher needs = Pattern.compile("its header needs '(-- (\\w+):.*?)'.*").matcher(what);
    if (needs.matches()) {
      return new String[] {
        "the header says no " + needs.group(2) + " that is understood",
        "write " + needs.group(1) + " at the top"
      };
    }
    return new String[] {what, "see decisions 0092 and 0190 for the header of a feed"};
  }

  private static int header(Path file, String what) {
    List<Finding> unheard = new ArrayList<>();
    List<String> lines =
        Document.text(file, "", unheard).map(text -> text.lines().toList()).orElse(List.of());
    for (String key :
        List.of(
            "resource",
            "versions",
            "cursor",
            "keys",
            "every",
            "page",
            "cost",
            "noise",
            "via",
            "deletes",
            "after",
            "columns")) {
      for (int i = 0; i < lines.size(); i++) {
        if (what.matches(".*\\b" + key + "\\b.*")
            && lines.get(i).matches("\\s*-- " + key + "\\b.*")) {
          return i + 1;
        }
      }
    }
    for (int i = 0; i < lines.size(); i++) {
      if (what.contains("come after") && lines.get(i).startsWith("-- after:")
          || what.contains("clock/") && lines.get(i).startsWith("-- cursor:")) {
        return i + 1;
      }
    }
    return 1;
  }

  /** The text with comments and quoted texts blanked out; lines and places stay. */
  private static String bare(String text) {
    return blank(bareOfComments(text), QUOTED);
  }

  private static String bareOfComments(String text) {
    return blank(blank(text, LINE_COMMENT), COMMENT);
  }

  private static String blank(String text, Pattern what) {
    StringBuilder blank = new StringBuilder(text);
    Matcher found = what.matcher(text);
    while (found.find()) {
      for (int i = found.start(); i < found.end(); i++) {
        if (text.charAt(i) != '\n') {
          blank.setCharAt(i, ' ');
        }
      }
    }
    return blank.toString();
  }

  private static int line(String text, int position) {
    return 1 + (int) text.substring(0, position).chars().filter(c -> c == '\n').count();
  }
}
