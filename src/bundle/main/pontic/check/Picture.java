package pontic.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.catalog.DefaultCamelCatalog;

/**
 * The routes of a folder and what they take from and give to, as a flowchart in Mermaid's language.
 */
public final class Picture {
  private static final List<String> AREAS = List.of("inbound", "outbound", "operations");

  /** What stands at the other end of a component, and whether a route that calls it only reads. */
  private record End(String name, boolean reads) {}

  private final Map<String, List<RouteFile>> areas = new LinkedHashMap<>();
  private final Map<String, String> takers = new LinkedHashMap<>();

  private Picture(Path home) {
    List<Finding> unheard = new ArrayList<>();
    Addresses addresses = new Addresses(new DefaultCamelCatalog(true));
    for (String area : AREAS) {
      List<RouteFile> routes = new ArrayList<>();
      for (String name : Folder.files(home, "routes/" + area)) {
        Document.read(home.resolve(name), name, unheard)
            .flatMap(document -> RouteFile.of(document, addresses, unheard))
            .ifPresent(routes::add);
      }
      areas.put(area, routes);
      for (RouteFile route : routes) {
        route.endpoints().stream()
            .filter(RouteFile.Endpoint::from)
            .forEach(from -> takers.put(from.scheme() + ":" + from.rest(), route.id()));
      }
    }
  }

  /**
   * @param home holds routes/
   */
  public static String of(Path home) {
    return new Picture(home.toAbsolutePath().normalize()).drawn();
  }

  private String drawn() {
    StringBuilder text = new StringBuilder("flowchart LR\n");
    Set<String> edges = new LinkedHashSet<>();
    areas.forEach(
        (area, routes) -> {
          text.append("  subgraph ").append(area).append('\n');
          for (RouteFile route : routes) {
            text.append("    ").append(node(route.id())).append(ticks(route) ? "([" : "[");
            text.append(route.id()).append(ticks(route) ? "])\n" : "]\n");
            edges.addAll(edges(route));
          }
          text.append("  end\n");
        });
    edges.forEach(edge -> text.append("  ").append(edge).append('\n'));
    return text.toString();
  }

  /** A route's id alone may be a word of the language. */
  private static String node(String route) {
    return "route-" + route;
  }

  private static boolean ticks(RouteFile route) {
    return route.endpoints().stream()
        .anyMatch(each -> each.from() && Set.of("timer", "quartz").contains(each.scheme()));
  }

  private List<String> edges(RouteFile route) {
    String here = node(route.id());
    List<String> edges = new ArrayList<>();
    for (RouteFile.Endpoint endpoint : route.endpoints()) {
      String name = endpoint.scheme() + ":" + endpoint.rest();
      if (endpoint.from()) {
        caller(endpoint).ifPresent(from -> edges.add(from + " --> " + here));
      } else if (takers.containsKey(name)) {
        String arrow = endpoint.scheme().equals("jms") ? " -. token .-> " : " --> ";
        edges.add(here + arrow + node(takers.get(name)));
      } else {
        end(endpoint)
            .ifPresent(
                end ->
                    edges.add(
                        end.reads() ? end.name() + " --> " + here : here + " --> " + end.name()));
      }
    }
    return edges;
  }

  /** Who hands over to a route that nothing here calls and no clock starts. */
  private static Optional<String> caller(RouteFile.Endpoint from) {
    return switch (from.scheme()) {
      case "netty" -> Optional.of("sender[/\"HL7 v2 sender\"/]");
      case "direct" ->
          from.rest().startsWith("accept-")
              ? Optional.of(
                  from.rest().equals("accept-hint")
                      ? "workstation[/\"Open Dental's workstation\"/]"
                      : "client[/\"FHIR client\"/]")
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<End> end(RouteFile.Endpoint to) {
    boolean store =
        Optional.ofNullable(to.options().get("dataSource"))
            .filter(source -> source.text().equals("#storeReader"))
            .isPresent();
    return switch (to.scheme()) {
      case "sql" ->
          Optional.of(
              store
                  ? new End("store[(store)]", true)
                  : new End("mysql[(\"Open Dental's MySQL\")]", true));
      case "http" -> Optional.of(new End("api[/\"Open Dental's API\"/]", false));
      case "fhir" -> Optional.of(new End("server[/\"FHIR server\"/]", false));
      case "netty" -> Optional.of(new End("engine[/\"HL7 v2 engine\"/]", false));
      default -> Optional.empty();
    };
  }
}
