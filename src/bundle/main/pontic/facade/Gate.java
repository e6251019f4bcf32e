package pontic.facade;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import pontic.http.Body;
import pontic.http.Listener;
import pontic.practice.Practice;

/**
 * Looks at a request to one practice's base before anything parses it: token, media type, size,
 * request id.
 */
final class Gate implements Filter {

  static final String CLIENT = "pontic.client";
  static final String BODY = "pontic.body";
  static final String REQUEST_ID = "pontic.request-id";

  private final Practice practice;
  private final int mostBytes;
  private final Faults faults;

  Gate(Practice practice, int mostBytes, Faults faults) {
    this.practice = practice;
    this.mostBytes = mostBytes;
    this.faults = faults;
  }

  @Override
  public void doFilter(ServletRequest any, ServletResponse answer, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest request = (HttpServletRequest) any;
    HttpServletResponse response = (HttpServletResponse) answer;
    if (request.getMethod().equals("GET") && request.getRequestURI().endsWith("/metadata")) {
      chain.doFilter(request, response);
      return;
    }
    Optional<Practice.Client> client =
        practice.facade().client(Listener.bearer(request.getHeader("Authorization")));
    if (client.isEmpty()) {
      response.setHeader("WWW-Authenticate", "Bearer");
      refuse(
          request, response, 401, "Send the bearer token that this practice gave to your system");
      return;
    }
    request.setAttribute(CLIENT, client.get().id());
    boolean status = request.getRequestURI().startsWith("/fhir/" + practice.id() + "/_status/");
    if (status) {
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
    chain.doFilter(new Kept(request, body), response);
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

  /** The request with the bytes that were read already. */
  private static final class Kept extends HttpServletRequestWrapper {
    private final byte[] body;

    Kept(HttpServletRequest request, byte[] body) {
      super(request);
      this.body = body;
    }

    @Override
    public ServletInputStream getInputStream() {
      ByteArrayInputStream bytes = new ByteArrayInputStream(body);
      return new ServletInputStream() {
        @Override
        public boolean isFinished() {
          return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
          throw new IllegalStateException("the body is read in blocking mode here");
        }

        @Override
        public int read() {
          return bytes.read();
        }

        @Override
        public int read(byte[] target, int from, int length) {
          return bytes.read(target, from, length);
        }
      };
    }

    @Override
    public BufferedReader getReader() {
      return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }
  }
}
