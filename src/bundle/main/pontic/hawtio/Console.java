package pontic.hawtio;

import io.hawt.HawtioContextListener;
import io.hawt.system.security.LegacySubjectAccess;
import io.hawt.system.security.ModernSubjectAccess;
import io.hawt.system.security.SubjectAccess;
import io.hawt.web.auth.AuthConfigurationServlet;
import io.hawt.web.auth.AuthenticationFilter;
import io.hawt.web.auth.ClientRouteRedirectFilter;
import io.hawt.web.auth.LoginServlet;
import io.hawt.web.auth.LogoutServlet;
import io.hawt.web.auth.RolePrincipal;
import io.hawt.web.auth.SessionExpiryFilter;
import io.hawt.web.auth.UserPrincipal;
import io.hawt.web.auth.UserServlet;
import io.hawt.web.auth.keycloak.KeycloakServlet;
import io.hawt.web.filters.BaseTagHrefFilter;
import io.hawt.web.filters.CacheHeadersFilter;
import io.hawt.web.filters.ContentSecurityPolicyFilter;
import io.hawt.web.filters.XContentTypeOptionsFilter;
import io.hawt.web.filters.XFrameOptionsFilter;
import io.hawt.web.plugin.PluginServlet;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.security.Principal;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ResourceServlet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.servlet.SessionHandler;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.jolokia.server.core.http.AgentServlet;
import pontic.http.Listener;
import pontic.operator.Asking;
import pontic.operator.Operator;
import pontic.operator.Role;
import pontic.operator.Users;
import pontic.practice.Settings;

/** Hawtio at {@code /hawtio/}: its pages, its login, and Jolokia behind both. */
public final class Console implements AutoCloseable {

  private static final String REALM = "hawtio";
  private static final String PATH = "/hawtio";

  private final Listener listener;
  private final Runnable rights;

  private Console(Listener listener, Runnable rights) {
    this.listener = listener;
    this.rights = rights;
  }

  /**
   * Opens the port of {@code settings}. Sets Hawtio's system properties and the JAAS configuration
   * of this process.
   *
   * @param asking is told who asks while Jolokia serves a request
   */
  public static Console open(Settings settings, Users users, Asking asking) {
    configure(users);
    ServletContextHandler hawtio = new ServletContextHandler(ServletContextHandler.SESSIONS);
    hawtio.setContextPath(PATH);
    hawtio.setBaseResource(ResourceFactory.of(hawtio).newClassLoaderResource("hawtio-static/"));
    hawtio.setWelcomeFiles(new String[] {"index.html"});
    SessionHandler sessions = hawtio.getSessionHandler();
    sessions.setHttpOnly(true);
    sessions.setSameSite(HttpCookie.SameSite.STRICT);
    sessions.getSessionCookieConfig().setName("PONTIC_HAWTIO");
    hawtio.addEventListener(new HawtioContextListener());

    for (Filter filter :
        List.of(
            new SessionExpiryFilter(),
            new CacheHeadersFilter(),
            new XFrameOptionsFilter(),
            new XContentTypeOptionsFilter(),
            new ContentSecurityPolicyFilter(),
            new ClientRouteRedirectFilter(),
            new BaseTagHrefFilter())) {
      filter(hawtio, filter, "/*");
    }
    filter(hawtio, new AuthenticationFilter(), "/jolokia/*");
    filter(hawtio, new RoleOfRequest(asking), "/jolokia/*");

    hawtio.addServlet(new ServletHolder(new UserServlet()), "/user/*");
    hawtio.addServlet(new ServletHolder(new AuthConfigurationServlet()), "/auth/config/*");
    hawtio.addServlet(new ServletHolder(new LoginServlet()), "/auth/login");
    hawtio.addServlet(new ServletHolder(new LogoutServlet()), "/auth/logout");
    hawtio.addServlet(new ServletHolder(new KeycloakServlet()), "/keycloak/*");
    hawtio.addServlet(new ServletHolder(new PluginServlet()), "/plugin/*");
    Policy policy = new Policy(() -> asking.now().map(Operator::role), origins(settings));
    ServletHolder jolokia = new ServletHolder(new AgentServlet(policy));
    jolokia.setInitParameters(
        Map.of(
            "includeStackTrace", "false",
            "allowErrorDetails", "false",
            "discoveryEnabled", "false",
            "agentDescription", "Pontic " + settings.instance(),
            "mimeType", "application/json"));
    hawtio.addServlet(jolokia, "/jolokia/*");
    hawtio.addServlet(new ServletHolder("default", new ResourceServlet()), "/");

    ServletContextHandler root = new ServletContextHandler();
    root.setContextPath("/");
    root.addServlet(new ServletHolder(new ToConsole()), "/");
    return new Console(
        Listener.open(
            "Hawtio",
            "pontic.hawtio.port",
            settings.bind(),
            settings.ports().hawtio(),
            new ContextHandlerCollection(hawtio, root)),
        Rights.show(policy));
  }

