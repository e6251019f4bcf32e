package pontic.sandbox.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Conditions of a list, joined by "and"; values only as parameters. */
final class Where {
  private final List<String> conditions = new ArrayList<>();
  private final List<Object> values = new ArrayList<>();

  void and(String condition, Object... parameters) {
    conditions.add("(" + condition + ")");
    values.addAll(Arrays.asList(parameters));
  }

  /** Partial match without regard to case, wherever in the text. */
  void contains(String column, String part) {
    and(
        column + " like ?",
        "%" + part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%");
  }

  String sql() {
    return conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
  }

  List<Object> values() {
    return List.copyOf(values);
  }
}
