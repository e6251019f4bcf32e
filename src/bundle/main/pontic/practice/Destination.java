package pontic.practice;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One system that receives what practices send out.
 *
 * @param url {@code http(s)://…} for fhir, {@code mllp(s)://host:port} for hl7v2
 * @param practices ids of those whose data it receives; empty = all
 * @param token bearer token, blank = none
 * @param bundleSize most resources in one transaction
 * @param connections most requests at the same time
 * @param senders what it is called as a sender to us, {@code MSH-3|MSH-4} or a client of the
 *     façade: what these said is not sent back to it
 * @param requestLimit longest wait for its answer
 * @param application MSH-5 for hl7v2, blank for fhir
 * @param facility MSH-6 for hl7v2, blank for fhir
 * @param types fhir: FHIR types that it is told of, empty = all; hl7v2: message types, as {@link
 *     #MESSAGES}, empty = ADT and SIU
 * @param since hl7v2: DFT and MDM tell only what was done from this day on, by the practice's
 *     clock; empty = neither is told
 * @param mapping by which each resource (fhir) or message (hl7v2) goes before it is sent, {@code
 *     destination/snomed-teeth}; empty = none
 * @param versioned fhir: it tells versions of what it has and honours If-Match and If-None-Match
 * @param quiet hl7v2: a patient's records have stood still so long before a message is made of one;
 *     zero for fhir, which is sent at once and corrected after
 * @param freshness how long a practice's change may be on its way there before somebody is told
 * @param validity fhir: what each resource is held against before it goes; empty = it goes as it is
 * @param tls of mllps: whom it trusts, blank = as the JVM does; and what it shows, blank = nothing
 */
public record Destination(
    String id,
    Kind kind,
    String url,
    Set<String> practices,
    Secret token,
    boolean enabled,
    int bundleSize,
    int connections,
    Set<String> senders,
    Duration requestLimit,
    String application,
    String facility,
    Set<String> types,
    Optional<LocalDate> since,
    Optional<String> mapping,
    boolean versioned,
    Duration quiet,
    Duration freshness,
    Optional<Validity> validity,
    Practice.Tls tls) {

  /**
   * FHIR's own rules, and those of the profiles that a resource names.
   *
   * @param packages files ({@code .tgz}) and folders of FHIR packages and of resources as JSON;
   *     empty = there are none, and profiles are not looked at
   */
  public record Validity(List<Path> packages) {
    public Validity {
      packages = List.copyOf(packages);
    }
  }

  public Destination {
    types = Set.copyOf(types);
    practices = Set.copyOf(practices);
    senders = Set.copyOf(senders);
  }

  /** What it speaks. */
  public enum Kind {
    FHIR,
    HL7V2
  }

  /**
   * What an HL7 v2 destination may ask for; {@code ADT:PR1} is ADT with the procedures that were
   * done, {@code ACK} an acknowledgement of the end of each message of its senders that asks for
   * one by MSH-16, {@code ACK:AL} one of every message.
   */
  public static final Set<String> MESSAGES =
      Set.of("ACK", "ACK:AL", "ADT", "ADT:PR1", "SIU", "DFT", "MDM");

  private static final Instant ALWAYS = Instant.ofEpochMilli(Long.MIN_VALUE);
  private static final Set<String> USUAL = Set.of("ADT", "SIU");

  /** What HL7 v2 tells along with a patient. */
  private static final Set<String> PARTS =
      Set.of(
          "AllergyIntolerance:allergy",
          "Condition:disease",
          "Coverage:patplan",
          "RelatedPerson:guarantor");

  /** Columns of a patient's row that name others, who go along with him. */
  public static final Set<String> PART_COLUMNS = Set.of("PriProv", "ClinicNum");

  /** Column of a document's row that names its file, of which the resource says nothing. */
  public static final String FILE_COLUMN = "FileName";

  private static final String PROCEDURE = "Procedure:procedure";

  /**
   * Whether it is told of a resource by itself: HL7 v2 names practitioners and places only in
   * appointments, and not every FHIR server takes every type.
   *
   * @param resource FHIR type, perhaps with the name of a kind: {@code Condition:disease}
   */
  public boolean tells(String resource) {
    String type = resource.replaceFirst(":.*", "");
    return switch (kind) {
      case FHIR -> types.isEmpty() || types.contains(type);
      case HL7V2 ->
          switch (resource) {
            case "Patient" -> says("ADT");
            case "Appointment" -> says("SIU");
            case PROCEDURE -> says("DFT") || says("MDM");
            case "Communication:commlog" -> says("MDM");
            default -> false;
          };
    };
  }

  /** Whether an HL7 v2 destination takes messages of this type. */
  public boolean says(String message) {
    return types.isEmpty()
        ? USUAL.contains(message)
        : types.contains(message) || (message.equals("ADT") && types.contains("ADT:PR1"));
  }

  /** Whether its senders are told of the end of messages that they sent to us. */
  public boolean answers() {
    return kind == Kind.HL7V2 && (says("ACK") || answersAlways());
  }

  /** Also of the end of messages that do not ask for it. */
  public boolean answersAlways() {
    return kind == Kind.HL7V2 && says("ACK:AL");
  }

  /** Kinds of records that go along with the patient they are about, and so are news of him. */
  public Set<String> parts() {
    if (kind != Kind.HL7V2 || !says("ADT")) {
      return Set.of();
    }
    Set<String> parts = new TreeSet<>(PARTS);
    if (types.contains("ADT:PR1")) {
      parts.add(PROCEDURE);
    }
    return parts;
  }

  /**
   * Rows of what it tells by itself that were last changed before then are none of its business: no
   * charge for what was done years ago.
   *
   * @return before any stamp: all are. Offices have rows whose stamp is zero, or a day of the year
   *     1.
   */
  public Instant from(String resource) {
    // A day of slack: by which clock the row is stamped matters less than that none is missed.
    return kind == Kind.HL7V2 && !resource.equals("Patient") && !resource.equals("Appointment")
        ? since.map(day -> day.minusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant()).orElse(ALWAYS)
        : ALWAYS;
  }

  /** Whether HL7 v2 goes there through TLS. */
  public boolean isSecure() {
    return url.startsWith("mllps:");
  }

  public boolean serves(String practice) {
    return practices.isEmpty() || practices.contains(practice);
  }
}
