package pontic.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.utilities.npm.NpmPackage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pontic.mapping.Mappings;
import pontic.practice.Practice;
import pontic.practice.Secret;
import pontic.record.Row;
import pontic.record.Translated;

/** Golden pairs: a row as the SQL reads it, and the FHIR that the mapping files make of it. */
class OutboundMappingTest {
  private static final Path HOME = Path.of("..", "..");
  private static final Path US_CORE =
      Path.of(
          System.getProperty(
              "pontic.fhir.packages", HOME.resolve("../shared/data/fhir-packages").toString()),
          "hl7.fhir.us.core-6.1.0.tgz");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final FhirContext FHIR = FhirContext.forR4();

  private final Mappings mappings = Mappings.load(HOME.resolve("mappings"));
  private final Translator translator =
      new Translator(mappings::mapper, List.of(practice("elm", "America/New_York")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "patient-full",
        "patient-bare",
        "patient-deceased",
        "appointment-booked",
        "appointment-in-summer",
        "appointment-broken"
      })
  void aRowBecomesTheResourceBesideIt(String name) throws Exception {
    assertEquals(read(name + ".fhir.json"), translate(name).fhir());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "patient-full",
        "patient-bare",
        "patient-deceased",
        "appointment-booked",
        "appointment-in-summer",
        "appointment-broken"
      })
  void theResourceIsValidAgainstItsProfile(String name) throws Exception {
    assumeTrue(Files.exists(US_CORE), "US Core 6.1.0 is not at " + US_CORE + ": not validated");
    var result = validator().validateWithResult(translate(name).fhir().toString());
    assertEquals(
        List.of(),
        result.getMessages().stream()
            .filter(
                message -> message.getSeverity().ordinal() >= ResultSeverityEnum.ERROR.ordinal())
            .toList());
  }

  @Test
  void aResourceThatBreaksTheProfileIsFoundOut() throws Exception {
    assumeTrue(Files.exists(US_CORE), "US Core 6.1.0 is not at " + US_CORE + ": not validated");
    var broken =
        ((com.fasterxml.jackson.databind.node.ObjectNode) translate("patient-full").fhir())
            .deepCopy();
    broken.remove("gender");
    assertTrue(!validator().validateWithResult(broken.toString()).isSuccessful());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6, 7, 8})
  void plannedAppointmentsAndNotesAreLeftOut(int status) throws Exception {
    Map<String, Object> columns = columns("appointment-booked");
    columns.put("AptStatus", status);
    assertEquals(
        Translated.Outcome.LEFT_OUT, translator.translate(row("Appointment", columns)).outcome());
  }

  @Test
  void aBookedAppointmentWithoutATimeIsLeftOut() throws Exception {
    Map<String, Object> columns = columns("appointment-booked");
    columns.put("AptDateTime", "0001-01-01 00:00:00");
    assertEquals(
        Translated.Outcome.LEFT_OUT, translator.translate(row("Appointment", columns)).outcome());
  }

  @Test
  void aRowThatCannotBeMappedSaysWhyWithoutItsValues() throws Exception {
    Map<String, Object> columns = columns("appointment-booked");
    columns.put("AptDateTime", "marked-nonsense");
    Translated translated = translator.translate(row("Appointment", columns));
    assertEquals(Translated.Outcome.FAILED, translated.outcome());
    assertTrue(translated.reason().contains("appointment.jslt"), translated.reason());
    assertTrue(!translated.reason().contains("marked"), translated.reason());
  }

  private Translated translate(String name) throws Exception {
    String resource = name.startsWith("patient") ? "Patient" : "Appointment";
    return translator.translate(row(resource, columns(name)));
  }

  private static Row row(String resource, Map<String, Object> columns) {
    long key = ((Number) columns.get(resource.equals("Patient") ? "PatNum" : "AptNum")).longValue();
    return new Row("elm", resource, key, Instant.EPOCH, false, "hash", columns);
  }

  private static Map<String, Object> columns(String name) throws Exception {
    return JSON.convertValue(read(name + ".row.json"), new TypeReference<>() {});
  }

  private static JsonNode read(String file) throws Exception {
    try (InputStream in = OutboundMappingTest.class.getResourceAsStream(file)) {
      return JSON.readTree(in);
    }
  }

  static Practice practice(String id, String zone) {
    return new Practice(
        id,
        id,
        ZoneId.of(zone),
        new Practice.Api(
            "http://127.0.0.1:1/api/v1",
            Secret.NONE,
            Secret.NONE,
            Practice.Mode.REMOTE,
            1.0,
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            true),
        new Practice.Database(true, "jdbc:mariadb://127.0.0.1:1/" + id, "none", Secret.NONE),
        new Practice.Hl7(0, List.of()),
        new Practice.Facade(List.of()),
        Map.of());
  }

  /** Terminology outside of FHIR and US Core is not here; codes from it are warnings. */
  private static FhirValidator validator() throws Exception {
    PrePopulatedValidationSupport usCore = new PrePopulatedValidationSupport(FHIR);
    try (InputStream in = Files.newInputStream(US_CORE)) {
      NpmPackage contents = NpmPackage.fromPackage(in);
      for (String file : contents.listResources("StructureDefinition", "ValueSet", "CodeSystem")) {
        usCore.addResource(
            (Resource) FHIR.newJsonParser().parseResource(contents.load("package", file)));
      }
    }
    FhirInstanceValidator module =
        new FhirInstanceValidator(
            new ValidationSupportChain(
                new DefaultProfileValidationSupport(FHIR),
                usCore,
                new CommonCodeSystemsTerminologyService(FHIR),
                new InMemoryTerminologyServerValidationSupport(FHIR),
                new SnapshotGeneratingValidationSupport(FHIR)));
    return FHIR.newValidator().registerValidatorModule(module);
  }
}
