package pontic.practice;

import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;

/** A destination where nobody is; a test says of it only what it is about. */
public final class SomeDestination {
  private final String id;
  private final Destination.Kind kind;
  private Set<String> senders = Set.of();
  private Set<String> types = Set.of();
  private Optional<LocalDate> since = Optional.empty();
  private Optional<String> mapping = Optional.empty();
  private boolean versioned = true;
  private Duration quiet = Duration.ZERO;

  private SomeDestination(String id, Destination.Kind kind) {
    this.id = id;
    this.kind = kind;
  }

  public static SomeDestination of(String id, Destination.Kind kind) {
    return new SomeDestination(id, kind);
  }

  public static SomeDestination fhir(String id) {
    return of(id, Destination.Kind.FHIR);
  }

  public static SomeDestination hl7v2(String id) {
    return of(id, Destination.Kind.HL7V2);
  }

  public SomeDestination senders(String... said) {
    senders = Set.of(said);
    return this;
  }

  public SomeDestination types(Set<String> told) {
    types = told;
    return this;
  }

  public SomeDestination since(LocalDate day) {
    since = Optional.of(day);
    return this;
  }

  public SomeDestination mapping(Optional<String> name) {
    mapping = name;
    return this;
  }

  public SomeDestination versioned(boolean tells) {
    versioned = tells;
    return this;
  }

  public SomeDestination quiet(Duration time) {
    quiet = time;
    return this;
  }

  public Destination made() {
    boolean isFhir = kind == Destination.Kind.FHIR;
    return new Destination(
        id,
        kind,
        isFhir ? "http://127.0.0.1:1/fhir" : "mllp://127.0.0.1:1",
        Set.of(),
        Secret.NONE,
        true,
        isFhir ? 50 : 1,
        2,
        senders,
        Duration.ofSeconds(30),
        isFhir ? "" : "A",
        isFhir ? "" : "F",
        types,
        since,
        mapping,
        versioned,
        quiet,
        Duration.ofMinutes(15),
        Optional.empty(),
        Practice.Tls.NONE);
  }
}
