package pontic.check;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.ComponentModel;

/** Compares endpoints with Camel's catalogue: unknown components and options, wrong values. */
final class CatalogRule {
  private final CamelCatalog catalog;

  CatalogRule(CamelCatalog catalog) {
    this.catalog = catalog;
  }

  List<Finding> check(RouteFile file) {
    List<Finding> findings = new ArrayList<>();
    for (RouteFile.Endpoint endpoint : file.endpoints()) {
      if (!endpoint.scheme().contains("{{") && !endpoint.scheme().contains("${")) {
        endpoint(file.name(), endpoint, findings);
      }
    }
    return findings;
  }

  boolean knows(String scheme) {
    return catalog.componentModel(scheme) != null;
  }

  /** Whether an option of an endpoint is a secret; false for what the catalogue does not know. */
  boolean secret(String scheme, String option) {
    ComponentModel model = catalog.componentModel(scheme);
    return model != null
        && model.getEndpointParameterOptions().stream()
            .anyMatch(each -> each.getName().equals(option) && each.isSecret());
  }

  private void endpoint(String name, RouteFile.Endpoint endpoint, List<Finding> findings) {
    ComponentModel model = catalog.componentModel(endpoint.scheme());
    if (model == null) {
      findings.add(
          new Finding(
              name,
              endpoint.line(),
              "unknown component " + endpoint.scheme(),
              Near.right(endpoint.scheme(), catalog.findComponentNames())));
      return;
    }
    Set<String> options =
        model.getEndpointParameterOptions().stream()
            .map(BaseOptionModel::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    EndpointValidationResult result =
        catalog.validateEndpointProperties(uri(endpoint), false, endpoint.from(), !endpoint.from());
    for (String unknown : set(result.getUnknown())) {
      found(findings, name, endpoint, unknown, "unknown option", Near.right(unknown, options));
    }
    // A misspelt option of a lenient component would become part of the address that it asks.
    for (String unknown : set(result.getLenient())) {
      found(findings, name, endpoint, unknown, "unknown option", Near.right(unknown, options));
    }
    for (String other : set(result.getNotConsumerOnly())) {
      found(
          findings,
          name,
          endpoint,
          other,
          "no option where a route begins:",
          "write it where the endpoint is sent to, or take it away");
    }
    for (String other : set(result.getNotProducerOnly())) {
      found(
          findings,
          name,
          endpoint,
          other,
          "no option where something is sent to:",
          "write it in from:, or take it away");
    }
    boolean whole = !endpoint.rest().contains("{{");
    for (String missing : whole ? set(result.getRequired()) : Set.<String>of()) {
      findings.add(
          new Finding(
              name,
              endpoint.line(),
              endpoint.scheme() + " lacks " + missing,
              "add it; the form is " + model.getSyntax()));
    }
    wrong(findings, name, endpoint, result.getInvalidBoolean(), "write true or false");
    wrong(findings, name, endpoint, result.getInvalidInteger(), "write a whole number");
    wrong(findings, name, endpoint, result.getInvalidNumber(), "write a number");
    wrong(findings, name, endpoint, result.getInvalidDuration(), "write a time such as 5s or 500");
    wrong(findings, name, endpoint, result.getInvalidReference(), "write the bean as \"#name\"");
    if (result.getInvalidEnum() != null) {
      for (Object key : result.getInvalidEnum().keySet()) {
        String option = String.valueOf(key);
        wrong(
            findings,
            name,
            endpoint,
            Map.of(option, result.getInvalidEnum().get(key)),
            "write one of " + choices(result, option));
      }
    }
    if (result.getSyntaxError() != null) {
      findings.add(
          new Finding(
              name,
              endpoint.line(),
              "the address " + endpoint.uri() + " is not understood",
              "write it as " + model.getSyntax()));
    }
  }

  private static String choices(EndpointValidationResult result, String option) {
    Object choices =
        result.getInvalidEnumChoices() == null ? null : result.getInvalidEnumChoices().get(option);
    return choices instanceof String[] list ? String.join(", ", list) : "the catalogue's values";
  }

  private static void wrong(
      List<Finding> findings,
      String name,
      RouteFile.Endpoint endpoint,
      Map<?, ?> values,
      String right) {
    if (values != null) {
      values.forEach(
          (key, value) ->
              found(
                  findings,
                  name,
                  endpoint,
                  String.valueOf(key),
                  "\"" + value + "\" does not fit the option",
                  right));
    }
  }

  private static void found(
      List<Finding> findings,
      String name,
      RouteFile.Endpoint endpoint,
      String option,
      String what,
      String right) {
    RouteFile.Option at = endpoint.options().get(option);
    findings.add(
        new Finding(
            name,
            at == null ? endpoint.line() : at.line(),
            what + " " + option + " of " + endpoint.scheme(),
            right));
  }

  private static Set<String> set(Set<?> found) {
    return found == null
        ? Set.of()
        : found.stream().map(String::valueOf).collect(Collectors.toCollection(TreeSet::new));
  }

  private static String uri(RouteFile.Endpoint endpoint) {
    String query =
        endpoint.options().entrySet().stream()
            .map(
                each ->
                    each.getKey()
                        + "="
                        + URLEncoder.encode(each.getValue().text(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return endpoint.uri() + (query.isEmpty() ? "" : "?" + query);
  }
}
