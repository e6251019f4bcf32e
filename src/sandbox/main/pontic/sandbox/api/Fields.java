package pontic.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Named values of a request, from the body or the query. Names match without regard to case,
 * numbers and booleans may be quoted (open-dental-api.md 1.4, checklist 16). A JSON null counts as
 * absent.
 */
final class Fields {
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);

  private final Map<String, String> values;

  private Fields(Map<String, String> values) {
    this.values = values;
  }

  /** Names that a method takes: each "Name" or "Name>=25.1.27". */
  static Map<String, Optional<Version>> accepted(String... names) {
    Map<String, Optional<Version>> accepted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : names) {
      String[] parts = name.split(">=");
      accepted.put(
          parts[0], parts.length == 1 ? Optional.empty() : Optional.of(Version.of(parts[1])));
    }
    return Collections.unmodifiableMap(accepted);
  }

  static Fields ofBody(
      JsonNode body,
      Map<String, Optional<Version>> accepted,
      Version office,
      OfficeSettings settings)
      throws Refusal {
    if (!body.isObject()) {
      throw Refusal.invalid("The request body must be a JSON object.");
    }
    Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Map.Entry<String, JsonNode> field : body.properties()) {
      String name = field.getKey();
      JsonNode value = field.getValue();
      if (value.isNull()) {
        continue;
      }
      if (!accepted.containsKey(name)) {
        if (settings.unknownFieldsRefused()) {
          throw Refusal.invalid("A field of the request body is not known.");
        }
        continue;
      }
      if (!accepted.get(name).map(office::atLeast).orElse(true)) {
        if (settings.newerFieldsIgnored()) {
          continue;
        }
        throw Refusal.invalid(canonical(accepted, name) + " needs a newer version of Open Dental.");
      }
      // Lists of keys are named in the plural: procNums.
      boolean isList = value.isArray() && canonical(accepted, name).endsWith("Nums");
      if (!value.isValueNode() && !isList) {
        throw Refusal.invalid(canonical(accepted, name) + " is invalid.");
      }
      values.put(canonical(accepted, name), isList ? value.toString() : value.asText());
    }
    return new Fields(values);
  }

  static Fields ofQuery(
      Map<String, String> query,
      Map<String, Optional<Version>> accepted,
      Version office,
      OfficeSettings settings)
      throws Refusal {
    Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Map.Entry<String, String> parameter : query.entrySet()) {
      String name = parameter.getKey();
      if (!accepted.containsKey(name)) {
        if (settings.unknownFieldsRefused()) {
          throw Refusal.invalid("A parameter of the request is not known.");
        }
        continue;
      }
      if (!accepted.get(name).map(office::atLeast).orElse(true)) {
        throw Refusal.invalid(canonical(accepted, name) + " needs a newer version of Open Dental.");
      }
      values.put(canonical(accepted, name), parameter.getValue());
    }
    return new Fields(values);
  }

  private static String canonical(Map<String, Optional<Version>> accepted, String name) {
    return accepted.keySet().stream().filter(name::equalsIgnoreCase).findFirst().orElse(name);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name));
  }

  String required(String name) throws Refusal {
    return text(name)
        .filter(value -> !value.isBlank())
        .orElseThrow(() -> Refusal.invalid(name + " is required"));
  }

  Optional<Long> number(String name) throws Refusal {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.valueOf(text.get().strip()));
    } catch (NumberFormatException e) {
      throw Refusal.invalid(name + " is invalid.");
    }
  }

  Optional<Boolean> flag(String name) throws Refusal {
    Optional<String> text = text(name).map(value -> value.strip().toLowerCase(Locale.ROOT));
    if (text.isPresent() && !text.get().equals("true") && !text.get().equals("false")) {
      throw Refusal.invalid(name + " must be either true or false.");
    }
    return text.map("true"::equals);
  }

  /** A date; empty text means no date. */
  Optional<LocalDate> date(String name) throws Refusal {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (text.get().isBlank()) {
      return Optional.of(LocalDate.of(1, 1, 1));
    }
    try {
      return Optional.of(LocalDate.parse(text.get().strip()));
    } catch (DateTimeParseException e) {
      throw Refusal.invalid(name + " format must be yyyy-MM-dd");
    }
  }

  Optional<LocalDateTime> dateTime(String name) throws Refusal {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDateTime.parse(text.get().strip(), DATE_TIME));
    } catch (DateTimeParseException e) {
      throw Refusal.invalid(name + " format must be yyyy-MM-dd HH:mm:ss");
    }
  }

  Optional<LocalTime> time(String name) throws Refusal {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalTime.parse(text.get().strip(), TIME));
    } catch (DateTimeParseException e) {
      throw Refusal.invalid(name + " format must be HH:mm:ss");
    }
  }

  /** The stored number of an enum's text, if it is one of the allowed ones. */
  Optional<Integer> choice(String name, Names names, String... allowed) throws Refusal {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String wanted = text.get().strip();
    List<String> choices = allowed.length == 0 ? names.members() : Arrays.asList(allowed);
    OptionalInt number = names.number(wanted);
    if (number.isEmpty() || choices.stream().noneMatch(wanted::equalsIgnoreCase)) {
      throw Refusal.invalid(name + " is invalid.");
    }
    return Optional.of(number.getAsInt());
  }
}
