package pontic.operations;

import java.util.Comparator;
import java.util.List;
import org.apache.camel.CamelContext;

/**
 * The routes of a Camel context, each of which must run; a context without routes is not healthy.
 */
public final class CamelRoutes implements Routes, HealthCheck {

  private final CamelContext context;

  public CamelRoutes(CamelContext context) {
    this.context = context;
  }

  @Override
  public List<RouteState> routes() {
    return context.getRoutes().stream()
        .map(route -> route.getRouteId())
        .map(
            id ->
                new RouteState(
                    id,
                    String.valueOf(context.getRouteController().getRouteStatus(id)),
                    context.getInflightRepository().size(id)))
        .sorted(Comparator.comparing(RouteState::id))
        .toList();
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
