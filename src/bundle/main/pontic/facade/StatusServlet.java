package pontic.facade;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.store.Store;

/**
 * What became of a message, or of all entries of a Bundle, told to the client that sent it and to
 * nobody else.
 */
final class StatusServlet extends HttpServlet {

  private static final Logger LOG = LoggerFactory.getLogger(StatusServlet.class);
  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REQUEST = "/request/";

  private final String practice;
  private final transient Store store;
  private final transient Faults faults;

  StatusServlet(String practice, Store store, Faults faults) {
    this.practice = practice;
    this.store = store;
    this.faults = faults;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!request.getMethod().equals("GET")) {
      response.setHeader("Allow", "GET");
      faults.answer(response, 405, "The status of a message can only be read");
      return;
    }
    String client = Gate.caller(request).client();
    String path = Optional.ofNullable(request.getPathInfo()).orElse("/");
    List<Receipt> receipts;
    try {
      receipts =
          path.startsWith(REQUEST)
              ? Receipt.ofRequest(store, practice, client, path.substring(REQUEST.length()))
              : Receipt.of(store, practice, client, path.substring(1)).stream().toList();
    } catch (RuntimeException e) {
      LOG.warn(
          "facade: a status of {} could not be read ({})", practice, e.getClass().getSimpleName());
      faults.answer(response, 503, "The store did not answer; ask again later");
      return;
    }
    if (receipts.isEmpty()) {
      faults.answer(response, 404, "Your system sent no message of this id to this practice");
      return;
    }
    boolean open = receipts.stream().anyMatch(Receipt::isOpen);
    response.setStatus(open ? HttpServletResponse.SC_ACCEPTED : HttpServletResponse.SC_OK);
    if (open) {
      response.setHeader("Retry-After", "1");
    }
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    response
        .getOutputStream()
        .write(
            JSON.writeValueAsBytes(
                path.startsWith(REQUEST) ? all(receipts) : receipts.get(0).json()));
  }

  private static ObjectNode all(List<Receipt> receipts) {
    ObjectNode all = JSON.createObjectNode();
    receipts.forEach(each -> all.withArray("messages").add(each.json()));
    return all;
  }
}
