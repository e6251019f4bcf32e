package pontic.translate;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Enumerations;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ValueSet;
import org.hl7.fhir.utilities.npm.NpmPackage;
import pontic.house.House;
import pontic.validity.Exceptions;
import pontic.validity.Failing;

/**
 * The HAPI validator with US Core 6.1.0 and Dental Data Exchange, made once. Terminology outside of
 * FHIR and US Core is not here; codes from it are warnings.
 */
public final class UsCore {
  private static final FhirContext FHIR = FhirContext.forR4();
  public static final Path PACKAGES =
      Path.of(
          System.getProperty(
              "pontic.fhir.packages",
              House.home().resolve("../shared/data/fhir-packages").toString()));
  private static final Path PACKAGE = PACKAGES.resolve("hl7.fhir.us.core-6.1.0.tgz");

  /** The last that has the code system of race and ethnicity. */
  private static final Path OLDER = PACKAGES.resolve("hl7.fhir.us.core-3.1.1.tgz");

  private static final String CDCREC = "urn:oid:2.16.840.1.113883.6.238";
  private static final Path DENTAL =
      PACKAGES.resolve("hl7.fhir.us.dental-data-exchange-2.0.0-ballot.assembled.tgz");

  /** Why nothing was validated. */
  public static final String MISSING =
      "US Core 6.1.0 or Dental Data Exchange is not in " + PACKAGES + ": not validated";

  /** Reading the package takes seconds; once a JVM is enough. */
  public static final UsCore SHARED = new UsCore();

  /** What the validator calls an error only within a Bundle, which no destination is asked of. */
  private static final Exceptions IN_BUNDLES =
      new Exceptions(
          List.of(
              new Exceptions.Excepted(
                  "Terminology_PassThrough_TX_Message",
                  "Patient.communication.language",
                  "R4 only prefers its list of common languages; US Core, whose binding counts, takes"
                      + " all of BCP 47")));

  private Optional<FhirValidator> validator = Optional.empty();

  private UsCore() {}

  public static boolean isThere() {
    return Files.exists(PACKAGE) && Files.exists(OLDER) && Files.exists(DENTAL);
  }

  /** A file of Dental Data Exchange's package. */
  public static JsonNode dental(String file) throws IOException {
    try (InputStream in = Files.newInputStream(DENTAL)) {
      return new ObjectMapper().readTree(NpmPackage.fromPackage(in).load("package", file));
    }
  }

  /** Errors only, in words of the validator. */
  public synchronized List<String> errors(String resource) throws IOException {
    if (validator.isEmpty()) {
      validator = Optional.of(make());
    }
    Exceptions exceptions = Exceptions.read(House.home().resolve("mappings/fhir/exceptions.yaml"));
    return validator.get().validateWithResult(resource).getMessages().stream()
        .filter(message -> message.getSeverity().ordinal() >= ResultSeverityEnum.ERROR.ordinal())
        .filter(message -> !exceptions.cover(failing(message)))
        .filter(message -> !IN_BUNDLES.cover(failing(message)))
        .map(message -> message.getLocationString() + ": " + message.getMessage())
        .toList();
  }

  /** As the product names the rule and the place. */
  private static Failing failing(SingleValidationMessage message) {
    return new Failing(
        String.valueOf(message.getMessageId()).replaceFirst("^.*#", ""),
        message
            .getLocationString()
            .replaceFirst("^Bundle\\.entry\\[\\d+]\\.resource/\\*(\\w+)/.*?\\*/", "$1"),
        "");
  }

  /** The same of many, at the price of one: each call of the validator reads its tables anew. */
  public List<String> errorsOfAll(Collection<String> resources) throws IOException {
    // Anything unknown to R4 would be lost before it is looked at.
    IParser strict = FHIR.newJsonParser().setParserErrorHandler(new StrictErrorHandler());
    Bundle bundle = new Bundle().setType(Bundle.BundleType.COLLECTION);
    for (String resource : resources) {
      Resource one = (Resource) strict.parseResource(resource);
      bundle
          .addEntry()
          .setFullUrl("http://validated.example/" + one.fhirType() + "/" + one.getIdPart())
          .setResource(one);
    }
    return errors(FHIR.newJsonParser().encodeResourceToString(bundle));
  }

