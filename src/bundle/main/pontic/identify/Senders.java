package pontic.identify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import pontic.mapping.MatchRules;
import pontic.person.Identifier;

/** Whose number an identifier is. */
final class Senders {
  /** What the HL7 mapping makes of a bare namespace (CX.4, EI.2) that no table knows. */
  private static final String NAMESPACE = "urn:id:";

  /** Shared and mistyped too often to lead to a patient by itself. */
  static final String SSN = "http://hl7.org/fhir/sid/us-ssn";

  /** One that a row may have; who waits for his has 0. */
  private static final Pattern KEY = Pattern.compile("(?=\\d{1,18}$)0*[1-9]\\d*");

  private Senders() {}

  /**
   * An identifier of a patient or appointment.
   *
   * @param identifier as the crosswalk has it
   * @param said FHIR Identifier as the message has it
   */
  record Given(Identifier identifier, JsonNode said) {}

  /** Those of a patient that lead to him: not what may be his family's (decision 0404). */
  static List<Given> leading(JsonNode patient, String sender, MatchRules rules) {
    return given(patient, sender).stream()
        .filter(given -> !isNoNumber(given.said(), rules.noNumbers()))
        .toList();
  }

  private static boolean isNoNumber(JsonNode identifier, MatchRules.NoNumbers none) {
    String system = identifier.path("system").asText();
    return none.has("", system)
        || StreamSupport.stream(identifier.path("type").path("coding").spliterator(), false)
            .anyMatch(coding -> none.has(coding.path("code").asText(), system));
  }

  /** Those of a FHIR resource that say whose they are. */
  static List<Given> given(JsonNode resource, String sender) {
    List<Given> given = new ArrayList<>();
    for (JsonNode identifier : resource.path("identifier")) {
      String system = identifier.path("system").asText();
      String value = identifier.path("value").asText();
      if (!system.isBlank() && !value.isBlank() && !system.equals(SSN)) {
        given.add(new Given(new Identifier(scoped(system, sender), value), identifier));
      }
    }
    return given;
  }

  /**
   * Whether it is a number of Open Dental's own, as we tell it to others.
   *
   * @param kind patient, appointment
   */
  static boolean isOurs(String practice, String kind, Identifier number) {
    return number.system().equals("urn:pontic:" + practice + ":" + kind)
        && KEY.matcher(number.value()).matches();
  }

  /**
   * A bare namespace ("MRN") means something only within its facility: two hospitals that both
   * write it number different patients. The applications of one facility (MSH-4) share it. Anything
   * else is unique by itself.
   *
   * @param sender MSH-3|MSH-4, or a client of the façade
   */
  static String scoped(String system, String sender) {
    if (!system.startsWith(NAMESPACE)) {
      return system;
    }
    String facility = sender.substring(sender.indexOf('|') + 1);
    return system + "@" + (facility.isBlank() ? sender : facility);
  }
}
