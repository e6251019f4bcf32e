package pontic.capture;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * How a field of the API's JSON becomes what the column holds in the database (open-dental-api.md
 * 1.4).
 */
sealed interface ApiField {

  /** The column's value; empty if the field is not understood. */
  Optional<Object> value(JsonNode field);

  /** Whether the column is null. */
  default boolean isNone(JsonNode field) {
    return field.isMissingNode() || field.isNull();
  }

  /** Text, dates and times too: both sides write them alike, and 0001-01-01 for none. */
  record Text() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field) {
      return field.isValueNode() ? Optional.of(field.asText()) : Optional.empty();
    }
  }

  /** A whole number, quoted or not. */
  record Whole() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field) {
      String text = field.asText().strip();
      return text.matches("-?\\d{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }
  }

  /** The key of another row; 0 is none. */
  record Key() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field) {
      return new Whole().value(field);
    }

    @Override
    public boolean isNone(JsonNode field) {
      return ApiField.super.isNone(field) || field.asText().equals("0");
    }
  }

  /** true or false in any case, quoted or not, as 1 or 0. */
  record Flag() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field) {
      return switch (field.asText().strip().toLowerCase(java.util.Locale.ROOT)) {
        case "true" -> Optional.of(1L);
        case "false" -> Optional.of(0L);
        default -> Optional.empty();
      };
    }
  }

  /** The text of an enum's member, as its position. */
  record Choice(List<String> members) implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field) {
      int position = members.indexOf(field.asText().strip());
      return position < 0 ? Optional.empty() : Optional.of((long) position);
    }
  }
}
