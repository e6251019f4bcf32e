package pontic.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** What names something in another file: partners of direct: and jms:, property keys. */
final class Links {
  /** {@code {{key}}}, {@code {{key:default}}}, {@code {{?key}}}. */
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\??)([^{}:]+)(:[^{}]*)?}}");

  private Links() {}

  private record End(RouteFile file, String name, int line) {}

  /** Each end of a direct: and of a queue has its other end. */
  static List<Finding> partners(List<RouteFile> files, Set<String> handOvers) {
    List<Finding> findings = new ArrayList<>();
    for (String scheme : List.of("direct", "jms")) {
      List<End> from = new ArrayList<>();
      List<End> to = new ArrayList<>();
      for (RouteFile file : files) {
        for (RouteFile.Endpoint endpoint : file.endpoints()) {
          String name = endpoint.rest().replaceFirst("^queue:", "");
          if (endpoint.scheme().equals(scheme) && !name.contains("{{") && !name.contains("${")) {
            (endpoint.from() ? from : to).add(new End(file, name, endpoint.line()));
          }
        }
      }
      ends(scheme, from, to, scheme.equals("direct") ? handOvers : Set.of(), findings);
    }
    return findings;
  }

  private static void ends(
      String scheme, List<End> from, List<End> to, Set<String> handOvers, List<Finding> findings) {
    Set<String> begins =
        from.stream().map(End::name).collect(Collectors.toCollection(TreeSet::new));
    Set<String> sent = to.stream().map(End::name).collect(Collectors.toCollection(TreeSet::new));
    Function<String, String> shown =
        name -> scheme + ":" + (scheme.equals("jms") ? "queue:" : "") + name;
    for (End end : to) {
      if (!begins.contains(end.name())) {
        findings.add(
            new Finding(
                end.file().name(),
                end.line(),
                "no route begins with " + shown.apply(end.name()),
                Near.meant(end.name(), begins)
                    .map(name -> "write " + shown.apply(name))
                    .orElse("add a route with from: " + shown.apply(end.name()))));
      }
    }
    Set<String> seen = new TreeSet<>();
    for (End end : from) {
      if (!seen.add(end.name())) {
        findings.add(
            new Finding(
                end.file().name(),
                end.line(),
                "another route begins with " + shown.apply(end.name()) + " too",
                "let one route begin with it"));
      } else if (!sent.contains(end.name()) && !handOvers.contains(end.name())) {
        findings.add(
            new Finding(
                end.file().name(),
                end.line(),
                "nothing is sent to " + shown.apply(end.name()),
                Near.meant(end.name(), handOvers)
                    .map(name -> "write " + shown.apply(name))
                    .orElse("send to it in another route, or take this one away")));
      }
    }
    for (String name : handOvers) {
      if (!begins.contains(name)) {
        findings.add(
            new Finding(
                "routes",
                0,
                "no route begins with " + shown.apply(name) + ", to which Pontic itself hands over",
                "add a route with from: " + shown.apply(name)));
      }
    }
  }

  /** Placeholders without a default that have no value. */
  static List<Finding> places(RouteFile file, Set<String> known) {
    List<Finding> findings = new ArrayList<>();
    Set<String> here = new TreeSet<>(known);
    here.addAll(file.parameters().keySet());
    for (Document.Entry entry : file.document().entries()) {
      if (!(entry.value() instanceof ScalarNode scalar)) {
        continue;
      }
      Matcher place = PLACE.matcher(scalar.getValue());
      while (place.find()) {
        String key = place.group(2).trim();
        boolean optional =
            !place.group(1).isEmpty() || Optional.ofNullable(place.group(3)).isPresent();
        if (!optional && !here.contains(key)) {
          findings.add(
              new Finding(
                  file.name(),
                  Document.line(scalar),
                  "{{" + key + "}} has no value",
                  Near.meant(key, here)
                      .map(meant -> "write {{" + meant + "}}")
                      .orElse(
                          "add routes."
                              + key.replaceFirst("^routes\\.", "")
                              + "=… to application.properties and write it as {{routes."
                              + key.replaceFirst("^routes\\.", "")
                              + "}}")));
        }
      }
    }
    return findings;
  }
}
