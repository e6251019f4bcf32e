package pontic.opendental;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import pontic.mapping.RowKind;
import pontic.mapping.Writes;

/**
 * Words without a field, or without room in theirs, as a row of their own: an entry of the
 * communication log or a text file (decisions 0394 and 0423).
 *
 * @param holds the field in which the words are
 * @param said as a mapping would say it
 */
record RestRow(RowKind kind, String holds, ObjectNode said) {
  /** The resource whose rows are entries of the communication log. */
  static final String COMMLOGS = "commlogs";

  /** Field of the API that takes a file; no list shows it. */
  static final String BYTES = "rawBase64";

  private static final String DOCUMENTS = "documents";

  /**
   * The kind of row in which words are kept.
   *
   * @param goes note, document or leave
   * @return empty if they are left out
   */
  static Optional<RowKind> kind(Writes table, String goes) {
    return switch (goes) {
      case "note" -> table.kind(COMMLOGS);
      case "document" -> table.kind(DOCUMENTS);
      default -> Optional.empty();
    };
  }

  /** Where words end, for the receipt. */
  static String where(String goes) {
    return switch (goes) {
      case "note" -> "kept as an entry of the communication log";
      case "document" -> "kept as a file";
      default -> "left out";
    };
  }

  static RestRow file(RowKind kind, String title, String words) {
    ObjectNode said = JsonNodeFactory.instance.objectNode();
    said.putObject("row")
        .put("Description", title)
        .put(BYTES, Base64.getEncoder().encodeToString(words.getBytes(StandardCharsets.UTF_8)))
        .put("extension", ".txt");
    return new RestRow(kind, BYTES, said);
  }

  static RestRow entry(RowKind kind, String words) {
    ObjectNode said = JsonNodeFactory.instance.objectNode();
    said.putObject("row").put(kind.note(), words).put("SentOrReceived", "Received");
    return new RestRow(kind, kind.note(), said);
  }

  /**
   * @param kind in which words are kept
   * @param title of a file
   */
  static RestRow of(RowKind kind, String title, String words) {
    return kind.name().equals(COMMLOGS) ? entry(kind, words) : file(kind, title, words);
  }
}
