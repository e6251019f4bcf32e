package pontic.facade;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.function.Supplier;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pontic.mapping.Writes;
import pontic.practice.Practice;
import pontic.store.Store;

/** What one practice offers, as its lane knows it at this moment. */
final class Offers {
  private static final Logger LOG = LoggerFactory.getLogger(Offers.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Practice practice;
  private final Store store;
  private final Supplier<Writes> table;
  private volatile Read last = new Read("", MissingNode.getInstance());

  /** What stood in the store, since it is the same from one request to the next. */
  private record Read(String text, JsonNode writes) {}

  Offers(Practice practice, Store store, Supplier<Writes> table) {
    this.practice = practice;
    this.store = store;
    this.table = table;
  }

  Offer now() {
    String text;
    try {
      text =
          store.read(
              tx ->
                  tx.sql("select capabilities from lane where practice = ?")
                      .params(practice.id())
                      .query((row, number) -> row.getString("capabilities"))
                      .optional()
                      .orElse(""));
    } catch (RuntimeException e) {
      LOG.warn(
          "facade: what {} offers could not be read ({}); the client was told so",
          practice.id(),
          e.getClass().getSimpleName());
      throw new FhirFault(503, IssueType.TRANSIENT, "", Faults.NOT_STORED);
    }
    Read read = last;
    if (!read.text().equals(text)) {
      read = new Read(text, writes(text));
      last = read;
    }
    return Offer.of(table.get(), !practice.api().enabled(), read.writes());
  }

  private static JsonNode writes(String text) {
    try {
      return text.isBlank() ? MissingNode.getInstance() : JSON.readTree(text).path("writes");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON column of the store does not hold JSON");
    }
  }
}
