package pontic.validity;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.parser.IParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r4.model.ValueSet;
import org.hl7.fhir.utilities.npm.NpmPackage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** FHIR R4's own definitions and those of the packages. */
final class Definitions {
  private static final Logger LOG = LoggerFactory.getLogger(Definitions.class);

  private final DefaultProfileValidationSupport base;
  private final PrePopulatedValidationSupport packages;
  private final boolean withPackages;
  private final Set<String> profiles = new HashSet<>();
  private final Set<String> canonicals = new HashSet<>();
  private final Set<String> names = new HashSet<>();

  /** By URL of the profile, by key. */
  private final Map<String, Map<String, String>> constraints = new HashMap<>();

  private Definitions(FhirContext fhir, boolean withPackages) {
    this.base = new DefaultProfileValidationSupport(fhir);
    this.packages = new PrePopulatedValidationSupport(fhir);
    this.withPackages = withPackages;
  }

  /**
   * @param packages {@code .tgz} files, and folders of them and of resources as JSON
   * @throws UnreadablePackages if one cannot be read
   */
  static Definitions read(FhirContext fhir, List<Path> packages) {
    Definitions read = new Definitions(fhir, !packages.isEmpty());
    // It tells all of what it has read, and reads each kind when one is first asked for.
    read.base.fetchAllStructureDefinitions();
    read.base.fetchValueSet("http://hl7.org/fhir/ValueSet/administrative-gender");
    read.base.fetchCodeSystem("http://hl7.org/fhir/administrative-gender");
    for (IBaseResource one : read.base.fetchAllConformanceResources()) {
      if (one instanceof MetadataResource own) {
        read.note(own);
      }
    }
    read.add(fhir.newJsonParser(), packages);
    return read;
  }

  private void add(IParser json, List<Path> paths) {
    List<StructureDefinition> derived = new ArrayList<>();
    for (Path file : files(paths)) {
      try (InputStream in = Files.newInputStream(file)) {
        if (file.toString().endsWith(".tgz")) {
          NpmPackage contents = NpmPackage.fromPackage(in);
          for (String name :
              contents.listResources("StructureDefinition", "ValueSet", "CodeSystem")) {
            try (InputStream one = contents.load("package", name)) {
              add(json.parseResource(one), derived);
            }
          }
        } else {
          add(json.parseResource(in), derived);
        }
      } catch (IOException | DataFormatException | IllegalArgumentException e) {
        throw new UnreadablePackages(
            file.getFileName() + " is no FHIR R4 package or resource that can be read", e);
      }
    }
    derive(derived);
  }

  private static List<Path> files(List<Path> paths) {
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        try (Stream<Path> found = Files.list(path)) {
          found
              .filter(each -> each.toString().matches(".*\\.(tgz|json)"))
              .sorted()
              .forEach(files::add);
        } catch (IOException e) {
          throw new UnreadablePackages(path.getFileName() + " cannot be listed", e);
        }
      } else {
        files.add(path);
      }
    }
    return files;
  }

  private void add(IBaseResource resource, List<StructureDefinition> derived) {
    if (resource instanceof StructureDefinition profile && !profile.hasSnapshot()) {
      derived.add(profile);
    } else if (resource instanceof StructureDefinition
        || resource instanceof ValueSet
        || resource instanceof CodeSystem) {
      keep((MetadataResource) resource);
    }
  }

  /** What says only how it differs needs what it differs from; without that it is left out. */
  private void derive(List<StructureDefinition> profiles) {
    List<StructureDefinition> left = new ArrayList<>(profiles);
    boolean any = true;
    while (any) {
      List<StructureDefinition> can =
          left.stream().filter(each -> hasProfile(each.getBaseDefinition())).toList();
      can.forEach(this::keep);
      left.removeAll(can);
      any = !can.isEmpty();
    }
    for (StructureDefinition profile : left) {
      LOG.warn(
          "The FHIR packages hold {}, but not {} from which it is derived; nothing is held against it",
          profile.getUrl(),
          profile.getBaseDefinition());
    }
  }

  private void keep(MetadataResource one) {
    packages.addResource((Resource) one);
    note(one);
  }

  private void note(MetadataResource one) {
    String url = one.hasUrl() ? one.getUrl() : "";
    canonicals.add(url);
    if (one instanceof StructureDefinition profile) {
      profiles.add(url);
      profiles.add(url + "|" + profile.getVersion());
      names.add(profile.getType());
      Stream.concat(
              profile.getSnapshot().getElement().stream(),
              profile.getDifferential().getElement().stream())
          .forEach(element -> note(url, element));
    }
  }

  private void note(String url, ElementDefinition element) {
    String path = element.hasPath() ? element.getPath() : "";
    String name = path.substring(path.lastIndexOf('.') + 1);
    if (name.endsWith("[x]")) {
      String stem = name.substring(0, name.length() - "[x]".length());
      names.add(stem);
      element
          .getType()
          .forEach(
              type ->
                  names.add(
                      stem
                          + type.getCode().substring(0, 1).toUpperCase(Locale.ROOT)
                          + type.getCode().substring(1)));
    } else {
      names.add(name);
    }
    element
        .getConstraint()
        .forEach(
            one ->
                constraints
                    .computeIfAbsent(url, any -> new HashMap<>())
                    .put(one.getKey(), one.getHuman()));
  }

  IValidationSupport[] supports(FhirContext fhir) {
    UnknownCodeSystemWarningValidationSupport unknown =
        new UnknownCodeSystemWarningValidationSupport(fhir);
    unknown.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING);
    return new IValidationSupport[] {
      base,
      packages,
      new CommonCodeSystemsTerminologyService(fhir),
      new InMemoryTerminologyServerValidationSupport(fhir),
      new SnapshotGeneratingValidationSupport(fhir),
      unknown
    };
  }

  boolean withPackages() {
    return withPackages;
  }

  /**
   * @param canonical perhaps with a version
   */
  boolean hasProfile(String canonical) {
    return profiles.contains(canonical);
  }

  boolean defines(String canonical) {
    return canonicals.contains(canonical);
  }

  /** Whether it is a type or an element of FHIR. */
  boolean names(String name) {
    return names.contains(name);
  }

  /** Its words for people; constraints of FHIR stand in each profile again. */
  Optional<String> constraint(String url, String key) {
    return Optional.ofNullable(constraints.getOrDefault(url, Map.of()).get(key));
  }
}
