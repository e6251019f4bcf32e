package pontic.opendental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import pontic.lane.ApiRequest;
import pontic.lane.Written;

/**
 * Fields of the API as columns of the database ({@code mappings/opendental/columns.yaml}): what a
 * write makes true, and what a row holds that nobody said.
 */
public final class Columns {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final JsonNode tables;

  /**
   * @param tables the file, by FHIR type
   */
  public Columns(JsonNode tables) {
    this.tables = tables;
  }

  /**
   * A row of the API as its columns; fields that have no column, and members of an enum that nobody
   * knows, are left out.
   */
  public ObjectNode row(String resource, JsonNode fields) {
    ObjectNode row = JSON.objectNode();
    for (Map.Entry<String, JsonNode> column : tables.path(resource).path("columns").properties()) {
      if (fields.has(column.getKey())) {
        value(column.getValue(), fields.path(column.getKey()).asText())
            .ifPresent(value -> row.set(column.getKey(), value));
      }
    }
    return row;
  }

  /** What a write makes true; empty if nothing that capture reads. */
  Optional<Written> written(ApiRequest request, long key) {
    for (Map.Entry<String, JsonNode> table : tables.properties()) {
      JsonNode implied = table.getValue().path("writes").path(request.name());
      if (implied.isObject()) {
        ObjectNode said = request.body().deepCopy();
        table
            .getValue()
            .path("as")
            .properties()
            .forEach(
                name -> said.set(name.getValue().asText(), request.body().path(name.getKey())));
        said.properties().removeIf(field -> field.getValue().isMissingNode());
        // A key in the body is another row's.
        said.remove(table.getValue().path("key").asText());
        ObjectNode columns = row(table.getKey(), said);
        columns.setAll(row(table.getKey(), implied));
        return Optional.of(new Written(table.getKey(), key == 0 ? inPath(request) : key, columns));
      }
    }
    return Optional.empty();
  }

  /** What of the wanted fields stands in a row as the API shows it. */
  Written standing(String resource, long key, JsonNode wanted, JsonNode current) {
    ObjectNode same = JSON.objectNode();
    wanted.properties().stream()
        .filter(
            field ->
                FieldMerge.text(field.getValue())
                    .equals(FieldMerge.text(current.path(field.getKey()))))
        .forEach(field -> same.set(field.getKey(), field.getValue()));
    return new Written(resource, key, row(resource, same));
  }

  /**
   * What a receiver lacks nothing of before it was told of a row: our key, Open Dental's own
   * bookkeeping, and the values by which Open Dental says nothing.
   *
   * @param row as capture shows it
   */
  public ObjectNode bare(String resource, JsonNode row) {
    JsonNode table = tables.path(resource);
    ObjectNode bare = JSON.objectNode();
    StreamSupport.stream(table.path("own").spliterator(), false)
        .map(JsonNode::asText)
        .filter(row::has)
        .forEach(column -> bare.set(column, row.path(column)));
    table.path("nothing").properties().stream()
        .filter(column -> column.getValue().asText().equals(row.path(column.getKey()).asText()))
        .forEach(column -> bare.set(column.getKey(), row.path(column.getKey())));
    return bare;
  }

  private static Optional<JsonNode> value(JsonNode kind, String text) {
    if (kind.isArray()) {
      for (int i = 0; i < kind.size(); i++) {
        if (kind.get(i).asText().equals(text)) {
          return Optional.of(LongNode.valueOf(i));
        }
      }
      return number(text);
    }
    return switch (kind.asText()) {
      case "number" -> number(text);
      case "flag" -> Optional.of(LongNode.valueOf(text.equalsIgnoreCase("true") ? 1 : 0));
      default -> Optional.of(TextNode.valueOf(text));
    };
  }

  private static Optional<JsonNode> number(String text) {
    return text.matches("-?\\d{1,18}")
        ? Optional.of(LongNode.valueOf(Long.parseLong(text)))
        : Optional.empty();
  }

  /** The key that stands in the path of a PUT; 0 for a POST. */
  private static long inPath(ApiRequest request) {
    String[] parts = request.path().split("/");
    return parts.length > 2 ? Long.parseLong(parts[2]) : 0;
  }
}
