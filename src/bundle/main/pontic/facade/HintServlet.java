package pontic.facade;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.capture.Heard;
import pontic.http.Body;
import pontic.practice.Practice;
import pontic.practice.WatchTable;

/**
 * Where the workstations of one practice send their events (open-dental-api.md 1.11): {@code
 * /hints/PRACTICE/TABLE/}. They show the customer key and nothing else; whoever has it not learns
 * nothing here.
 */
final class HintServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(HintServlet.class);

  /** An event has at most 1000 rows. */
  static final int MOST_BYTES = 8 * 1024 * 1024;

  private static final String EVENT_TYPE = "WatchTable:";

  private final transient Practice practice;
  private final transient HintHandOver handOver;
  private final transient HintCount hints;

  HintServlet(Practice practice, HintHandOver handOver, HintCount hints) {
    this.practice = practice;
    this.handOver = handOver;
    this.hints = hints;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String table =
        table(
            Optional.ofNullable(request.getPathInfo()).orElse(""),
            Optional.ofNullable(request.getHeader("Event-Type")).orElse(""));
    String key = Optional.ofNullable(request.getHeader("Authorization")).orElse("");
    if (!practice.api().customerKey().matches(key)) {
      refuse(request, response, table, 401, "this is not the customer key of this practice");
      return;
    }
    if (!request.getMethod().equals("POST")) {
      response.setHeader("Allow", "POST");
      refuse(request, response, table, 405, "events come by POST");
      return;
    }
    byte[] body = Body.read(request, MOST_BYTES);
    if (body.length > MOST_BYTES) {
      response.setHeader("Connection", "close");
      refuse(request, response, table, 413, "the event is larger than " + MOST_BYTES + " bytes");
      return;
    }
    Heard.Outcome outcome;
    try {
      outcome = handOver.handOver(practice.id(), table, body);
    } catch (RuntimeException e) {
      LOG.warn(
          "hints: an event of {} could not be taken ({}); the office was told so and sends it again",
          practice.id(),
          e.getClass().getSimpleName());
      count(table, "failed");
      answer(response, 503, "Pontic could not take the event; send it again");
      return;
    }
    if (outcome == Heard.Outcome.REFUSED) {
      refuse(request, response, table, 400, "this is no event of that table");
      return;
    }
    count(table, outcome.name().toLowerCase(Locale.ROOT));
    response.setStatus(HttpServletResponse.SC_OK);
  }

  /** By the address, else by the header, which older versions do not send. */
  static String table(String address, String eventType) {
    String path = address.replace("/", "");
    String type = eventType.strip();
    return path.isEmpty() && type.regionMatches(true, 0, EVENT_TYPE, 0, EVENT_TYPE.length())
        ? type.substring(EVENT_TYPE.length()).strip()
        : path;
  }

  private void refuse(
      HttpServletRequest request,
      HttpServletResponse response,
      String table,
      int status,
      String text)
      throws IOException {
    Body.discard(request);
    count(table, "refused");
    answer(response, status, text);
  }

  private void count(String table, String outcome) {
    hints.count(
        practice.id(), WatchTable.of(table).map(WatchTable::text).orElse(HintCount.OTHER), outcome);
  }

  private static void answer(HttpServletResponse response, int status, String text)
      throws IOException {
    response.setStatus(status);
    response.setContentType("text/plain;charset=UTF-8");
    response.getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
