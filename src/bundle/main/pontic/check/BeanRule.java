package pontic.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.component.bean.BeanInfo;
import org.apache.camel.component.bean.MethodInfo;
import org.apache.camel.util.StringQuoteHelper;
import org.yaml.snakeyaml.nodes.Node;

/** Beans that routes name are there, and have the method with as many parameters as are given. */
final class BeanRule {
  private static final Pattern REFERENCE = Pattern.compile("#(?:bean:)?([A-Za-z][\\w{}.-]*)");

  /** As a method says itself: {@code public java.lang.Object pontic.lane.Lane.claim(String)}. */
  private static final Pattern NAME = Pattern.compile("\\.(\\w+)\\(");

  private final Surroundings surroundings;
  private final CamelContext camel;

  BeanRule(Surroundings surroundings, CamelContext camel) {
    this.surroundings = surroundings;
    this.camel = camel;
  }

  List<Finding> check(RouteFile file, java.util.function.UnaryOperator<String> filled) {
    List<Finding> findings = new ArrayList<>();
    for (Document.Entry entry : file.document().entries()) {
      if (Set.of("bean", "method").contains(entry.key()) && entry.text().isEmpty()) {
        called(file, entry, findings);
      }
    }
    for (RouteFile.Endpoint endpoint : file.endpoints()) {
      if (endpoint.scheme().equals("bean")) {
        method(file, endpoint.rest(), Optional.empty(), endpoint.line(), findings);
      }
      endpoint.options().forEach((name, option) -> named(file, option, filled, findings));
    }
    return findings;
  }

  private void named(
      RouteFile file,
      RouteFile.Option option,
      java.util.function.UnaryOperator<String> filled,
      List<Finding> findings) {
    for (String part : option.text().split(",")) {
      Matcher reference = REFERENCE.matcher(part.trim());
      if (reference.matches()) {
        String bean = filled.apply(reference.group(1));
        // A placeholder that nobody fills is told by itself.
        if (!bean.contains("{{")
            && !surroundings.beans().containsKey(bean)
            && !surroundings.standIns().containsKey(bean)) {
          Set<String> names = new TreeSet<>(surroundings.standIns().keySet());
          findings.add(
              new Finding(
                  file.name(), option.line(), "there is no bean " + bean, Near.right(bean, names)));
        }
      }
    }
  }

  private void called(RouteFile file, Document.Entry entry, List<Finding> findings) {
    Optional<Node> ref = Document.child(entry.value(), "ref");
    Optional<Node> type = Document.child(entry.value(), "beanType");
    if (ref.isEmpty()) {
      if (type.isEmpty()) {
        findings.add(
            new Finding(
                file.name(),
                entry.line(),
                "the step names no bean",
                "add ref: with one of " + some(surroundings.beans().keySet())));
      }
      return;
    }
    String bean = Document.text(ref.get()).orElse("");
    int line =
        Document.child(entry.value(), "method")
            .map(Document::line)
            .orElse(Document.line(ref.get()));
    if (!surroundings.beans().containsKey(bean)) {
      findings.add(
          new Finding(
              file.name(),
              Document.line(ref.get()),
              "there is no bean " + bean,
              Near.right(bean, surroundings.beans().keySet())));
      return;
    }
    method(file, bean, Document.text(entry.value(), "method"), line, findings);
  }

  private void method(
      RouteFile file, String bean, Optional<String> written, int line, List<Finding> findings) {
    Class<?> type = surroundings.beans().get(bean);
    if (type == null) {
      findings.add(
          new Finding(
              file.name(),
              line,
              "there is no bean " + bean,
              Near.right(bean, surroundings.beans().keySet())));
      return;
    }
    BeanInfo info = new BeanInfo(camel, type);
    Set<String> names =
        info.getMethods().stream()
            .map(BeanRule::name)
            .collect(Collectors.toCollection(TreeSet::new));
    if (written.isEmpty()) {
      if (names.size() > 1) {
        findings.add(
            new Finding(
                file.name(),
                line,
                "the step does not say what " + bean + " is to do",
                "add method: with one of " + some(names)));
      }
      return;
    }
    int bracket = written.get().indexOf('(');
    String name = (bracket < 0 ? written.get() : written.get().substring(0, bracket)).trim();
    List<MethodInfo> called =
        info.getMethods().stream().filter(each -> name(each).equals(name)).toList();
    if (called.isEmpty()) {
      findings.add(
          new Finding(file.name(), line, bean + " has no method " + name, Near.right(name, names)));
      return;
    }
    if (bracket < 0) {
      return;
    }
    if (!written.get().trim().endsWith(")")) {
      findings.add(
          new Finding(
              file.name(),
              line,
              "the bracket of " + name + " does not close",
              "write ) at its end"));
      return;
    }
    int given = parameters(written.get().substring(bracket + 1, written.get().lastIndexOf(')')));
    Set<Integer> taken =
        called.stream()
            .map(each -> each.getParameters().size())
            .collect(Collectors.toCollection(TreeSet::new));
    if (!taken.contains(given)) {
      findings.add(
          new Finding(
              file.name(),
              line,
              bean + "." + name + " is given " + given + " parameters",
              "give it "
                  + taken.stream().map(String::valueOf).collect(Collectors.joining(" or "))));
    }
  }

  private static int parameters(String text) {
    return text.isBlank() ? 0 : StringQuoteHelper.splitSafeQuote(text, ',', true, true).length;
  }

  private static String name(MethodInfo method) {
    Matcher name = NAME.matcher(method.toString());
    String found = "";
    while (name.find()) {
      found = name.group(1);
    }
    return found;
  }

  private static String some(Set<String> names) {
    return new TreeSet<>(names).stream().limit(12).collect(Collectors.joining(", "));
  }
}
