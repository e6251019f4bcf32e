package pontic.validity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pontic.house.House;
import pontic.mapping.Golden;
import pontic.translate.UsCore;

/** What a destination that wants validity lets through, and that its words hold no value. */
final class ValidatorTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final FhirContext FHIR = FhirContext.forR4Cached();

  /** Stands in every place where a patient's words could. */
  private static final String MARK = "zwkmark";

  private static final String GOOD =
      "{\"resourceType\":\"Patient\",\"id\":\"elm-patient-1\",\"gender\":\"female\"}";

  @TempDir Path folder;
  private static Validators validators;

  @BeforeAll
  static void open() {
    validators = new Validators(FHIR);
  }

  @Test
  void withoutPackagesFhirsOwnRulesAreLookedAtAndNoProfile() {
    Validator validator = made(List.of());
    assertEquals(List.of(), validator.failing(GOOD));
    assertEquals(
        List.of(),
        validator.failing(
            GOOD.replace("{", "{\"meta\":{\"profile\":[\"http://nobody.example/p|1.0.0\"]},")));
    List<Failing> failing = validator.failing(GOOD.replace("female", MARK));
    assertEquals(
        Set.of("Patient.gender"), failing.stream().map(Failing::path).collect(Collectors.toSet()));
    assertTrue(
        failing.toString().contains("http://hl7.org/fhir/ValueSet/administrative-gender"),
        failing::toString);
    Failing url = validator.failing(GOOD.replace("}", ",\"photo\":[{\"url\":\"no url\"}]}")).get(0);
    assertEquals("Patient.photo[0].url", url.at());
    Failing constraint =
        validator
            .failing("{\"resourceType\":\"Patient\",\"contact\":[{\"gender\":\"female\"}]}")
            .get(0);
    assertEquals("pat-1", constraint.rule());
    assertEquals("Patient.contact", constraint.path());
    assertFalse(constraint.words().isBlank());
  }

  @Test
  void aProfileThatNoPackageHasIsToldAndOneThatIsThereCounts() {
    assumeTrue(UsCore.isThere(), UsCore.MISSING);
    Validator validator = made(packages());
    String named =
        GOOD.replace(
            "{",
            "{\"meta\":{\"profile\":[\"http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|6.1.0\"]},");
    Set<String> rules = new TreeSet<>();
    validator.failing(named).forEach(each -> rules.add(each.path()));
    assertTrue(rules.containsAll(Set.of("Patient")), rules::toString);
    List<Failing> missing =
        validator.failing(named.replace("us-core-patient|6.1.0", "us-core-nobody|6.1.0"));
    assertEquals("profile-missing", missing.get(0).rule());
    assertTrue(missing.get(0).words().contains("us-core-nobody|6.1.0"), missing::toString);
  }

  @Test
  void whatTheTestsFindValidIsValidByTheSamePackages() throws IOException {
    assumeTrue(UsCore.isThere(), UsCore.MISSING);
    Validator validator = made(packages());
    Set<String> failing = new LinkedHashSet<>();
    for (JsonNode resource : resources()) {
      validator
          .failing(resource.toString())
          .forEach(each -> failing.add(each.path() + " " + each.rule()));
    }
    assertEquals(Set.of(), failing);
  }

  @Test
  void noValueOfAResourceStandsInTheWords() throws IOException {
    Validator validator = made(UsCore.isThere() ? packages() : List.of());
    int told = 0;
    int turn = 0;
    for (JsonNode resource : resources()) {
      turn++;
      // To judge one takes long: each way of marking meets every second resource.
      for (UnaryOperator<String> change :
          changes().subList(turn % 2 == 0 ? 0 : 2, turn % 2 == 0 ? 2 : 4)) {
        List<Failing> failing = validator.failing(marked(resource, change).toString());
        told += failing.size();
        for (Failing each : failing) {
          assertFalse(
              each.toString().toLowerCase(Locale.ROOT).contains(MARK),
              () -> resource.path("resourceType").asText() + ": " + each);
        }
      }
    }
    assertTrue(told > 200, "the marks were looked at: " + told);
  }

  @Test
  void anExceptionCoversItsRuleThereAndNowhereElse() throws IOException {
    Exceptions exceptions =
        Exceptions.of("exceptions:\n  - { rule: pat-1, at: Patient.contact, why: no reason }\n");
    assertTrue(exceptions.cover(new Failing("pat-1", "Patient.contact[2]", "")));
    assertFalse(exceptions.cover(new Failing("pat-1", "Patient", "")));
    assertFalse(exceptions.cover(new Failing("pat-2", "Patient.contact", "")));
    assertEquals(
        0,
        Exceptions.read(House.home().resolve("mappings/fhir/exceptions.yaml")).exceptions().size(),
        "nothing that is shipped is excepted");
  }

  @Test
  void whatIsNoPackageIsToldOnceAndTriedAgain() throws IOException {
    Path file = Files.writeString(folder.resolve("broken.tgz"), "no package");
    String failure = failure(List.of(file));
    assertTrue(failure.contains("broken.tgz"), failure);
    Files.delete(file);
    Path other =
        Files.writeString(
            folder.resolve("own.json"),
            "{\"resourceType\":\"StructureDefinition\",\"url\":\"http://a.example/own\",\"name\":\"Own\",\"status\":\"active\","
                + "\"kind\":\"resource\",\"abstract\":false,\"type\":\"Patient\",\"derivation\":\"constraint\",\"baseDefinition\":"
                + "\"http://hl7.org/fhir/StructureDefinition/Patient\",\"differential\":{\"element\":[{\"id\":\"Patient.birthDate\","
                + "\"path\":\"Patient.birthDate\",\"min\":1}]}}");
    Validator validator = made(List.of(folder));
    assertTrue(Files.exists(other));
    List<Failing> failing =
        validator.failing(GOOD.replace("{", "{\"meta\":{\"profile\":[\"http://a.example/own\"]},"));
    assertEquals(List.of("Patient"), failing.stream().map(Failing::path).toList());
  }

  private static List<Path> packages() {
    return List.of(
        UsCore.PACKAGES.resolve("hl7.fhir.us.core-6.1.0.tgz"),
        UsCore.PACKAGES.resolve("hl7.fhir.us.dental-data-exchange-2.0.0-ballot.assembled.tgz"));
  }

  private static Validator made(List<Path> packages) {
    House.until(
        "the validator is made",
        () -> {
          Validators.State state = validators.of(packages);
          assertEquals("", state.failure());
          return state.validator().isPresent();
        });
    return validators.of(packages).validator().orElseThrow();
  }

  private static String failure(List<Path> packages) {
    List<String> failures = new ArrayList<>();
    House.until(
        "it fails",
        () -> {
          String failure = validators.of(packages).failure();
          if (!failure.isEmpty()) {
            failures.add(failure);
          }
          return !failures.isEmpty();
        });
    return failures.get(0);
  }

  /** What each outbound mapping gives for a golden row. */
  private static List<JsonNode> resources() throws IOException {
    List<JsonNode> resources = new ArrayList<>();
    Set<String> mappings = new TreeSet<>();
    for (Golden golden : Golden.all()) {
      JsonNode expected = golden.expected();
      if (golden.mapping().startsWith("outbound/")
          && expected.has("resourceType")
          && mappings.add(golden.mapping())) {
        resources.add(expected);
      }
    }
    return resources;
  }

  /** Another text in its place, one behind it, and one that looks like a URL or a reference. */
  private static List<UnaryOperator<String>> changes() {
    return List.of(
        value -> MARK,
        value -> "http://hl7.org/fhir/" + MARK,
        value -> "Patient/" + MARK,
        value -> value + " \u0007" + MARK + "'{0}'");
  }

  /** The same with each text changed, each number a text, and an element that is none. */
  private static JsonNode marked(JsonNode node, UnaryOperator<String> change) {
    if (node instanceof ObjectNode object) {
      ObjectNode copy = JSON.createObjectNode();
      object
          .properties()
          .forEach(
              each ->
                  copy.set(
                      each.getKey(),
                      each.getKey().equals("resourceType") || each.getKey().equals("profile")
                          ? each.getValue()
                          : marked(each.getValue(), change)));
      // Once only: what is unknown may hide what would be told else.
      return change.apply("").equals(MARK) ? copy.put(MARK, MARK) : copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = JSON.createArrayNode();
      array.forEach(each -> copy.add(marked(each, change)));
      return copy;
    }
    return TextNode.valueOf(change.apply(node.asText()));
  }
}