  private static FhirValidator make() throws IOException {
    PrePopulatedValidationSupport usCore = new PrePopulatedValidationSupport(FHIR);
    add(usCore, PACKAGE, file -> true);
    // Its documents are built on an implementation guide that is not here.
    add(
        usCore,
        DENTAL,
        file ->
            file.contains("dental-condition")
                || file.contains("dental-findings")
                || file.contains("dental-category"));
    try (InputStream in = Files.newInputStream(OLDER)) {
      usCore.addResource(
          (Resource)
              FHIR.newJsonParser()
                  .parseResource(
                      NpmPackage.fromPackage(in).load("package", "CodeSystem-cdcrec.json")));
    }
    originsOfPeople().forEach(usCore::addResource);
    // As the product judges: what is in a code system that is not here is for others to say.
    UnknownCodeSystemWarningValidationSupport unknown =
        new UnknownCodeSystemWarningValidationSupport(FHIR);
    unknown.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING);
    FhirInstanceValidator module =
        new FhirInstanceValidator(
            new ValidationSupportChain(
                loinc(),
                new DefaultProfileValidationSupport(FHIR),
                usCore,
                new CommonCodeSystemsTerminologyService(FHIR),
                new InMemoryTerminologyServerValidationSupport(FHIR),
                new SnapshotGeneratingValidationSupport(FHIR),
                unknown));
    return FHIR.newValidator().registerValidatorModule(module);
  }

  /**
   * Dental Data Exchange wants a code of LOINC of its findings, by a value set that is all of
   * LOINC, which no package contains: these are the ones that are told.
   */
  private static PrePopulatedValidationSupport loinc() {
    PrePopulatedValidationSupport loinc = new PrePopulatedValidationSupport(FHIR);
    ValueSet codes =
        valueSet("observation-codes", "http://loinc.org", "8704-9", "34002-6", "34005-9");
    codes.setUrl("http://hl7.org/fhir/ValueSet/observation-codes").setVersion("4.0.1");
    loinc.addResource(codes);
    return loinc;
  }

  /** What US Core's value sets of race and ethnicity are made of, which no package contains. */
  private static List<ValueSet> originsOfPeople() {
    String nullFlavor = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";
    return List.of(
        valueSet(
            "2.16.840.1.114222.4.11.836",
            CDCREC,
            "1002-5",
            "2028-9",
            "2054-5",
            "2076-8",
            "2106-3",
            "2131-1"),
        valueSet("2.16.840.1.114222.4.11.837", CDCREC, "2135-2", "2186-5"),
        valueSet("2.16.840.1.113762.1.4.1021.102", nullFlavor, "ASKU", "UNK"),
        valueSet("2.16.840.1.113762.1.4.1021.103", nullFlavor, "UNK"),
        valueSet("2.16.840.1.113883.1.11.14914", CDCREC),
        valueSet(
            "2.16.840.1.113883.3.2074.1.1.3",
            CDCREC,
            "1002-5",
            "2028-9",
            "2054-5",
            "2076-8",
            "2106-3",
            "2131-1"),
        valueSet("2.16.840.1.114222.4.11.877", CDCREC));
  }

  /** All of the system if no codes are named. */
  private static ValueSet valueSet(String id, String system, String... codes) {
    ValueSet valueSet = new ValueSet().setUrl("http://cts.nlm.nih.gov/fhir/ValueSet/" + id);
    valueSet.setId(id);
    valueSet.setStatus(Enumerations.PublicationStatus.ACTIVE);
    ValueSet.ConceptSetComponent include = valueSet.getCompose().addInclude().setSystem(system);
    for (String code : codes) {
      include.addConcept().setCode(code);
    }
    return valueSet;
  }

  private static void add(
      PrePopulatedValidationSupport support, Path file, Predicate<String> wanted)
      throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      NpmPackage contents = NpmPackage.fromPackage(in);
      for (String name : contents.listResources("StructureDefinition", "ValueSet", "CodeSystem")) {
        if (wanted.test(name)) {
          support.addResource(
              (Resource) FHIR.newJsonParser().parseResource(contents.load("package", name)));
        }
      }
    }
  }
}
