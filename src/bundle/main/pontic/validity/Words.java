package pontic.validity;

import ca.uhn.fhir.validation.SingleValidationMessage;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the validator says, without what it quotes: its messages repeat values, and those are a
 * patient's. So no text of a message is passed on. Its words are the template of its own catalogue,
 * with a mark where a value stood; of a constraint, the words of whoever wrote the constraint. Of
 * what was quoted only canonical URLs come back that the packages themselves define.
 */
final class Words {
  private static final String VALUE = "…";
  private static final String UNNAMED = "unnamed";

  /** Its template is nothing but what somebody else said. */
  private static final String PASSED_ON = "Terminology_PassThrough_TX_Message";

  /** As {@code http://hl7.org/fhir/StructureDefinition/Patient#pat-1}, or with a version. */
  private static final Pattern CONSTRAINT =
      Pattern.compile("(https?://[^#|\\s]+)(\\|[^#\\s]*)?#([A-Za-z0-9-]{1,40})");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,100}");
  private static final Pattern URL = Pattern.compile("https?://[^\\s'\"|,;()\\[\\]<>{}#]{1,200}");
  private static final Pattern PLACE = Pattern.compile("\\{\\d+[^{}]*}");
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/");

  private static final Pattern CHOSEN = Pattern.compile("ofType\\(([A-Za-z0-9]{1,64})\\)");

  /** Elements of FHIR; a slice ({@code identifier:ssn}) and a position go along with one. */
  private static final Pattern STEP =
      Pattern.compile("[A-Za-z][A-Za-z0-9]{0,63}(:[A-Za-z0-9_-]{1,64})?(\\[(\\d{1,9}|x)])*");

  private final ResourceBundle catalogue =
      ResourceBundle.getBundle(
          "Messages",
          Locale.ROOT,
          ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
  private final Function<String, Function<String, Optional<String>>> constraints;
  private final Predicate<String> canonicals;
  private final Predicate<String> elements;

  /**
   * @param constraints the words of a constraint, by the profile's URL and its key
   * @param canonicals whether the packages define it
   * @param elements whether it is the name of a type or element of FHIR
   */
  Words(
      Function<String, Function<String, Optional<String>>> constraints,
      Predicate<String> canonicals,
      Predicate<String> elements) {
    this.constraints = constraints;
    this.canonicals = canonicals;
    this.elements = elements;
  }

  Failing of(SingleValidationMessage message) {
    String id = message.getMessageId() == null ? "" : message.getMessageId();
    String at = place(message.getLocationString() == null ? "" : message.getLocationString());
    Matcher constraint = CONSTRAINT.matcher(id);
    if (constraint.matches() && canonicals.test(constraint.group(1))) {
      Optional<String> human = constraints.apply(constraint.group(1)).apply(constraint.group(3));
      if (human.isPresent()) {
        return new Failing(constraint.group(3), at, human.get());
      }
    }
    Optional<String> template =
        id.equals(PASSED_ON) ? Optional.of("its system does not have this code") : template(id);
    return new Failing(
        template.isPresent() ? id : UNNAMED,
        at,
        template.orElse("a rule whose words cannot be told apart from values")
            + known(message.getMessage() == null ? "" : message.getMessage()));
  }

  private Optional<String> template(String id) {
    if (!NAME.matcher(id).matches()) {
      return Optional.empty();
    }
    for (String key : new String[] {id, id + "_one", id + "_other"}) {
      try {
        return Optional.of(
            PLACE.matcher(catalogue.getString(key)).replaceAll(VALUE).replace("''", "'").strip());
      } catch (MissingResourceException e) {
        // The next form of it; with none, the message is not told.
        continue;
      }
    }
    return Optional.empty();
  }

  private String known(String message) {
    String urls =
        URL.matcher(message)
            .results()
            .map(found -> found.group().replaceAll("[.:]+$", ""))
            .filter(canonicals)
            .distinct()
            .limit(3)
            .collect(Collectors.joining(", "));
    return urls.isEmpty() ? "" : " [" + urls + "]";
  }

  /** The type of a resource, if it is one. */
  static String type(String type, Predicate<String> elements) {
    return elements.test(type) ? type : VALUE;
  }

  /** A property that FHIR does not know has any name, so it is not repeated. */
  private String place(String location) {
    String path = COMMENT.matcher(location).replaceAll("");
    StringBuilder told = new StringBuilder();
    for (String step : path.split("\\.", 60)) {
      Matcher chosen = CHOSEN.matcher(step);
      boolean isKnown =
          chosen.matches()
              ? elements.test(chosen.group(1))
              : STEP.matcher(step).matches() && elements.test(step.replaceFirst("[:\\[].*", ""));
      if (!isKnown) {
        return told.append(told.isEmpty() ? VALUE : "." + VALUE).toString();
      }
      told.append(told.isEmpty() ? "" : ".").append(step);
    }
    return told.toString();
  }
}
