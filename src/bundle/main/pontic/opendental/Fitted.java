package pontic.opendental;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pontic.mapping.TextColumn;

/**
 * Fields of a row as its columns hold them (decisions 0423 and 0424): what is compared, looked up,
 * sent and read back is the same text, and nothing of it is lost without a word.
 *
 * @param fields what is written
 * @param warnings field names only, no values
 * @param changed what was left out or cut: a sentence for each, of field names only
 * @param over the words that did not fit; a patient's, never for the receipt
 * @param refusals why the row cannot be written
 */
record Fitted(
    ObjectNode fields,
    List<String> warnings,
    List<String> changed,
    List<Left.Word> over,
    List<String> refusals) {

  /** Stands for a character that MySQL's utf8 has no room for. */
  static final char REPLACEMENT = '\uFFFD';

  /** Before the words that did not fit behind others. */
  static final String CONTINUES = "… ";

  Fitted {
    warnings = List.copyOf(warnings);
    changed = List.copyOf(changed);
    over = List.copyOf(over);
    refusals = List.copyOf(refusals);
  }

  /**
   * @param columns of the fields' resource; a field that is none of them is of no length that
   *     matters
   */
  static Fitted of(ObjectNode fields, Map<String, TextColumn> columns) {
    ObjectNode fit = fields.deepCopy();
    List<String> warnings = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    List<Left.Word> over = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    fields
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isTextual()) {
                String name = field.getKey();
                String text = storable(field.getValue().textValue());
                if (!text.equals(field.getValue().textValue())) {
                  fit.put(name, text);
                  warnings.add(replaced(name));
                }
                TextColumn column = columns.get(name);
                if (column != null && !column.holds(text, 0)) {
                  if (column.way() == TextColumn.Way.CUT) {
                    String cut = column.cut(text, 0);
                    fit.put(name, cut);
                    changed.add(cut(name, column, 0));
                    over.add(new Left.Word(name, rest(text, cut)));
                  } else {
                    changed.add(name + " was left out: Open Dental holds " + column.bound());
                    over.add(new Left.Word(name, text));
                    leave(fit, name, column.way());
                    if (column.way() == TextColumn.Way.REFUSE) {
                      refusals.add(
                          name
                              + " has more than the "
                              + column.bound()
                              + " that Open Dental holds");
                    }
                  }
                }
              }
            });
    return new Fitted(fit, warnings, changed, over, refusals);
  }

  private static void leave(ObjectNode fit, String name, TextColumn.Way way) {
    if (way == TextColumn.Way.EMPTY) {
      fit.put(name, "");
    } else {
      fit.remove(name);
    }
  }

  /** For the receipt. */
  static String replaced(String field) {
    return field + ": characters that Open Dental cannot store were replaced";
  }

  /** For the receipt. */
  static String cut(String field, TextColumn column, int reserved) {
    return field + " was cut to " + column.bound(reserved);
  }

  /** What did not fit behind the beginning that did. */
  static String rest(String text, String beginning) {
    return (beginning.isEmpty() ? "" : CONTINUES) + text.substring(beginning.length()).strip();
  }

  /** Columns but these. */
  static Map<String, TextColumn> but(Map<String, TextColumn> columns, List<String> fields) {
    Map<String, TextColumn> others = new LinkedHashMap<>(columns);
    others.keySet().removeAll(fields);
    return others;
  }

  /**
   * A text as Open Dental's utf8 holds it: characters beyond the Basic Multilingual Plane are
   * replaced, each by one.
   */
  static String storable(String text) {
    if (text.chars().noneMatch(unit -> Character.isSurrogate((char) unit))) {
      return text;
    }
    StringBuilder storable = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point ->
                storable.append(
                    Character.isBmpCodePoint(point) && !Character.isSurrogate((char) point)
                        ? (char) point
                        : REPLACEMENT));
    return storable.toString();
  }
}
