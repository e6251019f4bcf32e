package pontic.sandbox.hospital;

import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.hl7.fhir.r4.model.Identifier;

/** The one condition that this hospital understands: {@code identifier=system|value}. */
final class IdentifierCondition {
  private IdentifierCondition() {}

  static Identifier of(String url) {
    String query = url.substring(url.indexOf('?') + 1);
    if (!query.startsWith("identifier=") || query.contains("&")) {
      throw new InvalidRequestException(
          "Only identifier=system|value is understood as a condition");
    }
    String token =
        URLDecoder.decode(query.substring("identifier=".length()), StandardCharsets.UTF_8);
    int bar = token.indexOf('|');
    return identifier(bar < 0 ? "" : token.substring(0, bar), token.substring(bar + 1));
  }

  /** An empty system matches any. */
  static Identifier identifier(String system, String value) {
    Identifier identifier = new Identifier().setValue(value);
    return system == null || system.isEmpty() ? identifier : identifier.setSystem(system);
  }
}