  private static void filter(ServletContextHandler context, Filter filter, String path) {
    context.addFilter(new FilterHolder(filter), path, EnumSet.of(DispatcherType.REQUEST));
  }

  private static void configure(Users users) {
    System.setProperty("hawtio.authenticationEnabled", "true");
    System.setProperty("hawtio.realm", REALM);
    System.setProperty("hawtio.roles", "viewer,operator,admin");
    System.setProperty("hawtio.rolePrincipalClasses", RolePrincipal.class.getName());
    System.setProperty("hawtio.userPrincipalClasses", UserPrincipal.class.getName());
    System.setProperty("hawtio.authenticationContainerDiscoveryClasses", "");
    AppConfigurationEntry entry =
        new AppConfigurationEntry(
            PasswordLogin.class.getName(),
            AppConfigurationEntry.LoginModuleControlFlag.REQUIRED,
            Map.of(PasswordLogin.USERS, users));
    Configuration.setConfiguration(
        new Configuration() {
          @Override
          public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
            return name.equals(REALM)
                ? new AppConfigurationEntry[] {entry}
                : new AppConfigurationEntry[0];
          }
        });
  }

  /** Pages of this machine, or of the address that is listened on. */
  private static Pattern origins(Settings settings) {
    return Pattern.compile(
        "^https?://(localhost|127\\.0\\.0\\.1|\\[::1\\]|"
            + Pattern.quote(settings.bind())
            + ")(:\\d+)?(/|$)");
  }

  public int port() {
    return listener.port();
  }

  /** Where the login page is. */
  public String url() {
    return listener.url() + PATH + "/";
  }

  @Override
  public void close() {
    rights.run();
    listener.close();
  }

  /**
   * Tells who asks, with the role that the policy goes by, for as long as the request is served.
   */
  private static final class RoleOfRequest implements Filter {
    private static final int JAVA_WITH_SCOPED_SUBJECTS = 24;

    private final Asking asking;
    private final SubjectAccess basic =
        Runtime.version().feature() >= JAVA_WITH_SCOPED_SUBJECTS
            ? new ModernSubjectAccess()
            : new LegacySubjectAccess();

    RoleOfRequest(Asking asking) {
      this.asking = asking;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      asking.begins(operator((HttpServletRequest) request));
      try {
        chain.doFilter(request, response);
      } finally {
        asking.ends();
      }
    }

    private Optional<Operator> operator(HttpServletRequest request) {
      HttpSession session = request.getSession(false);
      Optional<Subject> subject =
          Optional.ofNullable(session)
              .map(found -> found.getAttribute("subject"))
              .filter(Subject.class::isInstance)
              .map(Subject.class::cast)
              .or(() -> Optional.ofNullable(basic.currentSubject()));
      Set<Principal> principals = subject.map(Subject::getPrincipals).orElse(Set.of());
      Optional<Role> highest = Optional.empty();
      for (Principal principal : principals) {
        Optional<Role> one =
            principal instanceof RolePrincipal ? Role.of(principal.getName()) : Optional.empty();
        if (one.isPresent() && (highest.isEmpty() || one.get().includes(highest.get()))) {
          highest = one;
        }
      }
      String name =
          principals.stream()
              .filter(UserPrincipal.class::isInstance)
              .map(Principal::getName)
              .findFirst()
              .orElse("");
      return highest.map(role -> new Operator(name, role));
    }
  }

  private static final class ToConsole extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.sendRedirect(PATH + "/");
    }
  }
}
