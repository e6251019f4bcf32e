package pontic.capture;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a field of the API's JSON becomes what the column holds in the database (open-dental-api.md
 * 1.4).
 */
sealed interface ApiField {

  /**
   * The column's value; empty if the field is not understood.
   *
   * @param today at the office
   */
  Optional<Object> value(JsonNode field, LocalDate today);

  /** Whether the column is null. */
  default boolean isNone(JsonNode field) {
    return field.isMissingNode() || field.isNull();
  }

  /** Text, dates and times too: both sides write them alike, and 0001-01-01 for none. */
  record Text() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field, LocalDate today) {
      return field.isValueNode() ? Optional.of(field.asText()) : Optional.empty();
    }
  }

  /** A whole number, quoted or not. */
  record Whole() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field, LocalDate today) {
      String text = field.asText().strip();
      return text.matches("-?\\d{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }
  }

  /** A number with a fraction, quoted or not. */
  record Fraction() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field, LocalDate today) {
      String text = field.asText().strip();
      return text.matches("-?\\d{1,12}(\\.\\d{1,12})?")
          ? Optional.of(Double.valueOf(text))
          : Optional.empty();
    }
  }

  /** The key of another row; 0 is none. */
  record Key() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field, LocalDate today) {
      return new Whole().value(field, today);
    }

    @Override
    public boolean isNone(JsonNode field) {
      return ApiField.super.isNone(field) || field.asText().equals("0");
    }
  }

  /** true or false in any case, quoted or not, as 1 or 0. */
  record Flag() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field, LocalDate today) {
      return switch (field.asText().strip().toLowerCase(Locale.ROOT)) {
        case "true" -> Optional.of(1L);
        case "false" -> Optional.of(0L);
        default -> Optional.empty();
      };
    }
  }

  /** The text of an enum's member, as its position. */
  record Choice(List<String> members) implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field, LocalDate today) {
      int position = members.indexOf(field.asText().strip());
      return position < 0 ? Optional.empty() : Optional.of((long) position);
    }
  }

  /** 1 where a day that is told lies before the office's day, else 0. */
  record Past() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field, LocalDate today) {
      String text = field.asText().strip();
      try {
        LocalDate day = LocalDate.parse(text.substring(0, Math.min(10, text.length())));
        return Optional.of(day.getYear() > 1000 && day.isBefore(today) ? 1L : 0L);
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }
  }

  /** What follows the last dot of a file's name, in small letters; its name may be a patient's. */
  record Extension() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field, LocalDate today) {
      String text = field.asText();
      return Optional.of(
          text.contains(".")
              ? text.substring(text.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)
              : "");
    }
  }

  /** 1 for each row that the list has: to be there is what it says. */
  record There() implements ApiField {
    @Override
    public Optional<Object> value(JsonNode field, LocalDate today) {
      return Optional.of(1L);
    }

    @Override
    public boolean isNone(JsonNode field) {
      return false;
    }
  }

  /** Another field of the reply than the one that is called as the column. */
  record Named(String field, ApiField kind) implements ApiField {
    @Override
    public Optional<Object> value(JsonNode found, LocalDate today) {
      return kind.value(found, today);
    }

    @Override
    public boolean isNone(JsonNode found) {
      return kind.isNone(found);
    }
  }

  /** The field of the reply that fills this column. */
  default String fieldOf(String column) {
    return this instanceof Named named ? named.field() : column;
  }
}
