package pontic.hl7;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the JSON form that {@link Hl7Json} reads as HL7 version 2 text in UTF-8, with the usual
 * separators whatever MSH-1 and MSH-2 of the JSON say.
 *
 * <p>Values cannot change the structure: separators are escaped, a line end becomes {@code \.br\},
 * a tab a blank, other control characters and halves of characters are left out. So no text,
 * however hostile, makes a field or a segment. Two quotation marks stay HL7's explicit null.
 */
public final class Hl7Text {
  private static final int MOST_FIELDS = 500;
  private static final char FIELD = '|';
  private static final char COMPONENT = '^';
  private static final char REPETITION = '~';
  private static final char SUBCOMPONENT = '&';
  private static final String ENCODING = "^~\\&";

  /**
   * @param message segments in the order of its {@code segments}; values are texts or numbers
   * @throws Hl7Exception if it is not of that form; names places, never values
   */
  public byte[] write(JsonNode message) {
    StringBuilder out = new StringBuilder();
    Map<String, Integer> written = new HashMap<>();
    int position = 0;
    for (JsonNode listed : message.path("segments")) {
      position++;
      String name = listed.asText();
      if (!name.matches("[A-Z][A-Z0-9]{2}") || (position == 1) != name.equals("MSH")) {
        throw new Hl7Exception(
            position,
            0,
            "a message has MSH first and only there, and segment names of three capitals");
      }
      int occurrence = written.merge(name, 1, Integer::sum) - 1;
      JsonNode segment = message.path(name).path(occurrence);
      if (!segment.isObject()) {
        throw new Hl7Exception(position, 0, "the segment is listed and not there");
      }
      out.append(name);
      segment(out, segment, position, name.equals("MSH"));
      out.append('\r');
    }
    if (position == 0) {
      throw new Hl7Exception(0, 0, "The message has no segments");
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void segment(StringBuilder out, JsonNode segment, int position, boolean header) {
    TreeMap<Integer, JsonNode> fields = new TreeMap<>();
    for (Iterator<Map.Entry<String, JsonNode>> all = segment.fields(); all.hasNext(); ) {
      Map.Entry<String, JsonNode> field = all.next();
      int number = number(field.getKey(), position, 0);
      if (!header || number > 2) {
        fields.put(number, field.getValue());
      }
    }
    int next = 1;
    if (header) {
      out.append(FIELD).append(ENCODING);
      next = 3;
    }
    for (Map.Entry<Integer, JsonNode> field : fields.entrySet()) {
      StringBuilder content = repetitions(field.getValue(), position, field.getKey());
      if (!content.isEmpty()) {
        fill(out, FIELD, field.getKey() - next + 1);
        out.append(content);
        next = field.getKey() + 1;
      }
    }
  }

  private static StringBuilder repetitions(JsonNode field, int segment, int number) {
    StringBuilder out = new StringBuilder();
    int missing = 0;
    for (JsonNode repetition : field) {
      StringBuilder content = components(repetition, segment, number);
      if (!content.isEmpty()) {
        fill(out, REPETITION, missing);
        missing = 0;
        out.append(content);
      }
      missing++;
    }
    return out;
  }

  /** Keys are component numbers; further subcomponents are "4.2". */
  private static StringBuilder components(JsonNode repetition, int segment, int field) {
    TreeMap<Integer, TreeMap<Integer, String>> components = new TreeMap<>();
    for (Iterator<Map.Entry<String, JsonNode>> all = repetition.fields(); all.hasNext(); ) {
      Map.Entry<String, JsonNode> value = all.next();
      String[] place = value.getKey().split("\\.", 2);
      int sub = place.length == 1 ? 1 : number(place[1], segment, field);
      if (!value.getValue().isValueNode()) {
        throw new Hl7Exception(segment, field, "a component is neither text nor number");
      }
      String text = value.getValue().isNull() ? "" : escaped(value.getValue().asText());
      if (!text.isEmpty()) {
        components
            .computeIfAbsent(number(place[0], segment, field), n -> new TreeMap<>())
            .put(sub, text);
      }
    }
    StringBuilder out = new StringBuilder();
    int next = 1;
    for (Map.Entry<Integer, TreeMap<Integer, String>> component : components.entrySet()) {
      fill(out, COMPONENT, component.getKey() - next);
      next = component.getKey();
      int nextSub = 1;
      for (Map.Entry<Integer, String> sub : component.getValue().entrySet()) {
        fill(out, SUBCOMPONENT, sub.getKey() - nextSub);
        nextSub = sub.getKey();
        out.append(sub.getValue());
      }
    }
    return out;
  }

  private static int number(String key, int segment, int field) {
    if (!key.matches("[1-9][0-9]{0,2}") || Integer.parseInt(key) > MOST_FIELDS) {
      throw new Hl7Exception(segment, field, "a field or component is not named by its number");
    }
    return Integer.parseInt(key);
  }

  private static void fill(StringBuilder out, char separator, int count) {
    for (int i = 0; i < count; i++) {
      out.append(separator);
    }
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case FIELD -> out.append("\\F\\");
        case COMPONENT -> out.append("\\S\\");
        case REPETITION -> out.append("\\R\\");
        case SUBCOMPONENT -> out.append("\\T\\");
        case '\\' -> out.append("\\E\\");
        case '\n', '\u0085', '\u2028', '\u2029' -> out.append("\\.br\\");
        case '\r' -> {
          if (i + 1 == text.length() || text.charAt(i + 1) != '\n') {
            out.append("\\.br\\");
          }
        }
        case '\t' -> out.append(' ');
        default -> {
          if (!Character.isISOControl(c) && !isHalf(text, i)) {
            out.append(c);
          }
        }
      }
    }
    return out.toString();
  }

  /** Half of a character: what was cut in between. */
  private static boolean isHalf(String text, int at) {
    char c = text.charAt(at);
    return Character.isHighSurrogate(c)
            && (at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1)))
        || Character.isLowSurrogate(c)
            && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }
}
