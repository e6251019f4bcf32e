package pontic.operations;

import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/**
 * The routes of the Camel contexts that are live, each of which must run; none at all is not
 * healthy.
 */
public final class CamelRoutes implements Routes, HealthCheck {

  private final Supplier<List<CamelContext>> contexts;

  /**
   * @param contexts asked at each look
   */
  public CamelRoutes(Supplier<List<CamelContext>> contexts) {
    this.contexts = contexts;
  }

  @Override
  public List<RouteState> routes() {
    return contexts.get().stream()
        .flatMap(CamelRoutes::of)
        .sorted(Comparator.comparing(RouteState::id))
        .toList();
  }

  private static Stream<RouteState> of(CamelContext context) {
    return context.getRoutes().stream()
        .map(route -> route.getRouteId())
        .map(
            id ->
                new RouteState(
                    id,
                    String.valueOf(context.getRouteController().getRouteStatus(id)),
                    context.getInflightRepository().size(id)));
  }

  @Override
  public String name() {
    return "routes";
  }

  @Override
  public List<Part> look() {
    List<RouteState> routes = routes();
    return routes.isEmpty()
        ? List.of(new Part(name(), false, "no route is loaded"))
        : routes.stream()
            .map(
                route ->
                    new Part(
                        "route:" + route.id(),
                        route.started(),
                        route.started() ? "" : route.status()))
            .toList();
  }
}
