package pontic.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules of the house that a route file can break although Camel would take it. */
final class HouseRules {
  private static final Pattern KEBAB = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(localhost|\\d{1,3}(\\.\\d{1,3}){3}|[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+).*|[^/]*:\\d{1,5}(/.*)?");
  private static final Set<String> WITH_HOST =
      Set.of(
          "netty",
          "netty-http",
          "http",
          "https",
          "fhir",
          "mllp",
          "ftp",
          "sftp",
          "ftps",
          "smtp",
          "smtps");
  private static final Pattern RATE =
      Pattern.compile(
          "(?i)period|delay|initialDelay|(trigger\\.)?repeatInterval|cron|schedule|.*consumers|.*timeout|.*timeoutMillis|throttle.*|maximumRequests");
  private static final Pattern COMPUTES =
      Pattern.compile(
          "\\$\\{(abs|average|ceil|collate|distinct|filter|floor|foreach|forEach|list|map|max|min|range|reverse|sort|sum)\\(|\\+\\+|\\$\\{[^}]*}\\s*--");

  private final List<Surroundings.Seam> seams;

  HouseRules(List<Surroundings.Seam> seams) {
    this.seams = seams;
  }

  List<Finding> check(List<RouteFile> files) {
    List<Finding> findings = new ArrayList<>();
    Map<String, String> ids = new HashMap<>();
    Map<String, String> steps = new HashMap<>();
    Set<String> configurations = new TreeSet<>();
    files.stream()
        .filter(each -> each.kind() == RouteFile.Kind.CONFIGURATION)
        .forEach(each -> configurations.add(each.id()));
    for (RouteFile file : files) {
      named(file, ids, findings);
      described(file, findings);
      if (file.kind() != RouteFile.Kind.CONFIGURATION) {
        answered(file, configurations, findings);
      }
      stepIds(file, steps, findings);
      addresses(file, findings);
      expressions(file, findings);
      findings.addAll(TextRule.check(file));
      for (int line : file.document().comments()) {
        findings.add(
            new Finding(
                file.name(),
                line,
                "a comment, which editors of routes take away",
                "write it as description: of the route or step"));
      }
    }
    seams.forEach(seam -> seam(seam, files, findings));
    return findings;
  }

  private static void named(RouteFile file, Map<String, String> ids, List<Finding> findings) {
    String stem = RouteFile.stem(file.name());
    int line = file.document().line(List.of("0", key(file), "id"));
    if (!KEBAB.matcher(stem).matches()) {
      findings.add(
          new Finding(
              file.name(),
              0,
              "the file's name is not in small letters with hyphens",
              "name it such as send-fhir" + RouteFile.SUFFIX));
    }
    if (file.id().isEmpty()) {
      return;
    }
    String other = ids.putIfAbsent(file.id(), file.name());
    if (other != null) {
      findings.add(
          new Finding(
              file.name(),
              line,
              "the id " + file.id() + " is that of " + other + " too",
              "give each route an id of its own, and its file that name"));
    } else if (!file.id().equals(stem) && KEBAB.matcher(stem).matches()) {
      findings.add(
          new Finding(
              file.name(),
              line,
              "the id " + file.id() + " is not the file's name",
              "name the file " + file.id() + RouteFile.SUFFIX + ", or write id: " + stem));
    }
    Document.text(file.route(), "id")
        .filter(id -> file.kind() == RouteFile.Kind.TEMPLATE && !id.equals(file.id()))
        .ifPresent(
            id ->
                findings.add(
                    new Finding(
                        file.name(),
                        file.document().line(List.of("0", key(file), "route", "id")),
                        "the route's id " + id + " is not that of its template",
                        "write id: " + file.id())));
    for (RouteFile.Endpoint endpoint : file.endpoints()) {
      if (endpoint.from()
          && endpoint.scheme().equals("jms")
          && !endpoint.rest().replaceFirst("^queue:", "").equals(file.id())) {
        findings.add(
            new Finding(
                file.name(),
                endpoint.line(),
                "the route's queue is not called as the route",
                "write uri: jms:queue:" + file.id()));
      }
    }
  }

  private static void described(RouteFile file, List<Finding> findings) {
    if (blank(Document.text(file.body(), "description"))) {
      findings.add(
          new Finding(
              file.name(),
              file.document().line(List.of("0", key(file))),
              "the " + key(file) + " has no description",
              "add description: with a sentence that says what it is for"));
    }
    if (file.kind() == RouteFile.Kind.TEMPLATE) {
      int position = 0;
      for (String parameter : file.parameters().keySet()) {
        List<String> path = List.of("0", key(file), "parameters", "" + position++);
        boolean said =
            file.document().entries().stream()
                .anyMatch(
                    each ->
                        each.key().equals("description")
                            && each.path().subList(0, each.path().size() - 1).equals(path));
        if (!said) {
          findings.add(
              new Finding(
                  file.name(),
                  file.document().line(path),
                  "the parameter " + parameter + " has no description",
                  "add description: with what it is"));
        }
      }
    }
  }

  private static void answered(RouteFile file, Set<String> configurations, List<Finding> findings) {
    Optional<String> named = Document.text(file.route(), "routeConfigurationId");
    if (blank(named)) {
      findings.add(
          new Finding(
              file.name(),
              file.document().line(List.of("0", key(file))),
              "the route does not say what happens at a fault",
              "add routeConfigurationId: with one of "
                  + String.join(", ", configurations)
                  + " (routes/errors)"));
    } else if (!configurations.contains(named.get())) {
      findings.add(
          new Finding(
              file.name(),
              Document.line(Document.child(file.route(), "routeConfigurationId").get()),
              "there is no error configuration " + named.get(),
              Near.right(named.get(), configurations)));
    }
  }

  private static void stepIds(RouteFile file, Map<String, String> all, List<Finding> findings) {
    Set<String> here = new HashSet<>();
    boolean template = file.kind() == RouteFile.Kind.TEMPLATE;
    for (RouteFile.Step step : file.steps()) {
      if (step.id().isEmpty()) {
        String example = (template ? "" : file.id() + "-") + "what-it-does";
        findings.add(
            new Finding(
                file.name(),
                step.line(),
                "the step " + step.kind() + " has no id",
                "add id: " + example + ", its name in Hawtio and on receipts"));
      }
    }
    for (Document.Entry entry : file.document().entries()) {
      if (!entry.key().equals("id") || entry.text().isEmpty() || entry.path().size() <= 3) {
        continue;
      }
      String id = entry.text().get();
      boolean routeOfTemplate =
          template && entry.path().size() == 4 && entry.above().equals("route");
      if (routeOfTemplate) {
        continue;
      }
      if (!KEBAB.matcher(id).matches()) {
        findings.add(
            new Finding(
                file.name(),
                entry.line(),
                "the id " + id + " is not in small letters with hyphens",
                "write it such as " + file.id() + "-store"));
      } else if (!template && !id.equals(file.id()) && !id.startsWith(file.id() + "-")) {
        findings.add(
            new Finding(
                file.name(),
                entry.line(),
                "the id " + id + " does not begin with that of its file",
                "write " + file.id() + "-" + id));
      }
      String other = template ? null : all.putIfAbsent(id, file.name() + ":" + entry.line());
      if (!here.add(id) || other != null) {
        findings.add(
            new Finding(
                file.name(),
                entry.line(),
                "the id " + id + " is there twice" + (other == null ? "" : ", also in " + other),
                "give each step an id of its own"));
      }
    }
  }

  private static void addresses(RouteFile file, List<Finding> findings) {
    for (RouteFile.Endpoint endpoint : file.endpoints()) {
      String scheme = endpoint.scheme();
      if (endpoint.step().equals("toD")
          && (Set.of("direct", "jms", "seda", "vm").contains(scheme)
              || endpoint.uri().startsWith("${"))) {
        findings.add(
            new Finding(
                file.name(),
                endpoint.line(),
                "toD hides from the picture where the route goes",
                "write to: with a fixed uri, below a choice if there are several"));
      }
      if (WITH_HOST.contains(scheme)) {
        String host = endpoint.rest().replaceFirst("^(tcp|udp)://", "").replaceFirst("^//", "");
        if (ADDRESS.matcher(host).matches()) {
          findings.add(
              new Finding(
                  file.name(),
                  endpoint.line(),
                  "a host or port stands in the route",
                  "write a {{placeholder}} and its value in config/"));
        }
      }
      if (Set.of("http", "https").contains(scheme) && !endpoint.from()) {
        RouteFile.Option option = endpoint.options().get("throwExceptionOnFailure");
        if (option == null || !option.text().equals("false")) {
          findings.add(
              new Finding(
                  file.name(),
                  option == null ? endpoint.line() : option.line(),
                  "http would throw an exception whose text carries the URL",
                  "add throwExceptionOnFailure: false"));
        }
      }
      if (scheme.equals("netty")
          && !endpoint.from()
          && file.parameters().containsKey("destination")) {
        secure(file, endpoint, "ssl", "{{tls}}", findings);
        secure(file, endpoint, "sslContextParameters", "#destinationTls-{{destination}}", findings);
      }
      if (scheme.equals("sql") && !endpoint.rest().matches("(resource:)?(file|classpath):.*")) {
        findings.add(
            new Finding(
                file.name(),
                endpoint.line(),
                "SQL stands in the route",
                "write it to a file of sql/ and uri: sql:resource:file:{{pontic.home}}/sql/…"));
      }
      endpoint.options().forEach((name, option) -> option(file, endpoint, name, option, findings));
    }
  }

  private static void secure(
      RouteFile file,
      RouteFile.Endpoint endpoint,
      String name,
      String wanted,
      List<Finding> findings) {
    Optional<RouteFile.Option> option = Optional.ofNullable(endpoint.options().get(name));
    if (option.filter(each -> each.text().equals(wanted)).isEmpty()) {
      findings.add(
          new Finding(
              file.name(),
              option.map(RouteFile.Option::line).orElse(endpoint.line()),
              "what goes to an mllps:// destination would go in the clear",
              "write " + name + ": \"" + wanted + "\""));
    }
  }

  private static void option(
      RouteFile file,
      RouteFile.Endpoint endpoint,
      String name,
      RouteFile.Option option,
      List<Finding> findings) {
    if (RATE.matcher(name).matches()
        && option.text().matches(".*[1-9].*")
        && !option.text().contains("{{")) {
      findings.add(
          new Finding(
              file.name(),
              option.line(),
              "a rate or time stands in the route: " + name,
              "write \"{{routes." + file.id() + "." + kebab(name) + ":" + option.text() + "}}\""));
    }
    if (name.matches("(?i)serverUrl|host|hostname|port|proxyHost|proxyPort|brokerURL")
        && !option.text().contains("{{")
        && !option.text().startsWith("#")) {
      findings.add(
          new Finding(
              file.name(),
              option.line(),
              "a host or port stands in the route",
              "write a {{placeholder}} and its value in config/"));
    }
  }

  private static String kebab(String name) {
    return name.substring(name.lastIndexOf('.') + 1)
        .replaceAll("([A-Z])", "-$1")
        .toLowerCase(java.util.Locale.ROOT);
  }

  private static void expressions(RouteFile file, List<Finding> findings) {
    for (Document.Entry entry : file.document().entries()) {
      Optional<String> text = Expressions.simple(entry);
      if (text.isPresent()) {
        Matcher computes = COMPUTES.matcher(text.get());
        if (computes.find()) {
          findings.add(
              new Finding(
                  file.name(),
                  Document.line(entry.value()),
                  "Simple computes here",
                  "let a bean do it; Simple only reads and compares"));
        }
      }
      if (entry.key().equals("name")
          && entry.text().filter("CamelSqlQuery"::equals).isPresent()
          && !entry.path().contains("expression")) {
        boolean literal =
            file.document().entries().stream()
                .anyMatch(
                    each ->
                        each.path().size() > entry.path().size()
                            && each.path()
                                .subList(0, entry.path().size() - 1)
                                .equals(entry.path().subList(0, entry.path().size() - 1))
                            && each.key().equals("constant"));
        if (literal) {
          findings.add(
              new Finding(
                  file.name(),
                  entry.line(),
                  "SQL stands in the route",
                  "write it to a file of sql/"));
        }
      }
    }
  }

  private static void seam(Surroundings.Seam seam, List<RouteFile> files, List<Finding> findings) {
    Optional<RouteFile> route =
        files.stream().filter(each -> each.id().equals(seam.route())).findFirst();
    if (route.isEmpty()) {
      return;
    }
    RouteFile file = route.get();
    List<RouteFile.Step> steps = file.steps();
    int after = position(steps, seam.after());
    int before = position(steps, seam.before());
    if (after < 0 || before < after) {
      findings.add(
          new Finding(
              file.name(),
              after < 0 ? file.line() + 1 : steps.get(after).line(),
              "the steps " + seam.after() + " and " + seam.before() + " do not follow each other",
              "keep both, in this order; between them is the seam for steps of your own"));
      return;
    }
    for (RouteFile.Step step : steps.subList(after + 1, before)) {
      String property = Document.text(step.body(), "name").orElse("");
      if ((Set.of("setProperty", "removeProperty").contains(step.kind())
              && seam.keeps().contains(property))
          || (step.kind().equals("removeProperties") && !seam.keeps().isEmpty())) {
        findings.add(
            new Finding(
                file.name(),
                step.line(),
                "the step takes away what must stay at the seam: "
                    + String.join(", ", new TreeSet<>(seam.keeps())),
                "use a property of another name"));
      }
    }
  }

  private static int position(List<RouteFile.Step> steps, String id) {
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).id().filter(id::equals).isPresent()) {
        return i;
      }
    }
    return -1;
  }

  private static String key(RouteFile file) {
    return file.kind().key();
  }

  private static boolean blank(Optional<String> text) {
    return text.filter(each -> !each.isBlank()).isEmpty();
  }
}
