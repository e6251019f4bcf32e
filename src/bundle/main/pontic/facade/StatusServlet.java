package pontic.facade;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.store.Store;

/** What became of a message, told to the client that sent it and to nobody else. */
final class StatusServlet extends HttpServlet {

  private static final Logger LOG = LoggerFactory.getLogger(StatusServlet.class);
  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

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
    String client = (String) request.getAttribute(Gate.CLIENT);
    String message = Optional.ofNullable(request.getPathInfo()).orElse("/").substring(1);
    Optional<ObjectNode> receipt;
    try {
      receipt = receipt(message, client);
    } catch (RuntimeException e) {
      LOG.warn(
          "facade: a status of {} could not be read ({})", practice, e.getClass().getSimpleName());
      faults.answer(response, 503, "The store did not answer; ask again later");
      return;
    }
    if (receipt.isEmpty()) {
      faults.answer(response, 404, "Your system sent no message of this id to this practice");
      return;
    }
    boolean ended = receipt.get().get("state").asText().equals("ended");
    response.setStatus(ended ? HttpServletResponse.SC_OK : HttpServletResponse.SC_ACCEPTED);
    if (!ended) {
      response.setHeader("Retry-After", "1");
    }
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    response.getOutputStream().write(JSON.writeValueAsBytes(receipt.get()));
  }

  private Optional<ObjectNode> receipt(String message, String client) {
    return store.read(
        tx ->
            tx.sql(
                    """
                    select id, type, control_id, accepted_at, state, receipt_end, receipt_reason, receipt_keys, receipt_settled,
                      receipt_generation, receipt_warnings, ended_at
                    from message
                    where id = :id and practice = :practice and sender = :client and route = 'accept-fhir'
                    """)
                .param("id", message)
                .param("practice", practice)
                .param("client", client)
                .query((row, number) -> json(row))
                .optional());
  }

  private static ObjectNode json(ResultSet row) throws SQLException {
    ObjectNode node = JSON.createObjectNode();
    node.put("message", row.getString("id"));
    node.put("type", row.getString("type"));
    node.put("requestId", row.getString("control_id"));
    node.put("acceptedAt", Instant.ofEpochMilli(row.getLong("accepted_at")).toString());
    node.put("state", row.getString("state"));
    node.put("end", row.getString("receipt_end"));
    node.put("reason", row.getString("receipt_reason"));
    node.set("keys", parsed(row.getString("receipt_keys"), "{}"));
    node.put("settled", row.getString("receipt_settled"));
    node.put("generation", row.getString("receipt_generation"));
    node.set("warnings", parsed(row.getString("receipt_warnings"), "[]"));
    long ended = row.getLong("ended_at");
    node.put("endedAt", ended == 0 ? "" : Instant.ofEpochMilli(ended).toString());
    return node;
  }

  private static JsonNode parsed(String text, String blank) {
    try {
      return JSON.readTree(text.isBlank() ? blank : text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON column of the store does not hold JSON");
    }
  }
}
