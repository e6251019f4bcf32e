package pontic.facade;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.FilterMapping;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.servlet.ServletMapping;

/**
 * What serves and guards which path, put into a context all at once: for each that is added by
 * itself Jetty looks at all that are there already, which with a thousand practices takes minutes.
 */
final class Paths {
  private final List<ServletHolder> servlets = new ArrayList<>();
  private final List<ServletMapping> served = new ArrayList<>();
  private final List<FilterHolder> filters = new ArrayList<>();
  private final List<FilterMapping> guarded = new ArrayList<>();

  /**
   * @param name that no other servlet has
   * @param path as a servlet's mapping is written, {@code /fhir/elm/*}
   */
  void serve(String name, HttpServlet servlet, String path) {
    ServletHolder holder = new ServletHolder(name, servlet);
    holder.setAsyncSupported(true);
    ServletMapping mapping = new ServletMapping();
    mapping.setServletName(name);
    mapping.setPathSpec(path);
    servlets.add(holder);
    served.add(mapping);
  }

  /**
   * @param name that no other filter has
   */
  void guard(String name, Filter filter, String path) {
    FilterHolder holder = new FilterHolder(filter);
    holder.setName(name);
    holder.setAsyncSupported(true);
    FilterMapping mapping = new FilterMapping();
    mapping.setFilterName(name);
    mapping.setPathSpec(path);
    mapping.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
    filters.add(holder);
    guarded.add(mapping);
  }

  ServletContextHandler context() {
    ServletContextHandler context = new ServletContextHandler();
    ServletHandler handler = context.getServletHandler();
    handler.setFilters(filters.toArray(new FilterHolder[0]));
    handler.setFilterMappings(guarded.toArray(new FilterMapping[0]));
    handler.setServlets(servlets.toArray(new ServletHolder[0]));
    handler.setServletMappings(served.toArray(new ServletMapping[0]));
    return context;
  }
}
