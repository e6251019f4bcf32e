package pontic.sandbox.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What a practice is and what is off, for people. */
final class PracticeTable {
  private PracticeTable() {}

  /**
   * @param practice one entry of {@code /control/status}
   */
  static void print(JsonNode practice, PrintStream out) {
    JsonNode capabilities = practice.path("lane").path("capabilities");
    List<String> granted = new ArrayList<>();
    capabilities.path("permissions").forEach(one -> granted.add(one.asText()));
    row(
        out,
        "practice",
        practice.path("practice").asText()
            + ", "
            + practice.path("name").asText()
            + ", "
            + practice.path("zone").asText());
    row(out, "version", "Open Dental " + capabilities.path("version").asText());
    row(
        out,
        "mode, period",
        capabilities.path("mode").asText()
            + ", a request every "
            + capabilities.path("periodMillis").asText()
            + " ms");
    row(out, "permissions", granted.size() + ": " + String.join(" ", granted));
    List<String> off = new ArrayList<>();
    off(off, "write", capabilities.path("writes"));
    off(off, "read", capabilities.path("reads"));
    if (!practice.path("apiEnabled").asBoolean()) {
      off.add("API (switched off in config)");
    }
    if (!practice.path("databaseEnabled").asBoolean()) {
      off.add("database (switched off in config)");
    }
    row(out, "off", off.isEmpty() ? "nothing" : String.join("; ", off));
  }

  private static void off(List<String> off, String kind, JsonNode abilities) {
    abilities
        .properties()
        .forEach(
            ability -> {
              if (!ability.getValue().path("on").asBoolean()) {
                off.add(
                    kind
                        + " "
                        + ability.getKey()
                        + " ("
                        + ability.getValue().path("reason").asText()
                        + ")");
              }
            });
  }

  private static void row(PrintStream out, String head, String text) {
    out.printf("     %-13s %s%n", head, text);
  }
}
