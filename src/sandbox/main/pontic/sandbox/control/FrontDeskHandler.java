package pontic.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import pontic.sandbox.desk.ChartDesk;
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
          Map.entry("delete", List.of("aptNum", "table", "key")),
          Map.entry("insert", List.of("table", "columns")),
          Map.entry("update", List.of("table", "key", "columns")),
          Map.entry("addRow", List.of("table", "columns")),
          Map.entry("editRow", List.of("table", "key", "columns")),
          Map.entry("removeRow", List.of("table", "key")),
          Map.entry("mergeRows", List.of("table", "from", "into")),
          Map.entry("completeProcedure", List.of("procNum", "note")),
          Map.entry("note", List.of("procNum", "note")),
          Map.entry("missingTooth", List.of("patNum", "tooth")),
          Map.entry("beginPerio", List.of("patNum", "provNum")),
          Map.entry("measure", List.of("perioExamNum", "type", "tooth", "toothValue", "sites")),
          Map.entry("plan", List.of("treatPlanNum", "patNum", "heading", "procNums")),
          Map.entry("resyncDay", List.of("day")),
          Map.entry("races", List.of("patNum", "codes")),
          Map.entry("addDocument", List.of("patNum", "fileName", "base64")),
          Map.entry("sendClaim", List.of("claimNum")),
          Map.entry("receiveClaim", List.of("claimNum", "paid")),
          Map.entry("pay", List.of("patNum", "amount", "procNums")),
          Map.entry("syncRecalls", List.of()),
          Map.entry("addPatient", List.of("fields")),
          Map.entry("editPatient", List.of("patNum", "fields")),
          Map.entry("merge", List.of("from", "into")),
          Map.entry("deletePatient", List.of("patNum")),
          Map.entry("decease", List.of("patNum", "at")),
          Map.entry("touchAll", List.of()));

  private final Map<String, FrontDesk> desks;
  private final Map<String, ChartDesk> charts;

  /**
   * @param desks practice id to its desk
   * @param charts practice id to the desk where its charts are kept
   */
  public FrontDeskHandler(Map<String, FrontDesk> desks, Map<String, ChartDesk> charts) {
    this.desks = Map.copyOf(desks);
    this.charts = Map.copyOf(charts);
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
      return act(desk, charts.get(text(body, "practice")), action, body);
    } catch (DeskException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Object act(FrontDesk desk, ChartDesk chart, String action, JsonNode body)
      throws Exception {
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
        if (body.has("table")) {
          chart.deleteRow(text(body, "table"), number(body, "key"));
          return Map.of("key", number(body, "key"));
        }
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
      case "insert" -> {
        return Map.of("key", chart.insertRow(text(body, "table"), columns(body)));
      }
      case "update" -> {
        chart.updateRow(text(body, "table"), number(body, "key"), columns(body));
        return Map.of("key", number(body, "key"));
      }
      case "addRow" -> {
        return Map.of("key", chart.add(text(body, "table"), columns(body)));
      }
      case "editRow" -> {
        chart.edit(text(body, "table"), number(body, "key"), columns(body));
        return Map.of("key", number(body, "key"));
      }
      case "removeRow" -> {
        chart.remove(text(body, "table"), number(body, "key"));
        return Map.of("key", number(body, "key"));
      }
      case "mergeRows" -> {
        return Map.of(
            "rows",
            chart.mergeRows(text(body, "table"), number(body, "from"), number(body, "into")));
      }
      case "completeProcedure" -> {
        chart.completeProcedure(
            number(body, "procNum"), body.has("note") ? text(body, "note") : "");
        return Map.of("ProcNum", number(body, "procNum"));
      }
      case "note" -> {
        return Map.of("ProcNoteNum", chart.note(number(body, "procNum"), text(body, "note")));
      }
      case "missingTooth" -> {
        return Map.of(
            "ToothInitialNum", chart.missingTooth(number(body, "patNum"), text(body, "tooth")));
      }
      case "beginPerio" -> {
        return Map.of(
            "PerioExamNum", chart.beginPerio(number(body, "patNum"), number(body, "provNum")));
      }
      case "measure" -> {
        return Map.of(
            "PerioMeasureNum",
            chart.measure(
                number(body, "perioExamNum"),
                (int) number(body, "type"),
                (int) number(body, "tooth"),
                body.has("toothValue") ? (int) number(body, "toothValue") : -1,
                list(body, "sites", JsonNode::isIntegralNumber).stream()
                    .map(JsonNode::intValue)
                    .toList()));
      }
      case "plan" -> {
        return Map.of(
            "TreatPlanNum",
            chart.plan(
                body.has("treatPlanNum") ? number(body, "treatPlanNum") : 0,
                body.has("patNum") ? number(body, "patNum") : 0,
                text(body, "heading"),
                procedures(body)));
      }
      case "resyncDay" -> {
        return Map.of("rows", chart.resyncDay(day(body)));
      }
      case "races" -> {
        chart.races(
            number(body, "patNum"),
            list(body, "codes", JsonNode::isTextual).stream().map(JsonNode::textValue).toList());
        return Map.of("PatNum", number(body, "patNum"));
      }
      case "addDocument" -> {
        return Map.of(
            "DocNum",
            chart.addDocument(
                number(body, "patNum"),
                text(body, "fileName"),
                Base64.getDecoder().decode(text(body, "base64"))));
      }
      case "sendClaim" -> {
        chart.sendClaim(number(body, "claimNum"));
        return Map.of("ClaimNum", number(body, "claimNum"));
      }
      case "receiveClaim" -> {
        chart.receiveClaim(number(body, "claimNum"), body.path("paid").asDouble());
        return Map.of("ClaimNum", number(body, "claimNum"));
      }
      case "pay" -> {
        return Map.of(
            "PayNum",
            chart.pay(number(body, "patNum"), body.path("amount").asDouble(), procedures(body)));
      }
      case "syncRecalls" -> {
        return Map.of("rows", chart.syncRecalls());
      }
      default -> throw new IllegalStateException("Action " + action + " is listed and not done");
    }
  }

  /** Column to value: text, number, true as 1, false as 0, null as null. */
  private static Map<String, Object> columns(JsonNode body) {
    JsonNode columns = body.path("columns");
    if (!columns.isObject()) {
      throw new IllegalArgumentException("columns is an object of column to value");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    columns.fields().forEachRemaining(e -> values.put(e.getKey(), value(e.getValue())));
    return values;
  }

  private static Object value(JsonNode value) {
    if (value.isContainerNode()) {
      throw new IllegalArgumentException("A column takes a text, a number or null");
    }
    return switch (value.getNodeType()) {
      case NUMBER -> value.isIntegralNumber() ? (Object) value.longValue() : value.doubleValue();
      case BOOLEAN -> value.booleanValue() ? 1 : 0;
      case NULL -> null;
      default -> value.asText();
    };
  }

  private static List<Long> procedures(JsonNode body) {
    return list(body, "procNums", JsonNode::isIntegralNumber).stream()
        .map(JsonNode::longValue)
        .toList();
  }

  /** An array of values of one kind; empty where the field is absent. */
  private static List<JsonNode> list(JsonNode body, String field, Predicate<JsonNode> kind) {
    List<JsonNode> values = new ArrayList<>();
    body.path(field).forEach(values::add);
    if (body.has(field) && (!body.get(field).isArray() || !values.stream().allMatch(kind))) {
      throw new IllegalArgumentException("Field " + field + " is a list of numbers or texts");
    }
    return values;
  }

  private static LocalDate day(JsonNode body) {
    try {
      return LocalDate.parse(text(body, "day"));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("Field day is a date like 2026-12-01", e);
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
