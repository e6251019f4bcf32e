package pontic.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The custom fields of patients that every office of the sandbox has set up (open-dental-api.md
 * 4.4, 4.5); no table of its database holds them.
 */
final class CustomFields {
  private record Field(String name, String type, String form) {}

  private static final List<Field> ALL =
      List.of(
          new Field("Hospital number", "Text", "(?s).*"),
          new Field("Interpreter", "Text", "(?s).*"),
          new Field("Wheelchair", "Checkbox", "1?"),
          new Field("Seen since", "Date", "(\\d{4}-\\d{2}-\\d{2})?"));

  private CustomFields() {}

  static Answer definitions(Context context) throws Refusal {
    Fields asked = context.parameters();
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (long key = asked.number("Offset").orElse(0L) + 1; key <= ALL.size(); key++) {
      Field field = ALL.get((int) key - 1);
      rows.add(
          new JsonRow(context.formats())
              .number("PatFieldDefNum", key)
              .text("FieldName", field.name())
              .text("FieldType", field.type())
              .text("PickList", "")
              .flag("IsHidden", false)
              .json());
    }
    return Answer.ok(rows);
  }

  /**
   * The name, which is compared with case, as one of the office's and with a value of its type.
   *
   * @param value empty if none is given
   */
  static String checked(String name, Optional<String> value) throws Refusal {
    Field field =
        ALL.stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() -> Refusal.notFound("PatFieldDef not found"));
    if (value.filter(text -> !text.matches(field.form())).isPresent()) {
      throw Refusal.invalid(
          "FieldValue is no " + field.type().toLowerCase(Locale.ROOT) + " of that field.");
    }
    return field.name();
  }
}
