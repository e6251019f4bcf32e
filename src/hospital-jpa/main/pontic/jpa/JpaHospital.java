package pontic.jpa;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * HAPI's JPA server, R4, at {@code http://127.0.0.1:<port>/fhir} until the process ends, or the one
 * that started it. Prints {@code ready PORT} once it answers; its log goes to standard error.
 */
public final class JpaHospital {
  private JpaHospital() {}

  public static void main(String[] arguments) throws Exception {
    List<String> given = List.of(arguments);
    Optional<Place> place = place(given.subList(Math.min(2, given.size()), given.size()));
    if (given.size() < 2
        || !given.get(0).equals("--port")
        || !given.get(1).matches("\\d{1,5}")
        || place.isEmpty()) {
      System.err.println(
          "usage: JpaHospital --port N (0 for any) [--database jdbc:postgresql:… (else it keeps all in memory)]");
      System.exit(2);
    }
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "pontic/jpa/logback.xml");
    }
    // Whoever started it may be killed.
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1)));
    AnnotationConfigApplicationContext beans = new AnnotationConfigApplicationContext();
    beans.registerBean(Place.class, () -> place.orElseThrow());
    beans.register(Storage.class);
    beans.refresh();
    Server jetty = new Server();
    ServerConnector connector = new ServerConnector(jetty);
    connector.setHost("127.0.0.1");
    connector.setPort(Integer.parseInt(given.get(1)));
    jetty.addConnector(connector);
    ServletContextHandler servlets = new ServletContextHandler("/");
    servlets.addServlet(new ServletHolder(rest(beans)), "/fhir/*");
    jetty.setHandler(servlets);
    jetty.setStopAtShutdown(true);
    jetty.start();
    System.out.println("ready " + connector.getLocalPort());
    jetty.join();
  }

  private static Optional<Place> place(List<String> named) {
    if (named.isEmpty()) {
      return Optional.of(Place.memory());
    }
    return named.size() == 2 && named.get(0).equals("--database")
        ? Place.database(named.get(1))
        : Optional.empty();
  }

  private static RestfulServer rest(AnnotationConfigApplicationContext beans) {
    RestfulServer rest = new RestfulServer(beans.getBean(FhirContext.class));
    rest.registerProviders(beans.getBean(ResourceProviderFactory.class).createProviders());
    rest.registerProvider(beans.getBean(IJpaSystemProvider.class));
    rest.setServerConformanceProvider(
        new JpaCapabilityStatementProvider(
            rest,
            beans.getBean(IFhirSystemDao.class),
            beans.getBean(JpaStorageSettings.class),
            beans.getBean(ISearchParamRegistry.class),
            beans.getBean(IValidationSupport.class)));
    rest.setPagingProvider(beans.getBean(DatabaseBackedPagingProvider.class));
    return rest;
  }
}
