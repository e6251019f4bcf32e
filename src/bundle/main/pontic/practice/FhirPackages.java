package pontic.practice;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a destination's resources are held against; packages that are not there are told at once.
 */
final class FhirPackages {
  private FhirPackages() {}

  /**
   * @param place files are found as from there
   */
  static Optional<Destination.Validity> read(Section section, Destination.Kind kind, Path place) {
    boolean on = section.flag("on", false);
    List<Path> packages = new ArrayList<>();
    for (String each : section.texts("packages")) {
      Path path = place.resolve(each).normalize();
      if (on && !Files.isDirectory(path) && !(each.endsWith(".tgz") && Files.isReadable(path))) {
        section.problem(
            "packages",
            "validate.packages names " + Section.shown(each) + ", and there is nothing to read",
            "name a .tgz of FHIR, or a folder of such files");
      }
      packages.add(path);
    }
    if (on && kind != Destination.Kind.FHIR) {
      section.problem(
          "on", "only what goes as FHIR is held against FHIR's rules", "take validate away");
    }
    section.end();
    return on ? Optional.of(new Destination.Validity(packages)) : Optional.empty();
  }
}
