package pontic.send;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pontic.record.Kind;
import pontic.store.Transaction;

/**
 * What a resource refers to. A server that checks references takes it only after what it refers to,
 * and that may come by a feed that is read later.
 */
final class Wants {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern REFERENCE = Pattern.compile("([A-Za-z]+)/(.+)-(\\d{1,18})");

  private Wants() {}

  /**
   * @param beside identities that go in the same request
   * @return the first reference to something of the practice that was never acknowledged there
   */
  static Optional<String> first(Transaction tx, Dues.Entry entry, Set<String> beside) {
    return references(entry).findValues("reference").stream()
        .map(JsonNode::asText)
        .filter(reference -> !beside.contains(reference))
        .filter(reference -> isMissing(tx, entry, reference))
        .findFirst();
  }

  private static boolean isMissing(Transaction tx, Dues.Entry entry, String reference) {
    Matcher parts = REFERENCE.matcher(reference);
    String prefix = entry.practice() + "-";
    if (!parts.matches() || !parts.group(2).startsWith(prefix)) {
      return false;
    }
    String type = parts.group(1);
    String name = parts.group(2).substring(prefix.length());
    Kind kind = Kind.named(type, name);
    return tx.sql(
                "select count(*) from delivery where practice = ? and destination = ? and resource = ?"
                    + " and row_key = ? and acknowledged_version > 0")
            .params(
                entry.practice(), entry.destination(), kind.text(), Long.parseLong(parts.group(3)))
            .query(Integer.class)
            .single()
        == 0;
  }

  private static JsonNode references(Dues.Entry entry) {
    try {
      return JSON.readTree(entry.record().fhir());
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes what it read.
      throw new IllegalStateException("a record is no JSON");
    }
  }
}
