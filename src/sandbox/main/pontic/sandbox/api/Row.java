package pontic.sandbox.api;

import java.util.Map;
import java.util.Optional;

/**
 * One row as the database tells it: column name (case does not matter) to text; SQL null is an
 * absent value.
 */
record Row(Map<String, Optional<String>> columns) {

  boolean has(String column) {
    return columns.containsKey(column);
  }

  String text(String column) {
    return columns.getOrDefault(column, Optional.empty()).orElse("");
  }

  long number(String column) {
    String text = text(column);
    return text.isEmpty() ? 0 : new java.math.BigDecimal(text).longValue();
  }

  double decimal(String column) {
    String text = text(column);
    return text.isEmpty() ? 0 : Double.parseDouble(text);
  }

  /** tinyint(1) comes as 1 or as true, depending on the driver's mood. */
  boolean flag(String column) {
    String text = text(column);
    return text.equals("1") || text.equalsIgnoreCase("true");
  }
}
