package pontic.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import pontic.sandbox.database.Practice;
import pontic.sandbox.database.Upgrade;
import pontic.sandbox.database.Upgrade.Step;

/**
 * POST /practices/{id}/upgrade: {@code {"version":"25.3.36.0"}}, with {@code "until":"begun"},
 * {@code "columns"} or {@code "rows"} to leave it standing there as a crash would.
 */
public final class UpgradeHandler implements ControlHandler {
  private final Practice practice;

  public UpgradeHandler(Practice practice) {
    this.practice = practice;
  }

  @Override
  public Object handle(JsonNode body) throws Exception {
    String until = body.path("until").asText("done").toUpperCase(Locale.ROOT);
    Step last =
        List.of(Step.values()).stream()
            .filter(step -> step.name().equals(until))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("until is begun, columns, rows or done"));
    new Upgrade(practice).run(body.path("version").asText(), last);
    return Map.of("practice", practice.id(), "programVersion", practice.programVersion());
  }
}
