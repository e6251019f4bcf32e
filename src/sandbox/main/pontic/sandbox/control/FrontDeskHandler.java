package pontic.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import pontic.sandbox.desk.DeskException;
import pontic.sandbox.desk.FrontDesk;

/** POST /front-desk: one action of a person at a practice's desk. */
public final class FrontDeskHandler implements ControlHandler {
  private static final Set<String> ALWAYS = Set.of("practice", "action");

  /** Action to the fields that it takes besides practice and action. */
  private static final Map<String, List<String>> ACTIONS =
      Map.ofEntries(
          Map.entry("book", List.of("patNum", "op", "provNum", "at", "minutes", "note")),
          Map.entry("move", List.of("aptNum", "at", "op", "provNum")),
          Map.entry("complete", List.of("aptNum")),
          Map.entry("break", List.of("aptNum", "breakType")),
          Map.entry("delete", List.of("aptNum")),
          Map.entry("addPatient", List.of("fields")),
          Map.entry("editPatient", List.of("patNum", "fields")),
          Map.entry("merge", List.of("from", "into")),
          Map.entry("deletePatient", List.of("patNum")),
          Map.entry("decease", List.of("patNum", "at")),
          Map.entry("touchAll", List.of()));

  private final Map<String, FrontDesk> desks;

  /**
   * @param desks practice id to its desk
   */
  public FrontDeskHandler(Map<String, FrontDesk> desks) {
    this.desks = Map.copyOf(desks);
  }

  @Override
  public Object handle(JsonNode body) throws Exception {
    if (!body.isObject()) {
      throw new IllegalArgumentException("Send a JSON object with practice and action");
    }
    String action = text(body, "action");
    List<String> fields = ACTIONS.get(action);
    if (fields == null) {
      throw new IllegalArgumentException(
          "There is no action '" + action + "'; there is " + new TreeMap<>(ACTIONS).keySet());
    }
    Set<String> allowed = new TreeSet<>(ALWAYS);
    allowed.addAll(fields);
    body.fieldNames()
        .forEachRemaining(
            name -> {
              if (!allowed.contains(name)) {
                throw new IllegalArgumentException(
                    "Action " + action + " has no field '" + name + "'; it takes " + allowed);
              }
            });
    FrontDesk desk = desks.get(text(body, "practice"));
    if (desk == null) {
      throw new IllegalArgumentException(
          "There is no such practice; there is " + new TreeSet<>(desks.keySet()));
    }
    try {
      return act(desk, action, body);
    } catch (DeskException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Object act(FrontDesk desk, String action, JsonNode body) throws Exception {
    switch (action) {
      case "book" -> {
        long aptNum =
            desk.book(
                number(body, "patNum"),
                number(body, "op"),
                number(body, "provNum"),
                time(body),
                body.has("minutes")
                    ? (int) Math.max(0, Math.min(number(body, "minutes"), Integer.MAX_VALUE))
                    : 30,
                body.has("note") ? text(body, "note") : "");
        return Map.of("AptNum", aptNum);
      }
      case "move" -> {
        desk.move(number(body, "aptNum"), time(body), maybe(body, "op"), maybe(body, "provNum"));
        return Map.of("AptNum", number(body, "aptNum"));
      }
      case "complete" -> {
        desk.complete(number(body, "aptNum"));
        return Map.of("AptNum", number(body, "aptNum"));
      }
      case "break" -> {
        String type = text(body, "breakType");
        if (!type.equals("missed") && !type.equals("cancelled")) {
          throw new IllegalArgumentException("breakType is missed or cancelled");
        }
        desk.breakAppointment(number(body, "aptNum"), type.equals("missed"));
        return Map.of("AptNum", number(body, "aptNum"));
      }
      case "delete" -> {
        desk.delete(number(body, "aptNum"));
        return Map.of("AptNum", number(body, "aptNum"));
      }
      case "addPatient" -> {
        return Map.of("PatNum", desk.addPatient(fields(body)));
      }
      case "editPatient" -> {
        desk.editPatient(number(body, "patNum"), fields(body));
        return Map.of("PatNum", number(body, "patNum"));
      }
      case "deletePatient" -> {
        desk.deletePatient(number(body, "patNum"));
        return Map.of("PatNum", number(body, "patNum"));
      }
      case "decease" -> {
        desk.decease(number(body, "patNum"), time(body));
        return Map.of("PatNum", number(body, "patNum"));
      }
      case "merge" -> {
        desk.merge(number(body, "from"), number(body, "into"));
        return Map.of("PatNumFrom", number(body, "from"), "PatNumTo", number(body, "into"));
      }
      case "touchAll" -> {
        return Map.of("rows", desk.touchAll());
      }
      default -> throw new IllegalStateException("Action " + action + " is listed and not done");
    }
  }

  private static Map<String, String> fields(JsonNode body) {
    JsonNode fields = body.path("fields");
    if (!fields.isObject()) {
      throw new IllegalArgumentException(
          "fields is an object of patient columns: " + FrontDesk.patientFields());
    }
    Map<String, String> values = new LinkedHashMap<>();
    fields
        .fields()
        .forEachRemaining(
            e -> {
              if (!e.getValue().isTextual() && !e.getValue().isIntegralNumber()) {
                throw new IllegalArgumentException("Field " + e.getKey() + " takes a text");
              }
              values.put(e.getKey(), e.getValue().asText());
            });
    return values;
  }

  private static String text(JsonNode body, String field) {
    JsonNode value = body.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("Field " + field + " is needed, as a text");
    }
    return value.textValue();
  }

  private static long number(JsonNode body, String field) {
    JsonNode value = body.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IllegalArgumentException("Field " + field + " is needed, as a whole number");
    }
    return value.longValue();
  }

  private static OptionalLong maybe(JsonNode body, String field) {
    return body.has(field) ? OptionalLong.of(number(body, field)) : OptionalLong.empty();
  }

  private static LocalDateTime time(JsonNode body) {
    try {
      return LocalDateTime.parse(text(body, "at"));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "Field at is the practice's wall clock, like 2026-12-01T09:00", e);
    }
  }
}
