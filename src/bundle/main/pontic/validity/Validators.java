package pontic.validity;

import ca.uhn.fhir.context.FhirContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The validators of a process, one for each set of packages as it lies on the disk. They are made
 * in the background when somebody asks, outlive generations, and cost nothing until then.
 */
public final class Validators {
  private static final Logger LOG = LoggerFactory.getLogger(Validators.class);

  /** Made once, so that the first resource does not wait for what loads with it. */
  private static final String FIRST = "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"first\"}}";

  private final FhirContext fhir;
  private final Map<List<Path>, Made> made = new HashMap<>();

  public Validators(FhirContext fhir) {
    this.fhir = fhir;
  }

  /**
   * How far one is.
   *
   * @param validator once it is made
   * @param failure why it cannot be made, for people; empty unless it cannot
   */
  public record State(Optional<Validator> validator, String failure) {
    static final State MAKING = new State(Optional.empty(), "");
  }

  /**
   * @param print of the files that it is made of
   */
  private record Made(List<String> print, State state) {}

  /** Begins to make it if nobody has. A failure is told once, and the next who asks begins anew. */
  public State of(List<Path> packages) {
    List<String> print = packages.stream().flatMap(Validators::print).toList();
    synchronized (made) {
      Optional<Made> there =
          Optional.ofNullable(made.get(packages)).filter(each -> each.print().equals(print));
      if (there.isEmpty()) {
        made.put(packages, new Made(print, State.MAKING));
        Thread thread = new Thread(() -> make(print, packages), "validator");
        thread.setDaemon(true);
        thread.start();
        return State.MAKING;
      }
      if (!there.get().state().failure().isEmpty()) {
        made.remove(packages);
      }
      return there.get().state();
    }
  }

  private void make(List<String> print, List<Path> packages) {
    State state = made(packages);
    synchronized (made) {
      // Unless the files have changed since, and another is on its way.
      made.computeIfPresent(
          packages, (any, each) -> each.print().equals(print) ? new Made(print, state) : each);
    }
  }

  private State made(List<Path> packages) {
    long begun = System.nanoTime();
    try {
      Validator validator = new Validator(fhir, Definitions.read(fhir, packages));
      validator.failing(FIRST);
      LOG.info(
          "The FHIR validator is ready after {} ms, with {} packages",
          (System.nanoTime() - begun) / 1_000_000,
          packages.size());
      return new State(Optional.of(validator), "");
    } catch (UnreadablePackages e) {
      return new State(Optional.empty(), "the FHIR validator cannot be made: " + e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      // Foreign code over foreign files: whoever waits must hear of it.
      return new State(
          Optional.empty(),
          "the FHIR validator cannot be made of these packages (" + e.getClass().getName() + ")");
    }
  }

  /** Path, size and time of each file. */
  private static Stream<String> print(Path path) {
    try (Stream<Path> files = Files.isDirectory(path) ? Files.list(path) : Stream.of(path)) {
      List<String> prints = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        prints.add(
            file
                + " "
                + (Files.exists(file)
                    ? Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis()
                    : "gone"));
      }
      return prints.stream();
    } catch (IOException e) {
      return Stream.of(path + " unreadable");
    }
  }
}
