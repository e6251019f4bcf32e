package pontic.hawtio;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.jolokia.server.core.service.api.Restrictor;
import org.jolokia.server.core.util.HttpMethod;
import org.jolokia.server.core.util.RequestType;
import pontic.operator.Role;

/**
 * What Jolokia may do for the user of the request: what is not named here is denied. Bodies of
 * messages are out of reach for every role: no browse of endpoints, no tracer, no debugger, no
 * sending.
 */
final class Policy implements Restrictor {

  private static final Set<RequestType> TYPES =
      Set.of(
          RequestType.READ,
          RequestType.LIST,
          RequestType.SEARCH,
          RequestType.VERSION,
          RequestType.EXEC);

  private static final Set<String> CAMEL_TYPES =
      Set.of(
          "context",
          "routes",
          "routegroups",
          "endpoints",
          "consumers",
          "producers",
          "processors",
          "services",
          "threadpools",
          "components",
          "health",
          "errorhandlers",
          "steps");

  private static final Set<String> JAVA_TYPES =
      Set.of(
          "ClassLoading",
          "GarbageCollector",
          "Memory",
          "MemoryPool",
          "OperatingSystem",
          "Runtime",
          "Threading");

  private static final Set<String> RUNTIME_ATTRIBUTES =
      Set.of(
          "Name",
          "VmName",
          "VmVendor",
          "VmVersion",
          "SpecVersion",
          "StartTime",
          "Uptime",
          "Pid",
          "ObjectName");

  private static final Set<String> LOOK_AT_CONTEXT =
      Set.of(
          "dumpRoutesAsXml",
          "dumpRoutesAsYaml",
          "dumpRoutesStatsAsXml",
          "dumpStepStatsAsXml",
          "dumpRoutesCoverageAsXml",
          "dumpRestsAsXml",
          "explainEipJson",
          "explainComponentJson",
          "explainEndpointJson",
          "explainDataFormatJson",
          "listEips",
          "findComponents",
          "componentParameterJsonSchema");

  private static final Set<String> LOOK_AT_ROUTE =
      Set.of(
          "dumpRouteAsXml",
          "dumpRouteAsYaml",
          "dumpRouteStatsAsXml",
          "dumpStepStatsAsXml",
          "dumpStatsAsXml",
          "dumpStatsAsJSon",
          "dumpRouteSourceLocationsAsXml",
          "processorIds",
          "getProperties");

  /**
   * The domain of {@code pontic.operations.OperationsMBean}, which has no body to give; what takes
   * one is not named. {@code canInvoke} is of {@link Rights}.
   */
  private static final String OWN = "pontic";

  private static final Map<String, Role> OWN_OPERATIONS =
      Map.ofEntries(
          Map.entry("canInvoke", Role.VIEWER),
          Map.entry("status", Role.VIEWER),
          Map.entry("capabilities", Role.VIEWER),
          Map.entry("unmapped", Role.VIEWER),
          Map.entry("generation", Role.VIEWER),
          Map.entry("receipts", Role.VIEWER),
          Map.entry("receipt", Role.VIEWER),
          Map.entry("parked", Role.VIEWER),
          Map.entry("showMasked", Role.VIEWER),
          Map.entry("release", Role.OPERATOR),
          Map.entry("match", Role.OPERATOR),
          Map.entry("answer", Role.OPERATOR),
          Map.entry("resubmit", Role.OPERATOR),
          Map.entry("drop", Role.OPERATOR),
          Map.entry("pause", Role.OPERATOR),
          Map.entry("resume", Role.OPERATOR),
          Map.entry("loads", Role.VIEWER),
          Map.entry("load", Role.OPERATOR),
          Map.entry("loadStop", Role.OPERATOR),
          Map.entry("reload", Role.OPERATOR),
          Map.entry("reconciles", Role.VIEWER),
          Map.entry("reconcile", Role.OPERATOR),
          Map.entry("reconcileStop", Role.OPERATOR),
          Map.entry("stop", Role.ADMIN));

  private static final Set<String> STEER = Set.of("start", "stop", "suspend", "resume");

  private final Supplier<Optional<Role>> role;
  private final Pattern origins;

  /**
   * @param role of the user whose request this thread serves
   * @param origins pages that may ask
   */
  Policy(Supplier<Optional<Role>> role, Pattern origins) {
    this.role = role;
    this.origins = origins;
  }

  private boolean atLeast(Role least) {
    return role.get().filter(own -> own.includes(least)).isPresent();
  }

  @Override
  public boolean isHttpMethodAllowed(HttpMethod method) {
    return method == HttpMethod.GET || method == HttpMethod.POST;
  }

  @Override
  public boolean isTypeAllowed(RequestType type) {
    return TYPES.contains(type) && atLeast(Role.VIEWER);
  }

  @Override
  public boolean isAttributeReadAllowed(ObjectName name, String attribute) {
    if (isObjectNameHidden(name) || !atLeast(Role.VIEWER)) {
      return false;
    }
    return !isRuntime(name) || RUNTIME_ATTRIBUTES.contains(attribute);
  }

  private static boolean isRuntime(ObjectName name) {
    return name.getDomain().equals("java.lang") && "Runtime".equals(name.getKeyProperty("type"));
  }

  @Override
  public boolean isAttributeWriteAllowed(ObjectName name, String attribute) {
    return false;
  }

  @Override
  public boolean isOperationAllowed(ObjectName name, String operation) {
    // Jolokia hands the operation over as the client wrote it: stop, stop(), stop(long).
    String plain = operation.replaceFirst("\\(.*", "").trim();
    if (name.getDomain().equals(OWN)) {
      return Optional.ofNullable(OWN_OPERATIONS.get(plain)).filter(this::atLeast).isPresent();
    }
    if (isObjectNameHidden(name) || !name.getDomain().equals("org.apache.camel")) {
      return false;
    }
    String type = String.valueOf(name.getKeyProperty("type"));
    return switch (type) {
      case "context" ->
          (LOOK_AT_CONTEXT.contains(plain) && atLeast(Role.VIEWER))
              || (plain.equals("reset") && atLeast(Role.ADMIN));
      case "routes" ->
          (LOOK_AT_ROUTE.contains(plain) && atLeast(Role.VIEWER))
              || (STEER.contains(plain) && atLeast(Role.OPERATOR))
              || (plain.equals("reset") && atLeast(Role.ADMIN));
      case "services" ->
          plain.equals("browse")
              && "\"DefaultInflightRepository\"".equals(quoted(name.getKeyProperty("name")))
              && atLeast(Role.VIEWER);
      default -> false;
    };
  }

  private static String quoted(String name) {
    return name == null || name.startsWith("\"") ? String.valueOf(name) : "\"" + name + "\"";
  }

  @Override
  public boolean isRemoteAccessAllowed(String... hostOrAddress) {
    return true;
  }

  /**
   * No origin at all is no browser page; Basic logins of a browser would otherwise follow any page.
   */
  @Override
  public boolean isOriginAllowed(String origin, boolean strict) {
    return origin == null || origins.matcher(origin).find();
  }

  @Override
  public boolean isObjectNameHidden(ObjectName name) {
    if (name.isDomainPattern()) {
      return false;
    }
    String type = name.getKeyProperty("type");
    return switch (name.getDomain()) {
      case "org.apache.camel" ->
          type != null && !name.isPropertyValuePattern("type") && !CAMEL_TYPES.contains(type);
      case "java.lang" ->
          type != null && !name.isPropertyValuePattern("type") && !JAVA_TYPES.contains(type);
      case OWN -> false;
      default -> true;
    };
  }
}
