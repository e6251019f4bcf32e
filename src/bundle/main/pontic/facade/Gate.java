package pontic.facade;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import pontic.http.Body;

/**
 * Looks at a request to one practice's base before anything parses it: whether {@link Entrance}
 * knows its caller, media type, size, request id.
 */
final class Gate implements Filter {

  private static final String BODY = "pontic.body";
  private static final String REQUEST_ID = "pontic.request-id";

  private final String practice;
  private final int mostBytes;
  private final Faults faults;

  Gate(String practice, int mostBytes, Faults faults) {
    this.practice = practice;
    this.mostBytes = mostBytes;
    this.faults = faults;
  }

  /** Who sent a request that came through. */
  static Caller caller(HttpServletRequest request) {
    return (Caller) request.getAttribute(Entrance.SEEN);
  }

  /** The bytes of a request that came through. */
  static byte[] body(HttpServletRequest request) {
    return (byte[]) request.getAttribute(BODY);
  }

  /** Lets go of the bytes of a request, which are stored. */
  static void forget(HttpServletRequest request) {
    request.removeAttribute(BODY);
    if (request.getAttribute(Gathering.DONE) instanceof Runnable done) {
      done.run();
    }
  }

  /** The client's own id of a request that came through, or a random one. */
  static String requestId(HttpServletRequest request) {
    return (String) request.getAttribute(REQUEST_ID);
  }

  @Override
  public void doFilter(ServletRequest any, ServletResponse answer, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest request = (HttpServletRequest) any;
    HttpServletResponse response = (HttpServletResponse) answer;
    if (request.getMethod().equals("GET")
        && request.getRequestURI().equals("/fhir/" + practice + "/metadata")) {
      chain.doFilter(request, response);
      return;
    }
    if (request.getAttribute(Entrance.SEEN) instanceof FhirFault fault) {
      if (fault.status() == HttpServletResponse.SC_UNAUTHORIZED) {
        boolean shown = request.getHeader("Authorization") != null;
        response.setHeader("WWW-Authenticate", shown ? "Bearer error=\"invalid_token\"" : "Bearer");
      }
      refuse(request, response, fault.status(), fault.getMessage());
      return;
    }
    // Whoever is known at one practice is nobody at another, whatever a path may look like.
    if (!(request.getAttribute(Entrance.SEEN) instanceof Caller)
        || !practice.equals(request.getAttribute(Entrance.SEEN_AT))) {
      refuse(request, response, 401, "Nobody is known at this address");
      return;
    }
    if (isAboutProgress(request)) {
      chain.doFilter(request, response);
      return;
    }
    if (!request.getMethod().equals("POST") && !request.getMethod().equals("PUT")) {
      response.setHeader("Allow", "POST, PUT");
      refuse(request, response, 405, "This interaction is not offered here; see /metadata");
      return;
    }
    if (!isJson(request)) {
      refuse(
          request,
          response,
          415,
          "Send application/fhir+json in UTF-8, not compressed; XML is not taken here");
      return;
    }
    String requestId =
        Optional.ofNullable(request.getHeader("X-Request-Id"))
            .orElseGet(() -> UUID.randomUUID().toString());
    if (!requestId.matches("[A-Za-z0-9._:-]{1,128}")) {
      refuse(
          request,
          response,
          400,
          "X-Request-Id may hold 1 to 128 letters, digits, dots, colons, hyphens and underscores");
      return;
    }
    byte[] body = Body.read(request, mostBytes);
    if (body.length > mostBytes) {
      response.setHeader("Connection", "close");
      refuse(request, response, 413, "The body is larger than " + mostBytes + " bytes");
      return;
    }
    request.setAttribute(REQUEST_ID, requestId);
    request.setAttribute(BODY, body);
    chain.doFilter(request, response);
  }

  /** What became of something that was sent; the only things that are read here. */
  private boolean isAboutProgress(HttpServletRequest request) {
    String uri = request.getRequestURI();
    String base = "/fhir/" + practice;
    return uri.startsWith(base + "/_status/")
        || (request.getMethod().equals("GET")
            && uri.startsWith(base + "/")
            && Tasks.are(uri.substring(base.length() + 1)));
  }

  private void refuse(
      HttpServletRequest request, HttpServletResponse response, int status, String text)
      throws IOException {
    Body.discard(request);
    faults.answer(response, status, text);
  }

  private static boolean isJson(HttpServletRequest request) {
    String type = Optional.ofNullable(request.getContentType()).orElse("").toLowerCase(Locale.ROOT);
    String media = type.split(";", 2)[0].trim();
    String charset = Optional.ofNullable(request.getCharacterEncoding()).orElse("utf-8");
    return List.of("application/fhir+json", "application/json").contains(media)
        && charset.equalsIgnoreCase("utf-8")
        && request.getHeader("Content-Encoding") == null;
  }
}
