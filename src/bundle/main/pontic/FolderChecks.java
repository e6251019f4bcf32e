package pontic;

import ca.uhn.fhir.context.FhirContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import pontic.check.Check;
import pontic.generation.Checks;
import pontic.generation.Installation;
import pontic.practice.Problem;

/**
 * What {@code ./pontic check} looks at, with the environment and command line of this process.
 * Loaded when it is first asked for, which takes seconds, and kept (decision 0117).
 */
final class FolderChecks implements Checks {
  private final Installation installation;
  private final FhirContext fhir;
  private Optional<Check> loaded = Optional.empty();

  FolderChecks(Installation installation, FhirContext fhir) {
    this.installation = installation;
    this.fhir = fhir;
  }

  @Override
  public synchronized List<Problem> check(Path home, Path config) {
    Check check = loaded.orElseGet(() -> Check.of(new Vocabulary(fhir), installation.loader()));
    loaded = Optional.of(check);
    return check.check(home, config, installation.config()).stream()
        .map(found -> new Problem(found.file(), found.line(), found.what(), found.right()))
        .toList();
  }
}
