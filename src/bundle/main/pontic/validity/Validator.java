package pontic.validity;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HAPI's validator with FHIR's own definitions and a set of packages. To make one takes seconds; it
 * may be used by many threads.
 */
public final class Validator {
  private static final Logger LOG = LoggerFactory.getLogger(Validator.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As it calls a profile that it does not find; that is told by {@link #missing}. */
  private static final String UNKNOWN = "Validation_VAL_Profile_Unknown";

  /** A mapping writes it, and no patient; nothing that could be something else is repeated. */
  private static final Pattern PROFILE =
      Pattern.compile("https?://[A-Za-z0-9./-]{1,150}(\\|[A-Za-z0-9.-]{1,20})?");

  /** What was looked at lately is often looked at again: sent alone, or once more. */
  private static final int LATELY = 500;

  private final Definitions definitions;
  private final FhirValidator validator;
  private final Words words;
  private final Map<String, List<Failing>> lately = new LinkedHashMap<>();

  /**
   * @param definitions of FHIR and of the packages
   */
  Validator(FhirContext fhir, Definitions definitions) {
    this.definitions = definitions;
    FhirInstanceValidator module =
        new FhirInstanceValidator(new ValidationSupportChain(definitions.supports(fhir)));
    // With packages, a profile that they lack is told by itself; without, none is looked at.
    module.setErrorForUnknownProfiles(false);
    module.setAnyExtensionsAllowed(true);
    this.validator = fhir.newValidator().registerValidatorModule(module);
    this.words =
        new Words(
            url -> key -> definitions.constraint(url, key),
            definitions::defines,
            definitions::names);
  }

  /**
   * What the resource fails; of warnings nothing is told. Not what the packages cannot tell: a code
   * of a system that they do not have.
   *
   * @param resource FHIR JSON
   */
  public List<Failing> failing(String resource) {
    String print = print(resource);
    synchronized (lately) {
      if (lately.containsKey(print)) {
        return lately.get(print);
      }
    }
    List<Failing> failing = judged(resource);
    synchronized (lately) {
      lately.put(print, failing);
      if (lately.size() > LATELY) {
        lately.remove(lately.keySet().iterator().next());
      }
    }
    return failing;
  }

  private List<Failing> judged(String resource) {
    try {
      return Stream.concat(
              missing(resource),
              validator.validateWithResult(resource).getMessages().stream()
                  .filter(
                      message ->
                          message.getSeverity().ordinal() >= ResultSeverityEnum.ERROR.ordinal()
                              && !UNKNOWN.equals(message.getMessageId()))
                  .map(words::of))
          .distinct()
          .toList();
    } catch (RuntimeException e) {
      // Of foreign code, which goes by the content: it says nothing of others. Its text may quote.
      LOG.warn("The validator itself failed on a resource ({})", e.getClass().getName());
      return List.of(
          new Failing(
              e.getClass().getSimpleName(), "", "the validator itself failed on this resource"));
    }
  }

  /**
   * Profiles that the resource says it keeps to, and that no package has. None if there are no
   * packages: then profiles are not looked at.
   */
  private Stream<Failing> missing(String resource) {
    JsonNode read = read(resource);
    return StreamSupport.stream(read.path("meta").path("profile").spliterator(), false)
        .map(JsonNode::asText)
        .filter(profile -> definitions.withPackages() && !definitions.hasProfile(profile))
        .map(profile -> PROFILE.matcher(profile).matches() ? profile : "a profile that it names")
        .map(
            profile ->
                new Failing(
                    "profile-missing",
                    Words.type(read.path("resourceType").asText(), definitions::names)
                        + ".meta.profile",
                    "no package here has " + profile));
  }

  private static JsonNode read(String resource) {
    try {
      return JSON.readTree(resource);
    } catch (JsonProcessingException e) {
      // Without the cause: its text quotes what it read.
      throw new IllegalArgumentException("Expected JSON and got something else");
    }
  }

  private static String print(String resource) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(resource.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
