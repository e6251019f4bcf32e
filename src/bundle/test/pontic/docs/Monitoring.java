package pontic.docs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Alert rules and dashboard of deploy/monitoring against what a running process tells. */
public final class Monitoring {

  private static final String RULES = "deploy/monitoring/pontic-rules.yaml";
  private static final String DASHBOARD = "deploy/monitoring/pontic-dashboard.json";

  /** What Prometheus itself adds to each sample. */
  private static final Set<String> SCRAPED = Set.of("instance", "job");

  private static final Set<String> FUNCTIONS =
      Set.of("sum", "max", "min", "count", "rate", "delta", "vector", "histogram_quantile");

  private static final Set<String> WORDS = Set.of("and", "or", "unless", "by");

  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{([^}]*)\\})? ");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"");
  private static final Pattern MATCHER =
      Pattern.compile("([a-zA-Z_]\\w*)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Pattern BY = Pattern.compile("\\bby\\s*\\(([^)]*)\\)");
  private static final Pattern NAME =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{([^}]*)\\})?");
  private static final Pattern IN_TEXT = Pattern.compile("\\$labels\\.(\\w+)");
  private static final Pattern IN_LEGEND = Pattern.compile("\\{\\{(\\w+)\\}\\}");

  private final Map<String, Set<String>> there = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private final String sources;

  private Monitoring(String metrics, String sources) {
    this.sources = sources;
    there.put("up", Set.of());
    Matcher sample = SAMPLE.matcher(metrics);
    while (sample.find()) {
      Set<String> labels = there.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
      String written = sample.group(2) == null ? "" : sample.group(2);
      LABEL.matcher(written).results().map(label -> label.group(1)).forEach(labels::add);
    }
  }

  /**
   * @param metrics what a process answered to GET /metrics while every gauge had a row
   */
  public static List<String> problems(String metrics) throws IOException {
    StringBuilder sources = new StringBuilder();
    for (String file : Project.files("src/bundle/main/pontic", ".java")) {
      sources.append(Project.text(file));
    }
    Monitoring monitoring = new Monitoring(metrics, sources.toString());
    monitoring.rules();
    monitoring.dashboard();
    return monitoring.problems;
  }

  private void rules() throws IOException {
    int alerts = 0;
    String page = Project.text("docs/deploy.md");
    for (JsonNode rule : Project.yaml(RULES).at("/groups/0/rules")) {
      String name = rule.path("alert").asText();
      Set<String> labels = expression(name, rule.path("expr").asText());
      String summary = rule.at("/annotations/summary").asText();
      String action = rule.at("/annotations/action").asText();
      use(name, IN_TEXT.matcher(summary + action).results(), labels);
      if (!summary.matches("(?s).{20,}\\.") || !action.matches("(?s).{20,}\\.")) {
        problems.add(name + " does not say in sentences what is so and what to do");
      }
      if (!page.contains("`" + name + "`")) {
        problems.add(name + " is not in docs/deploy.md");
      }
      alerts++;
    }
    if (alerts < 15) {
      problems.add("only " + alerts + " alerts were found in " + RULES);
    }
  }

  private void dashboard() throws IOException {
    JsonNode board = Project.yaml(DASHBOARD);
    int targets = 0;
    for (JsonNode panel : board.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        String title = panel.path("title").asText();
        Set<String> labels = expression(title, target.path("expr").asText());
        use(title, IN_LEGEND.matcher(target.path("legendFormat").asText()).results(), labels);
        targets++;
      }
    }
    if (targets < 20) {
      problems.add("only " + targets + " expressions were found in " + DASHBOARD);
    }
    for (JsonNode variable : board.at("/templating/list")) {
      Matcher values =
          Pattern.compile("label_values\\((\\w+), (\\w+)\\)")
              .matcher(variable.path("definition").asText());
      if (values.matches()
          && !there.getOrDefault(values.group(1), Set.of()).contains(values.group(2))) {
        problems.add("variable " + variable.path("name").asText() + " asks for " + values.group(0));
      }
    }
  }

  private void use(String where, Stream<MatchResult> used, Set<String> labels) {
    used.map(one -> one.group(1))
        .filter(label -> !labels.contains(label))
        .forEach(label -> problems.add(where + " shows label " + label + ", which is not there"));
  }

  /** Labels that its result has. */
  private Set<String> expression(String where, String text) {
    Set<String> kept = new TreeSet<>();
    BY.matcher(text)
        .results()
        .forEach(by -> kept.addAll(List.of(by.group(1).trim().split("\\s*,\\s*"))));
    String rest =
        BY.matcher(text)
            .replaceAll(" ")
            .replaceAll("\\[[^\\]]*\\]", "")
            .replaceAll("\\boffset \\d+[smhd]", "");
    Set<String> all = new TreeSet<>(SCRAPED);
    Matcher name = NAME.matcher(rest);
    int found = 0;
    while (name.find()) {
      boolean called = rest.substring(name.end()).stripLeading().startsWith("(");
      if (WORDS.contains(name.group(1)) || (called && FUNCTIONS.contains(name.group(1)))) {
        continue;
      }
      if (!there.containsKey(name.group(1))) {
        problems.add(where + " asks for " + name.group(1) + ", which is not there");
        continue;
      }
      found++;
      Set<String> labels = new TreeSet<>(SCRAPED);
      labels.addAll(there.get(name.group(1)));
      all.addAll(labels);
      MATCHER
          .matcher(name.group(2) == null ? "" : name.group(2))
          .results()
          .forEach(matcher -> matcher(where, name.group(1), matcher, labels));
    }
    if (found == 0) {
      problems.add(where + " asks for nothing: " + text);
    }
    kept.stream()
        .filter(label -> !all.contains(label))
        .forEach(label -> problems.add(where + " groups by " + label + ", which is not there"));
    return kept.isEmpty() ? all : kept;
  }

  private void matcher(String where, String metric, MatchResult matcher, Set<String> labels) {
    String label = matcher.group(1);
    if (!labels.contains(label)) {
      problems.add(where + ": " + metric + " has no label " + label);
    }
    if (!metric.startsWith("pontic_") || matcher.group(3).startsWith("$")) {
      return;
    }
    for (String value : matcher.group(3).split("\\|")) {
      if (!sources.contains("\"" + value + "\"") && !sources.contains("'" + value + "'")) {
        problems.add(where + ": nothing is ever " + label + " " + value);
      }
    }
  }
}
